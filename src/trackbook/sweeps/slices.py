"""A run as the target of a sweep: its slice, executed again with other params."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused
from trackbook.lineage import slice_of
from trackbook.reproduce import FILE, guarded, scratch, thrown
from trackbook.store import queries_of
from trackbook.sweeps.crew import usable_cpus
from trackbook.sweeps.nests import Nest, NestDied, Words
from trackbook.sweeps.places import as_python, bound_anew, fork_of, places_of, replaced
from trackbook.sweeps.plan import Outcome, Own
from trackbook.sweeps.requests import Desk, first_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.lineage import Part, Slice
    from trackbook.records import Run, SweepTarget
    from trackbook.store import Store
    from trackbook.sweeps.plan import Task
    from trackbook.sweeps.space import Params

SQL = queries_of("trackbook.sweeps")
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)  # fmt: skip
SHARED, WHOLE = "shared", "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One execution to be done again."""

    source: str
    """As Python reads it, where its lines stay where they are."""
    cell_id: str | None
    failed: bool
    """At first it failed, so that it may fail again."""
    dice: Sequence[str]
    """Expressions that set the generators of random numbers before it."""
    writes: bool
    unknown: bool

    @classmethod
    def of(cls, part: Part, dice: Sequence[tuple[str, str]]) -> Cell:
        """Return what an execution of the first time comes to."""
        return cls(
            source=as_python(part.source),
            cell_id=part.cell_id,
            failed=part.outcome != "ok",
            dice=[thrown(of, state) for of, state in dice],
            writes=any(change.startswith(FILE) for change in part.changes or ()),
            unknown=part.rests_on is None or part.unknown is not None,
        )

    def plain(self) -> Words:
        """Return what the process that executes it must know."""
        return {
            "source": self.source,
            "cell_id": self.cell_id,
            "failed": self.failed,
            "dice": list(self.dice),
        }


class RunSlice:
    """The cells of a run, with those that the params cannot reach executed once for all trials.

    Where it cannot be proved that this gives what executing everything gives, everything is
    executed for every trial, each in a folder of its own.
    """

    kind: SweepTarget = "run"
    records_itself = True
    own_processes = False

    def __init__(self, store: Store, run: Run, *, share: bool = True) -> None:
        cut = slice_of(store, run)
        self.name = run.run_id
        self.label = run.name
        self.remarks: list[str] = []
        self._cells = [
            Cell.of(one, cut.dice.get(one.execution_id, ())) for one in cut.parts
        ]
        self._opener = opener_of(store, run, cut)
        self._folder = cut.folder
        self._notebook = cut.notebook
        self._written = sorted(
            change.removeprefix(FILE)
            for part in cut.parts
            for change in part.changes or ()
            if change.startswith(FILE)
        )
        self._share = share
        self._names: list[str] = []
        self._jobs = 1

    def check(self, params: Params) -> None:
        """Refuse params that stand nowhere in the cells."""
        self._names = list(params)
        places_of([cell.source for cell in self._cells], self._names)

    def perform(self, task: Task) -> Outcome:
        """Execute what is a trial's own, behind what all share, in a process of its own."""
        begun = time.perf_counter()
        task = first_time(task)
        room = room_of(self, task)
        outcome = None
        if room.shared is not None:
            outcome = self._tried(
                room, room.shared, task, WHOLE if room.at == 0 else SHARED
            )
        if outcome is None:
            outcome = self._tried(room, room.whole(), task, WHOLE)
        if outcome is None:
            raise NestDied("the process that trials are split off died")
        outcome.run_id = task.run_id
        outcome.wall_s = time.perf_counter() - begun
        return outcome

    def _tried(self, room: Room, nest: Nest, task: Task, how: str) -> Outcome | None:
        """Try once; None where it turns out that everything has to be executed."""
        with ExitStack() as inside:
            tmp = Path(
                inside.enter_context(tempfile.TemporaryDirectory(prefix="trackbook-"))
            )
            (tmp / "tmp").mkdir()
            work = room.work
            if how == WHOLE:
                work = inside.enter_context(scratch(self._folder, self._written))
            order = self._order(room, task, how, work, tmp)
            desk = Desk(Path(task.project), task.sweep_id)
            ended, found = nest.try_once(
                order,
                timeout_s=task.timeout_s,
                is_pruned=lambda: desk.is_pruned(task.number),
            )
        if how == SHARED and found is not None and found["whole"]:
            room.stop_sharing(found["whole"])
            return None
        reused = 0 if how == WHOLE else room.at
        outcome = outcome_of(ended, found, task)
        outcome.cells_reused, outcome.cells_executed = reused, len(self._cells) - reused
        return outcome

    def _order(self, room: Room, task: Task, how: str, work: Path, tmp: Path) -> Words:
        sources = [cell.source for cell in self._cells]
        late = ""
        if how == SHARED and room.late:
            late = bound_anew(sources, room.places, room.late, task.params)
        guard = ""
        if how == WHOLE and self._folder is not None:
            guard = guarded(work, self._folder, Path(task.project) / ".trackbook", tmp)
        return {
            "number": task.number,
            "params": task.params,
            "sources": replaced(sources, room.places, task.params),
            "late": late,
            "work": str(work),
            "tmp": str(tmp / "tmp"),
            "guard": guard,
            "outcome": str(tmp / "outcome"),
            "metric": task.metric,
            "run": {
                "run_id": task.run_id,
                "name": task.name,
                "experiment": task.experiment,
                "parent_run_id": task.sweep_id,
            },
        }

    def first_order(self, task: Task, shared: int, guard: str) -> Words:
        """Return what the process must know that trials are split off."""
        cell, kind, place = self._opener
        return {
            "cells": [one.plain() for one in self._cells],
            "shared": shared,
            "guard": guard,
            "folder": self._folder,
            "notebook": self._notebook,
            "adoption": {
                "cell": cell,
                "kind": kind,
                "place": place,
                "group": task.sweep_id,
            },
        }

    def end(self) -> None:
        """End every process that trials are split off."""
        for key in [key for key in rooms if key[0] == id(self)]:
            rooms.pop(key).end()


@dataclass(slots=True, kw_only=True)
class Room:
    """Where the trials of one sweep begin, in one process."""

    target: RunSlice
    task: Task
    at: int
    late: Sequence[str]
    places: dict[str, Any]
    shared: Nest | None = None
    work: Path = Path()
    _whole: Nest | None = None
    _inside: ExitStack = field(default_factory=ExitStack)
    _turn: Any = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Execute what is shared, if anything can be."""
        if self.at == 0:
            return
        target, task = self.target, self.task
        self.work = self._inside.enter_context(scratch(target._folder, target._written))  # noqa: SLF001  its own
        guard = ""
        if target._folder is not None:  # noqa: SLF001
            project = Path(task.project) / ".trackbook"
            guard = guarded(self.work, target._folder, project, Path(tempfile.gettempdir()))  # noqa: SLF001
        nest = self._nest(self.at, guard, self.work)
        if nest.is_ready and not nest.why:
            self.shared = nest
        else:
            nest.end()
            self.stop_sharing(nest.why)

    def whole(self) -> Nest:
        """Return the process from which trials are split off that execute everything."""
        with self._turn:
            if self._whole is None or not self._whole.is_alive:
                self._whole = self._nest(0, "", Path(tempfile.gettempdir()))
            return self._whole

    def stop_sharing(self, why: str) -> None:
        """Execute everything from now on, and say why."""
        self.shared = None
        said = f"every trial executes the whole slice: {why}"
        if not self.target.remarks:
            self.target.remarks.append(said)

    def _nest(self, shared: int, guard: str, folder: Path) -> Nest:
        env = {
            "TRACKBOOK_PROJECT": self.task.project,
            "TRACKBOOK_CARDS": "quiet",
            "TRACKBOOK_RESOURCES": "false",
            "TRACKBOOK_STALE": "false",
            "MPLBACKEND": "agg",
            "TMPDIR": tempfile.gettempdir(),
        }
        env |= {
            name: str(max(1, usable_cpus() // self.task.jobs))
            for name in THREADS
            if name not in os.environ
        }
        return Nest(self.target.first_order(self.task, shared, guard), folder, env)

    def end(self) -> None:
        """Let everything go."""
        for nest in (self.shared, self._whole):
            if nest is not None:
                nest.end()
        self._inside.close()


rooms: dict[tuple[int, str], Room] = {}
"""By the target's identity in this process, and the sweep."""
turn = threading.Lock()


def room_of(target: RunSlice, task: Task) -> Room:
    """Return where the trials of a sweep begin; the first who asks waits until it is there."""
    with turn:
        key = id(target), task.sweep_id
        room = rooms.get(key)
        if room is not None and room.shared is not None and not room.shared.is_alive:
            rooms.pop(key).end()
            room = None
        if room is None:
            room = rooms[key] = made(target, task)
            room.begin()
        return room


def made(target: RunSlice, task: Task) -> Room:
    """Return a room for a sweep, with what its trials may share."""
    cells = target._cells  # noqa: SLF001  its own
    sources = [cell.source for cell in cells]
    places = places_of(sources, list(task.params))
    fork = fork_of(
        sources,
        places,
        latest=target._opener[0],  # noqa: SLF001
        unknown=[at for at, cell in enumerate(cells) if cell.unknown],
    )
    at, late = fork
    writer = next((n for n, cell in enumerate(cells) if cell.writes and n >= at), None)
    room = Room(target=target, task=task, at=at, late=late, places=places)
    if not target._share:  # noqa: SLF001
        room.at = 0
    elif writer is not None:
        room.at = 0
        room.stop_sharing(f"cell [{writer + 1}] writes a file")
    elif at == 0:
        room.stop_sharing("the params reach its first cell")
    return room


def opener_of(store: Store, run: Run, cut: Slice) -> tuple[int, str, int]:
    """Return which run a run is among those that its slice opens: cell, kind, place there.

    One that was launched is that of all cells, whichever of them a trial begins with.
    """
    if run.origin == "launch":
        return len(cut.parts) - 1, "launch", 0
    rows = store.rows(SQL["opened_like"], run=run.run_id).rows
    places = {part.execution_id: at for at, part in enumerate(cut.parts)}
    counts = {True: 0, False: 0}
    for run_id, opener, is_part in rows:
        if run_id == run.run_id and opener in places:
            return places[opener], "child" if is_part else "", counts[bool(is_part)]
        counts[bool(is_part)] += 1
    raise Misused(
        f"run {run.name!r} was opened outside of its own cells, so they cannot give it again"
    )


def outcome_of(ended: str, found: Words | None, task: Task) -> Outcome:
    """Return what a trial came to, from how its process ended and what it said."""
    if ended == "late":
        return Outcome(state="failed", error=f"it took more than {task.timeout_s:g} s")
    if ended == "pruned":
        return Outcome(state="pruned", error=f"trial {task.number} was pruned")
    if found is None:
        return Outcome(state="failed", error="its process died in a cell")
    if found["error"]:
        return Outcome(state="failed", error=found["error"])
    said = found.get("run")
    return Outcome(state="done", own=None if said is None else Own(**said))
