"""A run on a worker that has no journal: what is logged to it is carried back."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.capture import ActiveRun, here
from trackbook.code import Secrets
from trackbook.errors import Misused
from trackbook.records import Artifact, RunStart
from trackbook.sweeps.requests import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from trackbook.records import Record
    from trackbook.sweeps.plan import Points, Task


class Gathering:
    """Takes the facts of one trial; `with` makes its run the one that `log_metric` writes to."""

    def __init__(self, task: Task) -> None:
        self.facts: list[Record] = []
        self.points: Points = {}
        self._task = task
        self._desk = Desk(Path(task.project), task.sweep_id) if task.prunes else None
        start = RunStart(name=task.name, experiment=task.experiment, origin="card")
        self.run = ActiveRun(
            task.run_id,
            start,
            ink=self,
            keeper=self,
            secrets=Secrets(task.secrets),
            execution_id=None,
            ending=lambda _run, _status, _error: None,
        )

    def __enter__(self) -> ActiveRun:
        self._before = here.run
        here.run = self.run
        here.stack.append(self.run)
        return self.run

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.run in here.stack:
            here.stack.remove(self.run)
        here.run = self._before

    def put(
        self,
        record: Record,
        run_id: str | None = None,  # noqa: ARG002  there is one
        execution_id: str | None = None,  # noqa: ARG002  there is none
    ) -> None:
        """Take a fact."""
        self.facts.append(record)

    def put_several(
        self,
        run_id: str,  # noqa: ARG002
        values: dict[str, float],
        *,
        step: int,
        origin: str,  # noqa: ARG002
        execution_id: str | None = None,  # noqa: ARG002
    ) -> None:
        """Take several numbers of one moment."""
        for name, value in values.items():
            self._point(name, step, value)

    def put_batch(
        self,
        run_id: str,  # noqa: ARG002
        name: str,
        values: memoryview,
        *,
        steps: int | memoryview = 0,
        origin: str = "logged",  # noqa: ARG002
        execution_id: str | None = None,  # noqa: ARG002
    ) -> None:
        """Take many points of one series."""
        numbers = array("d", bytes(values))
        places = (
            range(steps, steps + len(numbers))
            if isinstance(steps, int)
            else array("q", bytes(steps))
        )
        for step, value in zip(places, numbers, strict=True):
            self._point(name, step, value)

    def pen(
        self,
        run_id: str,  # noqa: ARG002
        name: str,
        *,
        origin: str,  # noqa: ARG002
        execution_id: str | None = None,  # noqa: ARG002
    ) -> Callable[[int, float], None]:
        """Return what takes the points of one series."""
        return lambda step, value: self._point(name, step, float(value))

    def keep_artifact(self, file: Path, path: str) -> Artifact:
        """Keep a file in the project, where this worker sees it."""
        from trackbook.artifacts import Artifacts, inside

        folder = Path(self._task.project) / ".trackbook"
        if not folder.is_dir():
            raise Misused(f"cannot keep {file.name!r}: this worker does not see {folder}")
        kept = Artifacts(folder / "artifacts").keep(file)
        return Artifact(path=inside(path), digest=kept.digest, size_bytes=kept.size_bytes)

    def _point(self, name: str, step: int, value: float) -> None:
        steps, values = self.points.setdefault(name, ([], []))
        steps.append(step)
        values.append(value)
        if self._desk is not None and name == self._task.metric:
            self._desk.tell(self._task.number, step, value)
