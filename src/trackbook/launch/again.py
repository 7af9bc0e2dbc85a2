"""A program's run executed again, from the code that really ran, and compared."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trackbook.capture import GUARD
from trackbook.code import Secrets
from trackbook.errors import Misused, NotFound
from trackbook.launch.commanding import with_recording
from trackbook.launch.desk import SQL, Desk
from trackbook.launch.launch import Identity, Telling, carried_out, digest_of, start_of
from trackbook.launch.processes import ended_politely
from trackbook.launch.projects import FILE
from trackbook.launch.revisions import at_revision
from trackbook.launch.targets import plan_of
from trackbook.lineage import slice_of
from trackbook.reproduce import (
    Proven,
    Rerun,
    Terms,
    Trial,
    kept_and_free,
    longest_s,
    must_be_comparable,
    on_trial,
    outcome_of,
    scratch,
)
from trackbook.runs import around
from trackbook.settings import FOLDER, read_settings
from trackbook.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.lineage import Part
    from trackbook.records import Cause, LocalModule, Run
    from trackbook.reproduce import Outcome, Progress, Used

MASKED = "***"
KEY = "", "", 0
"""By which its one run is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What `trackbook run` executed as a process of its own."""

    target: str
    target_kind: str
    target_digest: str
    entry_point: str | None
    command: Sequence[str]
    params: str
    folder: str
    python: str
    environment: str
    git_commit: str | None
    revision: str | None
    wall_s: float | None
    name: str
    experiment: str | None


class Known(NamedTuple):
    """What is on record of a program."""

    program: Program
    modules: Sequence[LocalModule]
    """Its own, as they were."""
    python: str
    """The version that executed it."""
    secrets: Secrets
    """Tells what of a source is masked."""


def program_of(store: Store, run: Run) -> Program | None:
    """Return the program that a run belongs to; None where it was made in cells, or by hand."""
    found = store.ask(SQL["program_of"], Program, session=run.session_id)
    return found[0] if found else None


def reproduce_program(
    store: Store,
    run: Run,
    terms: Terms | None = None,
    *,
    progress: Progress = lambda _done, _count: None,
) -> Proven:
    """Execute the program of a run again, in a copy of its folder, and say how it compares.

    Its own modules are those on record, whatever their files hold now. What it writes goes into
    the copy; in the folders of the first time it can change nothing.

    Raises:
        Misused: it is no Python program, has secrets for params, or nothing to be compared
        NotFound: it is not on record, and its file has changed or is gone
    """
    program = program_of(store, run)
    if program is None:
        raise NotFound(f"run {run.name!r} was not launched by trackbook run")
    must_be_comparable(run, outcome_of(store, run.run_id))
    was = around(store, run)
    secrets = Secrets(read_settings(store.folder.parent).secrets)
    known = Known(program, was.modules, was.python, secrets)
    must_be_repeatable(run, known)
    inside = in_its_python(run, known, terms or Terms())
    return on_trial(ProgramTrial(store, run, known, inside, progress))


def in_its_python(run: Run, known: Known, terms: Terms) -> Terms:
    """Return terms with the Python of its project's environment, if it ran in that."""
    program = known.program
    if program.environment != "project" or terms.environment:
        return terms
    if not Path(program.python).is_file():
        raise NotFound(
            f"{program.python}, in which {run.name} ran, is gone: reproduce --env builds one"
            " with the packages that it had"
        )
    return replace(
        terms, python=program.python, version=known.python, environment="its project's own"
    )


def must_be_repeatable(run: Run, known: Known) -> None:
    """Refuse what cannot be executed as it was."""
    program = known.program
    if with_recording(program.command, "python") is None:
        raise Misused(
            f"{run.name} is no Python program's: what {program.command[0]!r} starts can"
            " change your files. Look at it, and launch it again: trackbook run"
            f" {program.target}"
        )
    secret = [
        name for name, one in json.loads(program.params).items() if MASKED in str(one)
    ]
    if secret:
        raise Misused(
            f"{run.name} had a secret for {secret[0]!r}, which is not on record: launch it"
            f" again, trackbook run {program.target} -P {secret[0]}=…"
        )
    if program.revision is not None:
        return
    for module in known.modules:
        if MASKED in module.source and not is_still(
            Path(module.path), module.source, known.secrets
        ):
            raise NotFound(
                f"{module.path} has changed since {run.name}, and is on record without its secrets:"
                " bring it back (git)"
            )
    file = Path(program.target)
    if program.target_kind == "entry point":
        named = file / FILE
        file = named if named.is_file() else file / (program.entry_point or FILE)
    if any(module.path == str(file) for module in known.modules):
        return
    if not file.is_file() or digest_of(file) != program.target_digest:
        raise NotFound(
            f"{file} is not what it was when {run.name} ran, and that is not on record: bring"
            " it back (git), or launch it as it is: trackbook run"
        )


def is_still(file: Path, source: str, secrets: Secrets) -> bool:
    """Tell whether a file holds a source, or what is on record of it without its secrets."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text == source or secrets.of_source(text) == source


class ProgramTrial(Trial):
    """A program on trial: it is executed as a whole."""

    def __init__(
        self, store: Store, run: Run, known: Known, terms: Terms, progress: Progress
    ) -> None:
        nothing = slice_of(store, run, or_none=True)
        recorded = outcome_of(store, run.run_id)
        super().__init__(store, run, nothing, recorded, terms, progress)
        self.program, self.modules, _, self.secrets = known
        self.execution_count = 1
        self._key = KEY

    @property
    def source(self) -> str:
        """The code that is executed."""
        return "\n".join(module.source for module in self.modules)

    def is_missing(self) -> bool:
        """Say that nothing was left out."""
        return False

    def again(self, parts: Sequence[Part]) -> Rerun:  # noqa: ARG002  there are none
        """Execute the program in a copy of its folder."""
        self._progress(0, 1)
        begun = time.monotonic()
        with ExitStack() as inside:
            inside.enter_context(ended_politely())
            program = as_it_was(self.program, inside)
            places = Places(program, inside)
            places.put(self.modules, self.secrets)
            outcome, failure = self._executed(program, places, places.beside / "project")
            found = {} if outcome is None else {KEY: outcome}
        self._progress(1, 1)
        seconds = time.monotonic() - begun
        self.seconds += seconds
        return Rerun(runs=found, failure=failure, failed_at=None, seconds=seconds)

    def blames(self, cause: Cause, data: Sequence[Used]) -> list[str]:
        """Return what is likely to be behind a difference."""
        places = Places.roots(self.program)
        changed = [
            f"{module.path} has changed: it lies outside of what is copied"
            for module in self.modules
            if not any(Path(module.path).is_relative_to(root) for root in places)
            and not is_still(Path(module.path), module.source, self.secrets)
        ]
        return [
            *(changed if self.program.revision is None else ()),
            *super().blames(cause, data),
        ]

    def _executed(
        self, program: Program, places: Places, project: Path
    ) -> tuple[Outcome | None, str | None]:
        """Return what the run gave this time, and how the program failed if it did."""
        params = {
            name: places.moved(value) if isinstance(value, str) else value
            for name, value in json.loads(program.params).items()
            if value is not None
        }
        target = Path(places.moved(program.target))
        work = Path(places.moved(program.folder))
        plan = plan_of(target, params, entry=program.entry_point, folder=work)
        (places.beside / "tmp").mkdir()
        env = {
            GUARD: json.dumps(kept_and_free(work, places.kept, places.made)),
            "TMPDIR": str(places.beside / "tmp"),
        }
        plan = replace(plan, env={**(plan.env or {}), **env})
        launch = Identity(name=program.name, experiment=program.experiment).launch(
            plan, project
        )
        longest = self.terms.timeout_s or longest_s(program.wall_s or 0.0)
        with Desk(project, launch, str(target)) as desk:
            desk.put(start_of(desk, plan, self.terms.python, "current", None))
            done = carried_out(desk, plan, self.terms.python, longest, Telling())
        failure = None if done.status == self._run.status else done.error or done.status
        store = Store(project / FOLDER)
        try:
            return self._same_run(store, launch.run_id), failure
        finally:
            store.close()

    def _same_run(self, store: Store, launched: str) -> Outcome | None:
        """Return what the run at the same place among its session's gave."""
        at = runs_of_session(self._store, self._run.session_id).index(self._run.run_id)
        sessions = store.rows(SQL["session_of"], run=launched).rows
        runs = runs_of_session(store, sessions[0][0]) if sessions else []
        return outcome_of(store, runs[at]) if at < len(runs) else None


def as_it_was(program: Program, inside: ExitStack) -> Program:
    """Return a program at the commit of its repository for which it was launched, if it was."""
    if program.revision is None:
        return program
    commit = program.git_commit or program.revision
    target = str(inside.enter_context(at_revision(Path(program.target), commit)))
    is_whole = program.target_kind == "entry point"
    return replace(program, target=target, folder=target if is_whole else program.folder)


def runs_of_session(store: Store, session_id: str) -> list[str]:
    """Return a session's runs, in order."""
    return [
        run_id for (run_id,) in store.rows(SQL["runs_of_session"], session=session_id).rows
    ]


class Places:
    """Copies of the folders in which a program lay and worked, for as long as it is executed."""

    def __init__(self, program: Program, inside: ExitStack) -> None:
        self._copies = {
            str(root): inside.enter_context(scratch(str(root), ()))
            for root in self.roots(program)
        }
        self.kept = list(self._copies)
        self.made = [copy.parent for copy in self._copies.values()]
        self.beside = self.made[0]
        """A folder that is gone afterwards."""

    @staticmethod
    def roots(program: Program) -> list[Path]:
        """Return the folders that are copied: one, where the other lies in it."""
        target, folder = Path(program.target), Path(program.folder)
        home = target if program.target_kind == "entry point" else target.parent
        first = home if folder.is_relative_to(home) else folder
        return [first] if home.is_relative_to(first) else [first, home]

    def moved(self, text: str) -> str:
        """Return where something lies in the copies; other texts as they are."""
        for root, copy in self._copies.items():
            if text == root or text.startswith(f"{root}/"):
                return f"{copy}{text.removeprefix(root)}"
        return text

    def put(self, modules: Iterable[LocalModule], secrets: Secrets) -> None:
        """Let the program's own modules be as they were."""
        for module in modules:
            copy = Path(self.moved(module.path))
            if str(copy) == module.path or is_still(copy, module.source, secrets):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.unlink(missing_ok=True)
            copy.write_text(module.source, encoding="utf-8")
