"""What a launcher writes about a run whose session is another process."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.artifacts import Artifacts, inside
from trackbook.capture import written_params
from trackbook.clock import new_id
from trackbook.code import Secrets
from trackbook.journal import Journal
from trackbook.records import Artifact, RunEnd, RunStart
from trackbook.settings import FOLDER, read_settings
from trackbook.store import Store, queries_of

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from trackbook.capture import Launch
    from trackbook.records import Record, Status

    Outcome = tuple[Status, str | None, int | None]
    """How an execution ended: status, error, exit code."""

SQL = queries_of("trackbook.launch")


class Desk:
    """Writes facts and files of one launched run into a project, from beside its session."""

    def __init__(self, project: Path, launch: Launch, target: str) -> None:
        self.project = project
        self.target = target
        """What is executed, as a whole path."""
        self.launch = launch
        self.settings = read_settings(project)
        self.secrets = Secrets(self.settings.secrets)
        folder = project / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(
            folder / "journal",
            new_id(),
            complain=lambda words: print(f"trackbook: {words}", file=sys.stderr),  # noqa: T201
        )
        self._artifacts = Artifacts(folder / "artifacts")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journal.close()

    def put(self, record: Record) -> None:
        """Write a fact of the run."""
        self._journal.put(record, self.launch.run_id)

    def keep(self, text: str, path: str) -> None:
        """Keep a text as an artifact of the run."""
        with tempfile.TemporaryDirectory(prefix="trackbook-") as folder:
            file = Path(folder) / "kept"
            file.write_text(text, encoding="utf-8", errors="backslashreplace")
            kept = self._artifacts.keep(file)
        self.put(
            Artifact(path=inside(path), digest=kept.digest, size_bytes=kept.size_bytes)
        )

    def begin(self, git_commit: str | None) -> None:
        """Write that the run began, with its params, where its own session does not."""
        launch = self.launch
        stem = Path(self.target).stem or "default"
        self.put(
            RunStart(
                name=launch.name,
                experiment=launch.experiment or self.settings.experiment or stem,
                origin="launch",
                parent_run_id=launch.parent_run_id,
                relation=launch.relation,
                notebook=self.target,
                git_commit=git_commit,
            )
        )
        for param in written_params(launch.params, self.secrets, "launch"):
            self.put(param)

    def end(self, status: Status, error: str | None) -> None:
        """Write how the run ended; the launcher's word is the last."""
        self.put(RunEnd(status=status, error=error))

    def masked(self, error: str | None) -> str | None:
        """Return an error without its secrets."""
        return self.secrets.in_text(error) if error else None

    def is_begun(self) -> bool:
        """Tell whether the run's own session has written that it began."""
        store = Store(self.project / FOLDER)
        try:
            ((count,),) = store.rows(SQL["is_begun"], run=self.launch.run_id).rows
        finally:
            store.close()
        return bool(count)
