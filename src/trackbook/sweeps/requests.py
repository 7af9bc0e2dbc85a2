"""Words between a sweep, its trials and whoever looks on: small files in the project.

A worker adds a line for each value on its way; the sweep answers by a file that says that
the trial is to end. Whoever wants a sweep to stop lays a file there as well.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.clock import new_id
from trackbook.errors import Misused, TrackbookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.sweeps.plan import Task

STEP = re.compile(r"(-?\d+) (\S+)\n")
STOP = "stop"


class Pruned(TrackbookError):
    """The trial is hopeless, or somebody asked that it ends: raised where it logs a value."""


def stop(project: Path, sweep_id: str) -> None:
    """Ask a sweep to end: what runs is cancelled, and it can be resumed.

    Raises:
        Misused: no such sweep runs
    """
    (running(project, sweep_id) / STOP).touch()


def prune(project: Path, sweep_id: str, number: int) -> None:
    """Ask that one trial of a sweep ends.

    Raises:
        Misused: no such sweep runs
    """
    Desk(project, sweep_id).prune(number, must_run=True)


def running(project: Path, sweep_id: str) -> Path:
    """Return the folder of a sweep that runs."""
    folder = folder_of(project, sweep_id)
    if not folder.is_dir():
        raise Misused(
            f"sweep {sweep_id[-8:]!r} does not run now, so nothing can be stopped"
        )
    return folder


def folder_of(project: Path, sweep_id: str) -> Path:
    """Return where the words about a sweep are."""
    if not re.fullmatch(r"[0-9a-f-]{36}", sweep_id):
        raise Misused(f"{sweep_id!r} is no id of a sweep")
    return project / ".trackbook" / "sweeps" / sweep_id


def first_time(task: Task) -> Task:
    """Return a trial with a run of its own, if somebody began it before and died."""
    if Desk(Path(task.project), task.sweep_id).begins(task.number):
        return task
    return replace(task, run_id=new_id())


class Desk:
    """The files about one sweep, as the sweep and its workers use them."""

    def __init__(self, project: Path, sweep_id: str) -> None:
        self._project = project
        self._sweep_id = sweep_id
        self.folder = folder_of(project, sweep_id)
        self._read: dict[int, int] = {}

    def begin(self) -> None:
        """Make the folder; words of before mean nothing any more."""
        self.end()
        self.folder.mkdir(parents=True)

    def end(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_stopped(self) -> bool:
        """Whether somebody asked the sweep to end."""
        return (self.folder / STOP).exists()

    def prune(self, number: int, *, must_run: bool = False) -> None:
        """Ask a trial to end."""
        folder = running(self._project, self._sweep_id) if must_run else self.folder
        (folder / f"prune-{int(number)}").touch()

    def is_pruned(self, number: int) -> bool:
        """Tell whether a trial is to end."""
        return (self.folder / f"prune-{number}").exists()

    def tell(self, number: int, step: int, value: float) -> None:
        """Say what a trial measured on its way.

        Raises:
            Pruned: it is to end
        """
        if not self.folder.is_dir():
            return  # a worker on a machine that does not see the project
        with (self.folder / f"steps-{number}").open("a", encoding="ascii") as file:
            file.write(f"{step} {value!r}\n")
        if self.is_pruned(number):
            raise Pruned(f"trial {number} was pruned at step {step}")

    def news(self, number: int) -> Iterator[tuple[int, float]]:
        """Yield what a trial has said since this was asked last."""
        file = self.folder / f"steps-{number}"
        try:
            with file.open("rb") as opened:
                opened.seek(self._read.get(number, 0))
                text = opened.read()
        except FileNotFoundError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self._read[number] = self._read.get(number, 0) + len(whole)
        for step, value in STEP.findall(whole.decode("ascii")):
            yield int(step), float(value)

    def begins(self, number: int) -> bool:
        """Say whether a trial begins for the first time; from now on it does not."""
        try:
            (self.folder / f"begun-{number}").touch(exist_ok=False)
        except FileExistsError:
            return False
        except FileNotFoundError:
            return True  # a worker on a machine that does not see the project
        return True

    def forget(self, number: int) -> None:
        """Take away what was said of a trial."""
        self._read.pop(number, None)
        for word in ("steps", "prune", "begun"):
            (self.folder / f"{word}-{number}").unlink(missing_ok=True)
