"""A notebook, a script or a project's entry point as the target of a sweep."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.sweeps.plan import Outcome
from trackbook.sweeps.requests import Desk, first_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.records import SweepTarget
    from trackbook.sweeps.plan import Task
    from trackbook.sweeps.space import Params

LOOK_S = 0.3


class Launchable:
    """What `trackbook run` executes, each time as one run with other params."""

    records_itself = True
    own_processes = True

    def __init__(self, path: Path, entry: str | None = None) -> None:
        """Name a notebook, a script, or a project's folder with one of its entry points."""
        self.path = path.expanduser().absolute()
        self.entry = entry
        self.name = f"{path}:{entry}" if entry else str(path)
        self.kind: SweepTarget = "notebook" if path.suffix == ".ipynb" else "script"

    def check(self, params: Params) -> None:
        """Refuse params that it does not declare."""
        from trackbook.launch import plan_of  # with nbformat, which takes a second

        plan_of(self.path, params, entry=self.entry, folder=Path.cwd())

    def perform(self, task: Task) -> Outcome:
        """Execute it once, in a process that this one starts."""
        from trackbook.launch import Identity, run

        begun = time.perf_counter()
        task = first_time(task)
        asked = threading.Event()
        outcome = Outcome(state="done", run_id=task.run_id)
        try:
            with pruned_if_asked(task, asked):
                done = run(
                    self.path,
                    dict(task.params),
                    entry=self.entry,
                    project=task.project,
                    identity=Identity(
                        run_id=task.run_id,
                        parent_run_id=task.sweep_id,
                        name=task.name,
                        experiment=task.experiment,
                    ),
                    timeout_s=task.timeout_s,
                )
            if done.status != "FINISHED":
                outcome.state, outcome.error = "failed", done.error
        except KeyboardInterrupt:
            if not asked.is_set():
                raise
            outcome.state, outcome.error = "pruned", f"trial {task.number} was pruned"
        except TrackbookError as error:
            outcome.state, outcome.error = "failed", str(error)
        outcome.wall_s = time.perf_counter() - begun
        return outcome

    def end(self) -> None:
        """Nothing is shared."""


@contextmanager
def pruned_if_asked(task: Task, asked: threading.Event) -> Iterator[None]:
    """Interrupt what is done inside, politely, once somebody asks that the trial ends."""
    desk = Desk(Path(task.project), task.sweep_id)
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            if desk.is_pruned(task.number):
                asked.set()
                os.kill(os.getpid(), signal.SIGTERM)
                return

    is_main = threading.current_thread() is threading.main_thread()
    watcher = threading.Thread(target=look, daemon=True)
    if is_main:  # only there can an interrupt be caught
        watcher.start()
    try:
        yield
    finally:
        over.set()
        if is_main:
            watcher.join()
