"""One project opened: its rooms, wired together."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trackbook.book.aims import Aims
from trackbook.book.background import Background
from trackbook.book.collecting import Collecting
from trackbook.book.contents import slice_of_run
from trackbook.book.contracts import Contracts
from trackbook.book.doubts import Doubts
from trackbook.book.past import Past
from trackbook.book.recall import leave, recall
from trackbook.book.sampling import Sampling
from trackbook.book.splitting import session_now
from trackbook.book.surroundings import Surroundings, working_folder
from trackbook.book.upkeep import Upkeep
from trackbook.capture import LAUNCH, Recorder
from trackbook.clock import new_id
from trackbook.code import Secrets, direction_of
from trackbook.errors import Busy, Misused
from trackbook.journal import Journal
from trackbook.records import Artifact, Notebook, SessionEnd
from trackbook.settings import FOLDER, Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.artifacts import Artifacts
    from trackbook.book.models import Models
    from trackbook.book.splitting import Program
    from trackbook.capture import ActiveRun, CellReport
    from trackbook.records import Record, Run
    from trackbook.settings import Cards
    from trackbook.store import Store

    Direction = Literal["max", "min"]

SETTLE_S = 3.0
"""How long a reader waits for facts that are being worked out in the background."""


class Book:
    """A project folder with its store, its journals, and what records into them."""

    def __init__(self, project: Path, settings: Settings | None = None) -> None:
        self.project = project
        self.folder = project / FOLDER
        self.settings = settings if settings is not None else read_settings(project)
        self.recorder: Recorder | None = None
        self.complaints: list[str] = []
        self.complain: Callable[[str], None] = self.complaints.append
        self.past = Past()
        self.aims = Aims(self)
        self.doubts = Doubts(self)
        self.contracts = Contracts(self)
        self.cards: Cards = self.settings.cards
        self.secrets = Secrets(self.settings.secrets)
        self.session_id = new_id()
        self.background: Background | None = None
        self.sampling: Sampling | None = None
        self.collecting = Collecting(self)
        self.around = Surroundings(self)
        self._upkeep = Upkeep(self)
        self.is_split = False
        """Its process was split off another, which has the database in order."""
        self._closed = False
        self.owner = os.getpid()

    @cached_property
    def store(self) -> Store:
        """The project's database, opened for moments only."""
        import duckdb  # noqa: F401  now, for what it does at the process's end

        from trackbook.store import Store

        if self.recorder is not None and not self._closed:
            # DuckDB refuses to work once its own handler of the end has run, and what is
            # registered last runs first.
            atexit.unregister(self.close)
            atexit.register(self.close)
        return Store(self.folder)

    @cached_property
    def artifacts(self) -> Artifacts:
        """The project's files, kept by their content."""
        from trackbook.artifacts import Artifacts

        return Artifacts(self.folder / "artifacts")

    @cached_property
    def models(self) -> Models:
        """The project's packages, versions and gates."""
        from trackbook.book.models import Models

        return Models(self)

    @cached_property
    def journal(self) -> Journal:
        """This process's own journal, opened with the first fact."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return Journal(
                self.folder / "journal",
                self.session_id,
                complain=lambda words: self.complain(words),  # noqa: PLW0108  looked up late: doors set it
            )
        except OSError as error:
            raise Misused(
                f"cannot write to {self.folder} ({error.strerror or error}): nothing is"
                " recorded; set TRACKBOOK_PROJECT to a folder that takes files"
            ) from error

    def begin(
        self,
        program: Program,
        *,
        notebook: str | None = None,
        verbs: frozenset[str] = frozenset(),
        report: Callable[[CellReport], None] | None = None,
    ) -> Recorder:
        """Begin a session in this process and return what records into it."""
        if self.recorder is not None:
            return self.recorder
        self.journal.put(session_now(program, notebook, working_folder()))
        self.recorder = Recorder(
            self.journal,
            self,
            self.settings,
            verbs=verbs,
            report=report or (lambda _report: None),
        )
        self.recorder.has_cells = program != "script"
        self.recorder.notebook.path = notebook
        self.recorder.ledger.notebook = notebook
        self.begin_background(self.recorder)
        if self.settings.resources:
            self.sampling = Sampling(
                self.journal.put, began=self.recorder.began, fault=self.recorder.fault
            )
        atexit.register(self.close)
        return self.recorder

    def begin_background(self, recorder: Recorder) -> None:
        """Begin to do beside the cells what they must not wait for."""
        self.background = Background(
            self._upkeep.chore, fault=recorder.fault, rest_s=recorder.rest_s
        )
        recorder.inputs.work_beside(self.background.soon, self.background.later)

    def finish(self, run: ActiveRun) -> None:
        """Have the world around a run written down, without anybody waiting for it."""
        if self.background is not None and self.recorder is not None:
            executed = self.recorder.notebook.as_now()
            modules = self.around.imported()
            if self.sampling is not None and self.sampling.run_ended(run.run_id):
                self.background.soon(self.sampling.look)
            self.background.later(lambda: self._surroundings(run, executed, modules))
            self.doubts.ended(run)
            self.background.later(lambda: self.collecting.of_run(run))

    def remember_past(self) -> None:
        """Learn what earlier sessions did in this notebook; for the background."""
        from trackbook.store import file_in

        recorder = self.recorder
        if recorder is None or not file_in(self.folder).exists():
            return
        known = recall(self)
        self.aims.take((aim.experiment, aim.metric, aim.direction) for aim in known.aims)
        self.past.read(known.runs, self.direction)
        recorder.ledger.seen(run.name for run in known.runs)
        for cell in known.cells:
            if cell.notebook == recorder.notebook.path:
                recorder.ledger.last_of_cell.setdefault(cell.cell_key, cell.run_id)

    def ask(self, block: str, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of one of the book's own questions."""
        from trackbook.store import queries_of

        return self.store.rows(queries_of("trackbook.book")[block], **values).rows

    def known_names(self, most: int) -> tuple[tuple[str, ...], ...]:
        """Return names of runs, metrics and params that the project has."""
        return tuple(
            tuple(name for (name,) in self.ask(block, most=most))
            for block in ("run_names", "metric_names", "param_names")
        )

    def soon(self, job: Callable[[], None]) -> None:
        """Have something done in the background."""
        if self.background is not None:
            self.background.soon(job)

    def when_idle(self, job: Callable[[], None]) -> None:
        """Have something done when the cells are at rest; now where nothing records."""
        if self.background is not None:
            self.background.later(job)
        else:
            job()

    def keep_artifact(self, file: Path, path: str) -> Artifact:
        """Copy a file into the project and return the fact of it."""
        from trackbook.artifacts import inside

        named = inside(path)
        kept = self.artifacts.keep(file)
        return Artifact(path=named, digest=kept.digest, size_bytes=kept.size_bytes)

    def put(self, record: Record, run_id: str | None = None) -> None:
        """Write a fact that no cell made: a tag, a note, a run put into the trash."""
        self.journal.put(record, run_id)

    @property
    def directions(self) -> dict[str, Direction]:
        """Which way is better, for metrics whose name alone does not say so."""
        more: dict[str, Direction] = dict.fromkeys(self.settings.maximize, "max")
        return self.aims.directions | more | dict.fromkeys(self.settings.minimize, "min")

    def direction(self, metric: str) -> Direction | None:
        """Return which way a metric is better, or None when nobody knows."""
        return self.directions.get(metric) or direction_of(metric)

    def find(self, reference: str) -> Run:
        """Return the run that a reference means."""
        from trackbook.runs import find

        if reference.startswith(("best:", "worst:")):
            self.aims.learn()
        return find(self.store, reference, directions=self.directions)

    def find_all(self, references: Sequence[str]) -> list[Run]:
        """Return the runs that references mean, in their order."""
        from trackbook.runs import find_all

        return find_all(self.store, references, directions=self.directions)

    def find_many(self, references: Sequence[str]) -> list[Run]:
        """Return runs given by reference, by a filter, or all of them."""
        from trackbook.runs import search

        if list(references) == ["all"]:
            return search(self.store, limit=None)
        if any(sign in word for word in references for sign in "<>= "):
            return search(self.store, " ".join(references), limit=None)
        return self.find_all(references)

    def code_diff(self, a: Run, b: Run) -> str:
        """Return what differs between the slices of two runs; a script's run has none."""
        from trackbook.compare import code_diff

        before, after = (slice_of_run(self, run) for run in (a, b))
        return code_diff(
            before.parts if before else (), after.parts if after else (), a.name, b.name
        )

    def meant(self, reference: str | None) -> str:
        """Return the id of the run meant: if none is named, the open one or the last."""
        if reference is None and self.recorder is not None:
            open_run = self.recorder.active
            runs = self.recorder.ledger.runs
            if open_run is not None or runs:
                return (open_run or list(runs.values())[-1]).run_id
        self.settle()
        return self.find(reference or "last").run_id

    def settle(self) -> None:
        """Wait for this process's facts that are on their way, so that readers see them."""
        if self.sampling is not None:
            self.sampling.look()
        if self.background is not None:
            self.background.settle(patience_s=SETTLE_S)
        if "journal" in self.__dict__:
            self.journal.retry()

    def close(self, status: Literal["FINISHED", "FAILED"] | None = None) -> None:
        """End this process's session: its open runs, its journal, its thread."""
        if self._closed or os.getpid() != self.owner:
            return  # a forked child ends nothing of its parent's
        self._closed = True
        atexit.unregister(self.close)
        if self.recorder is not None:
            with self.recorder.guard:
                self.recorder.tell_rest()  # a script has no cell that would end
            failed = self.recorder.ledger.by_hand is not None and script_failed()
            self.recorder.ledger.end_all(status or ("FAILED" if failed else "FINISHED"))
        self.doubts.close()
        if self.background is not None:
            self.background.stop()
            if self.sampling is not None:
                self.sampling.stop()
            self.journal.put(SessionEnd(outcome="ended"))
        if "journal" in self.__dict__:
            self.journal.close()
            # The folder may be gone, with nothing to drain; of a launched run the launcher drains.
            drains = LAUNCH not in os.environ and not self.is_split
            if self.folder.is_dir() and drains and self.store.drain(patience_s=0):
                self._leave_past()
        if "store" in self.__dict__:
            self.store.close()

    def _leave_past(self) -> None:
        """Let the next session of a notebook begin with what is known now."""
        if self.recorder is None or not self.recorder.has_cells:
            return
        with suppress(OSError, Busy):  # then the next session asks by itself
            leave(self)

    def _surroundings(
        self, run: ActiveRun, executed: dict[str, tuple[str, int]], modules: tuple[str, ...]
    ) -> None:
        """Write the notebook of a run that ended, and what was around it."""
        if self.recorder is None:
            return
        self.contracts.ended(run.run_id)
        notebook = self.recorder.notebook
        digest, count = notebook.fingerprint(executed)
        if count:
            fact = Notebook(path=notebook.path, notebook_hash=digest, cell_count=count)
            self.journal.put(fact, run.run_id)
        self.around.write(run.run_id, modules)


def script_failed() -> bool:
    """Say whether the interpreter ends because of an error nobody caught."""
    return getattr(sys, "last_value", None) is not None and "IPython" not in sys.modules


def open_book(
    start: Path | None = None,
    *,
    must_exist: bool = False,
    config: Mapping[str, object] | None = None,
) -> Book:
    """Return the book of the project that a folder belongs to."""
    from trackbook.settings import existing_project, project_at

    where = start if start is not None else Path.cwd()
    project = existing_project(where) if must_exist else project_at(where)
    return Book(project, read_settings(project, config=config))
