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
from trackbook.fingerprint import commit_of
from trackbook.launch.commanding import command_run
from trackbook.launch.desk import Desk, number_for
from trackbook.launch.notebook_run import notebook_run
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
        run_id=run_id,
        parent_run_id=parent_run_id,
        name=name,
        experiment=experiment,
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
    run_id: str | None = None,
    parent_run_id: str | None = None,
    name: str | None = None,
    experiment: str | None = None,
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
        run_id: the run's id; a new one when left out
        parent_run_id: the run of which it is a part
        name: the run's; the target's and a number when left out
        experiment: the run's; the target's name when left out
        timeout_s: how long the execution may take
        telling: who hears how far it is

    Raises:
        NotFound: there is no such target, entry point or param
        Misused: a param is of another type, or one is missing; nothing was started
        NotBuilt: its environment cannot be built; nothing was started
        KeyboardInterrupt: somebody stopped it: the run is KILLED, its processes have ended
    """
    given, told = params or {}, telling or Telling()
    where = Path(project).absolute()
    whole = Path(target).expanduser().absolute()
    with ExitStack() as inside:
        inside.enter_context(ended_politely())
        place = inside.enter_context(at_revision(whole, revision))
        plan = plan_of(place, given, entry=entry, folder=Path.cwd())
        python = sys.executable
        if environment == "project":
            home = plan.project.folder if plan.project else plan.file.parent
            python = python_for(home, plan.project, say=told.say)
        launch = Launch(
            run_id=run_id or new_id(),
            name=name or number_for(where, plan.label),
            experiment=experiment or plan.experiment,
            parent_run_id=parent_run_id,
            relation="child" if parent_run_id else None,
            params=dict(plan.params),
            is_named=name is not None,
        )
        desk = inside.enter_context(Desk(where, launch, str(whole)))
        desk.put(start_of(desk, plan, python, environment, revision))
        return carried_out(desk, plan, python, timeout_s, told)


def start_of(
    desk: Desk, plan: Plan, python: str, environment: Environment, revision: str | None
) -> LaunchStart:
    """Return the fact of what is executed, with what."""
    texts = {
        name: desk.secrets.of_value(name, value) if isinstance(value, str) else value
        for name, value in plan.params.items()
    }
    return LaunchStart(
        target=desk.target,
        target_kind=plan.kind,
        target_digest=f"b3-{blake3(plan.file.read_bytes()).hexdigest()}",
        entry_point=plan.entry_point,
        command=[desk.secrets.in_text(word) for word in plan.command],
        params=json.dumps(texts, default=str, ensure_ascii=False),
        folder=str(plan.folder),
        python=python,
        environment=environment,
        git_commit=commit_of(plan.folder),
        revision=revision,
    )


def carried_out(
    desk: Desk, plan: Plan, python: str, timeout_s: float | None, told: Telling
) -> Launched:
    """Execute a plan and write how that ended, also when it is interrupted."""
    begun = time.monotonic()
    outcome: Outcome = ("KILLED", "interrupted", None)
    try:
        with tempfile.TemporaryDirectory(
            prefix="trackbook-", ignore_cleanup_errors=True
        ) as scratch:
            if plan.notebook is not None:
                outcome = notebook_run(
                    desk, plan, python, Path(scratch), timeout_s, told.progress
                )
            else:
                outcome = command_run(
                    desk, plan, python, Path(scratch), timeout_s, told.echo
                )
    finally:
        status, error, exit_code = outcome
        wall_s = time.monotonic() - begun
        if not desk.is_begun():
            desk.begin(commit_of(plan.folder))
        desk.put(LaunchEnd(exit_code=exit_code, error=desk.masked(error), wall_s=wall_s))
        desk.end(status, error)
    return Launched(
        run_id=desk.launch.run_id,
        name=desk.launch.name,
        status=status,
        error=error,
        wall_s=wall_s,
        exit_code=exit_code,
    )
