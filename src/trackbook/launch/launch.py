"""A notebook, a script or an entry point of a project executed as one tracked run."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from blake3 import blake3

from trackbook.capture import Launch
from trackbook.clock import new_id
from trackbook.errors import TrackbookError
from trackbook.fingerprint import commit_of
from trackbook.launch.commanding import command_run
from trackbook.launch.desk import Desk
from trackbook.launch.notebook_run import notebook_run
from trackbook.launch.numbering import number_for
from trackbook.launch.places import python_for
from trackbook.launch.processes import ended_politely
from trackbook.launch.revisions import at_revision
from trackbook.launch.targets import plan_of
from trackbook.records import LaunchEnd, LaunchStart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.launch.desk import Outcome
    from trackbook.launch.targets import Plan
    from trackbook.records import Status

    Progress = Callable[[int, int], None]

Environment = Literal["current", "project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """How a launched run ended."""

    run_id: str
    name: str
    status: Status
    error: str | None
    """The last line of what ended it."""
    wall_s: float
    exit_code: int | None = None
    """None for a notebook, and for what was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who hears how far it is."""

    progress: Progress = lambda _done, _count: None
    """Told before each cell how many are done, of how many."""
    say: Callable[[str], None] = lambda _words: None
    """Told what is being prepared."""
    echo: Callable[[str], None] = lambda _text: None
    """Told what a command puts out, as it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """As which run a target is executed."""

    run_id: str | None = None
    """A new one when left out."""
    parent_run_id: str | None = None
    """The run of which it is a part."""
    name: str | None = None
    """The target's and a number when left out."""
    experiment: str | None = None
    """The target's name when left out."""

    def launch(self, plan: Plan, project: Path) -> Launch:
        """Return what the process that executes a plan is told."""
        return Launch(
            run_id=self.run_id or new_id(),
            name=self.name or number_for(project, plan.label),
            experiment=self.experiment or plan.experiment,
            parent_run_id=self.parent_run_id,
            relation="child" if self.parent_run_id else None,
            params=dict(plan.params),
            is_named=self.name is not None,
        )


def run_notebook(
    path: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    project: str | Path,
    run_id: str | None = None,
    parent_run_id: str | None = None,
    name: str | None = None,
    experiment: str | None = None,
    timeout_s: float | None = None,
    progress: Progress | None = None,
) -> Launched:
    """Execute a notebook with params in a fresh kernel, as one run; its file stays as it is.

    A cell that fails is a result: the run is FAILED, and nothing is raised. See `run`.
    """
    return run(
        path,
        params,
        project=project,
        identity=Identity(
            run_id=run_id,
            parent_run_id=parent_run_id,
            name=name,
            experiment=experiment,
        ),
        timeout_s=timeout_s,
        telling=Telling(progress=progress) if progress is not None else Telling(),
    )


def run(
    target: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    project: str | Path,
    entry: str | None = None,
    environment: Environment = "current",
    revision: str | None = None,
    identity: Identity | None = None,
    timeout_s: float | None = None,
    telling: Telling | None = None,
) -> Launched:
    """Execute a target with params as one run, and return how it ended.

    What fails in the target is a result: the run is FAILED, and nothing is raised.

    Args:
        target: a notebook, a script, or the folder of a project
        params: its params; of a `Typed` text the type is found out
        project: the folder whose project records it
        entry: the entry point of a project; `main` when left out
        environment: current, or one built from the files of the target's folder
        revision: of the target's local git repository; its files as they are when left out
        identity: as which run
        timeout_s: how long the execution may take
        telling: who hears how far it is

    Raises:
        TrackbookError: no such target or param, a param of another type, or an environment
            that cannot be built; nothing was started
        KeyboardInterrupt: somebody stopped it: the run is KILLED, its processes have ended
    """
    with ExitStack() as inside:
        inside.enter_context(ended_politely())
        whole = Path(target).expanduser().absolute()
        place = inside.enter_context(at_revision(whole, revision))
        plan = plan_of(place, params or {}, entry=entry, folder=Path.cwd())
        told, where = telling or Telling(), Path(project).absolute()
        python = python_of(plan, environment, told)
        launch = (identity or Identity()).launch(plan, where)
        desk = inside.enter_context(Desk(where, launch, str(whole)))
        desk.put(start_of(desk, plan, python, environment, revision))
        return carried_out(desk, plan, python, timeout_s, told)


def python_of(plan: Plan, environment: Environment, told: Telling) -> str:
    """Return the interpreter that executes a plan, its environment built if need be."""
    if environment == "current":
        return sys.executable
    home = plan.project.folder if plan.project else plan.file.parent
    return python_for(home, plan.project, say=told.say)


def start_of(
    desk: Desk, plan: Plan, python: str, environment: Environment, revision: str | None
) -> LaunchStart:
    """Return the fact of what is executed, with what."""
    texts = {
        name: desk.secrets.of_value(name, value) if isinstance(value, str) else value
        for name, value in plan.params.items()
    }
    secret = {
        str(plan.params[name]): text
        for name, text in texts.items()
        if text != plan.params[name] and plan.params[name]
    }

    def hidden(word: str) -> str:
        for text, mask in secret.items():
            word = word.replace(text, str(mask))
        return word

    return LaunchStart(
        target=desk.target,
        target_kind=plan.kind,
        target_digest=digest_of(plan.file),
        entry_point=plan.entry_point,
        command=[desk.secrets.in_text(hidden(word)) for word in plan.command],
        params=json.dumps(texts, default=str, ensure_ascii=False),
        folder=str(plan.folder),
        python=python,
        environment=environment,
        git_commit=commit_of(plan.file.parent),
        revision=revision,
    )


def digest_of(file: Path) -> str:
    """Return a file's digest as it is written of a target."""
    return f"b3-{blake3(file.read_bytes()).hexdigest()}"


def carried_out(
    desk: Desk, plan: Plan, python: str, timeout_s: float | None, told: Telling
) -> Launched:
    """Execute a plan and write how that ended, also when it is interrupted."""
    begun = time.monotonic()
    outcome: Outcome = ("FAILED", "trackbook itself failed", None)
    try:
        outcome = executed(desk, plan, python, timeout_s, told)
    except KeyboardInterrupt:
        outcome = ("KILLED", "interrupted", None)
        raise
    except TrackbookError as error:
        outcome = ("FAILED", str(error), None)
    finally:
        status, said, exit_code = outcome
        said, wall_s = desk.masked(said), time.monotonic() - begun
        if not desk.is_begun():
            desk.begin(commit_of(plan.file.parent))
        desk.put(LaunchEnd(exit_code=exit_code, error=said, wall_s=wall_s))
        desk.end(status, said)
    return Launched(
        run_id=desk.launch.run_id,
        name=desk.launch.name,
        status=status,
        error=said,
        wall_s=wall_s,
        exit_code=exit_code,
    )


def executed(
    desk: Desk, plan: Plan, python: str, timeout_s: float | None, told: Telling
) -> Outcome:
    """Execute a plan, with a folder beside it that is gone afterwards."""
    with tempfile.TemporaryDirectory(
        prefix="trackbook-", ignore_cleanup_errors=True
    ) as made:
        beside = Path(made)
        if plan.notebook is not None:
            return notebook_run(desk, plan, python, beside, timeout_s, told.progress)
        return command_run(desk, plan, python, beside, timeout_s, told.echo)
