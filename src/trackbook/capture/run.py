"""One run while it can still be written to."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from trackbook.capture.given import (
    INT64,
    brief,
    must_be_name,
    numbers_of,
    shown,
    whole,
)
from trackbook.capture.values import (
    number_of,
    params_in,
    text_of,
    whereabouts,
)
from trackbook.clock import now_us
from trackbook.errors import Misused, NotFound
from trackbook.records import Amendment, Note, Param, RunStart, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from trackbook.capture.ink import Ink, Keeper
    from trackbook.code import Secrets

    Pen = Callable[[int, float], None]
    Ending = Callable[["ActiveRun", "Status", str | None], None]

Status = Literal["FINISHED", "FAILED", "KILLED"]


def must_exist(local_path: str | Path) -> Path:
    """Return the path of a file or folder, refusing what is not there."""
    file = Path(local_path)
    if not file.exists():
        raise NotFound(f"no file {str(file)!r} to keep as an artifact: check the path")
    return file


def written_params(
    params: Mapping[str, Any], secrets: Secrets, origin: str
) -> Iterator[Param]:
    """Yield params as they are written down: mappings taken apart, secrets masked."""
    for key, value in params.items():
        named = must_be_name(key, "param")
        found = dict(params_in(named, value)) or {named: shown(value)}
        for name, plain in found.items():
            text, kind = text_of(plain)
            if kind not in ("int", "float", "bool", "NoneType"):
                text = secrets.of_value(name, text)
            yield Param(name=name, value=text, type=kind, origin=origin)


class Line:
    """One series while it is written: its pen, the step written last, and its last point."""

    __slots__ = ("last", "origin", "pen", "step", "value")

    def __init__(self, pen: Pen, origin: str) -> None:
        self.pen = pen
        self.origin = origin
        self.step = -1
        self.last = -(1 << 63)
        self.value: float | None = None
        """At the highest step, the last; None: no point was written yet."""

    def take(self, step: int, value: float) -> None:
        """Note a point that was written."""
        self.step = step
        if step >= self.last:
            self.last, self.value = step, value


class ActiveRun:
    """A run that is being recorded: log to it, or use it in a `with` statement."""

    def __init__(
        self,
        run_id: str,
        start: RunStart,
        *,
        ink: Ink,
        keeper: Keeper,
        secrets: Secrets,
        execution_id: str | None,
        ending: Ending,
    ) -> None:
        self.run_id = run_id
        self.start = start
        self.execution_id = execution_id
        self.began_us = start.began_us or now_us()
        self.duration_s: float | None = None
        """Known when it has ended."""
        self.status: Status | None = None
        """None while it is open."""
        self.is_held = False
        """It goes on until its session ends, whoever says that it is over."""
        self.params: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self._ink = ink
        self._keeper = keeper
        self._secrets = secrets
        self._ending = ending
        self._lines: dict[str, Line] = {}
        self._renamed: str | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """The last value, by its step, that this process wrote of each metric."""
        return {n: line.value for n, line in self._lines.items() if line.value is not None}

    @property
    def origins(self) -> dict[str, str]:
        """The rule that caught each metric."""
        return {name: line.origin for name, line in self._lines.items()}

    @property
    def longest_series(self) -> int:
        """How many steps the longest of its metrics has."""
        return 1 + max((line.step for line in self._lines.values()), default=-1)

    def forget_metric(self, name: str) -> None:
        """Drop what is known of a metric that turned out to be another run's."""
        self._lines.pop(name, None)

    @property
    def name(self) -> str:
        return self._renamed or self.start.name

    def rename(self, name: str) -> None:
        """Give the run another name."""
        self._renamed = must_be_name(name, "run")
        self._ink.put(Amendment(name=name), self.run_id, self.execution_id)

    @property
    def experiment(self) -> str:
        return self.start.experiment

    def log_metric(
        self, key: str, value: Any, step: Any = None, *, origin: str = "logged"
    ) -> None:
        """Write a number, or an array of numbers as the points of a series.

        Args:
            key: the metric's name
            value: a real number, a 0-d array or tensor, or a 1-D array of numbers
            step: the number's place in its series; for an array the first place or an
                array of places; None counts on from the last one
            origin: the rule that caught it
        """
        line = self._lines.get(key) or self._line(key, origin)
        if step is None:
            step = line.step + 1
        if type(step) is int and (type(value) is float or isinstance(value, (float, int))):
            line.pen(step, value)
            line.step = step
            if step >= line.last:
                line.last, line.value = step, value
            return
        self._log_oddly(key, value, step, line)

    def log_series(
        self, key: str, points: list[float], at: Sequence[int], *, origin: str = "logged"
    ) -> None:
        """Write points of a series at ascending steps: 100,000 of them cost one write."""
        if not points:
            return
        line = self._lines.get(key) or self._line(key, origin)
        self._ink.put_batch(
            self.run_id,
            key,
            memoryview(array("d", points)),
            steps=at.start if isinstance(at, range) else memoryview(array("q", at)),
            origin=origin,
            execution_id=self.execution_id,
        )
        line.take(at[-1], points[-1])

    def log_metrics(
        self, metrics: Mapping[str, Any], step: Any = None, *, origin: str = "logged"
    ) -> None:
        """Write several numbers of one moment, or several arrays."""
        if not hasattr(metrics, "items"):
            raise Misused(
                f"log_metrics takes names with their values, not a {type(metrics).__name__}:"
                " log_metrics({'loss': 0.4}), or log_metric('loss', 0.4)"
            )
        if step is None or type(step) is not int or step not in INT64:
            for key, value in metrics.items():
                self.log_metric(key, value, step, origin=origin)
            return
        several: dict[str, float] = {}
        for key, value in metrics.items():
            if isinstance(key, str) and isinstance(value, (float, int)):
                several[key] = float(value)
            else:
                self.log_metric(key, value, step, origin=origin)
        if several:
            self._ink.put_several(
                self.run_id,
                several,
                step=step,
                origin=origin,
                execution_id=self.execution_id,
            )
            for key, value in several.items():
                line = self._lines.get(key) or self._line(key, origin)
                line.take(step, value)

    def log_param(self, key: str, value: Any, *, origin: str = "logged") -> None:
        """Write a value that was chosen; mappings are taken apart with dots."""
        self.log_params({key: value}, origin=origin)

    def log_params(self, params: Mapping[str, Any], *, origin: str = "logged") -> None:
        """Write values that were chosen; the last value of a name counts."""
        if not hasattr(params, "items"):
            raise Misused(
                f"log_params takes names with their values, not a {type(params).__name__}:"
                " log_params({'lr': 0.1}), or log_param('lr', 0.1)"
            )
        for record in written_params(params, self._secrets, origin):
            if self.params.get(record.name) != record.value:
                self.params[record.name] = record.value
                self._ink.put(record, self.run_id, self.execution_id)

    def log_artifact(
        self, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Keep a copy of a file, or of every file in a folder, by its content.

        Args:
            local_path: the file or folder
            artifact_path: the folder to file it under in the run; None for the top
        """
        file = must_exist(local_path)
        front = f"{artifact_path.rstrip('/')}/" if artifact_path else ""
        files = (
            [file] if file.is_file() else sorted(p for p in file.rglob("*") if p.is_file())
        )
        for one in files:
            inner = one.name if file.is_file() else one.relative_to(file).as_posix()
            self._ink.put(
                self._keeper.keep_artifact(one, front + inner),
                self.run_id,
                self.execution_id,
            )

    def set_tag(self, key: str, value: Any = "") -> None:
        """Tie a word to the run."""
        text = self._secrets.of_value(must_be_name(key, "tag"), shown(value)) or "true"
        self.tags[key] = text
        self._ink.put(Tag(name=key, value=text), self.run_id, self.execution_id)

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Tie words to the run."""
        for key, value in tags.items():
            self.set_tag(key, value)

    def note(self, words: str) -> None:
        """Write a sentence about the run."""
        self._ink.put(
            Note(words=self._secrets.in_text(words)), self.run_id, self.execution_id
        )

    def end(self, status: Status = "FINISHED", error: str | None = None) -> None:
        """End the run; ending it again changes nothing, nor ending one that is held."""
        if self.status is None and not self.is_held:
            self.status = status
            self._ending(self, status, error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.end("FINISHED")
        elif issubclass(kind, KeyboardInterrupt):
            self.end("KILLED", "interrupted")
        else:
            self.end("FAILED", brief(error))

    def __repr__(self) -> str:
        state = self.status or "RUNNING"
        return f"<run {self.name} {self.run_id[-8:]} {state} in {self.experiment}>"

    def _line(self, key: str, origin: str) -> Line:
        name = must_be_name(key, "metric")
        pen = self._ink.pen(
            self.run_id, name, origin=origin, execution_id=self.execution_id
        )
        line = self._lines[name] = Line(pen, origin)
        return line

    def _log_oddly(self, key: str, value: Any, step: Any, line: Line) -> None:
        """Write what is no plain number: numpy and tensor scalars, arrays, odd steps."""
        number = number_of(value)
        if number is None and isinstance(value, (float, int)):
            number = float(value)
        if number is None:
            self._log_array(key, value, step, line)
            return
        line.take(whole(step, key), number)
        line.pen(line.step, number)

    def _log_array(self, key: str, value: Any, step: Any, line: Line) -> None:
        """Write a 1-D array, list or Series in one go; a million points take milliseconds."""
        values = numbers_of(key, value)
        if len(values) == 0:
            return
        steps: int | memoryview
        if whereabouts(step).startswith("numpy.") or isinstance(step, (list, tuple, range)):
            import numpy as np

            places = np.ascontiguousarray(step, dtype="<i8")
            if places.ndim == 1:
                if places.shape != values.shape:
                    raise Misused(
                        f"metric {key!r}: {len(values)} values came with {len(places)} steps"
                    )
                steps, last = places.data, int(places[-1])
                at = len(places) - 1 - int(np.argmax(places[::-1]))
                line.take(int(places[at]), float(values[at]))
            else:
                steps = whole(step, key)
                last = steps + len(values) - 1
        else:
            steps = whole(step, key)
            last = steps + len(values) - 1
        self._ink.put_batch(
            self.run_id, key, values.data, steps=steps, execution_id=self.execution_id
        )
        line.take(last, float(values[-1]))
