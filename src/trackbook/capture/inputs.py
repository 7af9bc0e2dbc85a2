"""Data that cells load and hand to trainings: what each is, and which runs used it."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trackbook.capture.places import place_of_data
from trackbook.capture.seen import Here, Seen, Use, is_database, name_of, snapshot, weakly
from trackbook.capture.spare import Spare
from trackbook.capture.values import whereabouts
from trackbook.clock import new_id
from trackbook.fingerprint import Budget, look_at, mark_of, sketched
from trackbook.records import Dataset, Digest, Input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from trackbook.capture.cell import Cell
    from trackbook.capture.ink import Ink
    from trackbook.code import Secrets, Statement
    from trackbook.fingerprint import Digested, Look
    from trackbook.libraries import Given, Loaded
    from trackbook.settings import Data

    Soon = Callable[[Callable[[], None]], None]

ALWAYS, MOST_SECONDS = 8, 0.03
"""Datasets of a cell that are looked at in any case, and the time after which no more are: a
loop of ten thousand predictions must not wait."""
MOST_COLUMNS = 2_000
MOST_SKETCHES = 200
LONGEST_NAME = 200


class Inputs:
    """The datasets of one session and the runs that used them.

    Called with the recorder's guard held, from whichever thread made the call.
    """

    def __init__(
        self,
        ink: Ink,
        secrets: Secrets,
        *,
        now: Callable[[str], str],
        guard: AbstractContextManager[object],
        keeps: Data = "sketch",
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._ink = ink
        self._secrets = secrets
        self._guard = guard
        self._keeps = keeps
        self._now = now
        """Gives the run that stands for a training today."""
        self._clock = clock
        self.soon: Soon
        self.later: Soon
        self._spare: Spare | None
        self.work_alone()
        self.is_idle: Callable[[], bool] = lambda: True
        """Says whether no cell runs just now."""
        self._here = Here()
        self._known: dict[int, Seen] = {}
        self._holders: dict[int, tuple[Callable[[], object], list[Seen]]] = {}
        self._waiting: dict[str, Seen] = {}
        """To be gone through, by id."""
        self._finished: list[tuple[Seen, Digest]] = []
        """Gone through while a cell ran that may have changed them."""
        self._reach: dict[str, frozenset[tuple[str, str]]] = {}
        """Datasets made ready in each execution and in those that it rests on, and what for."""
        self._linked: dict[str, set[str]] = {}

    def work_beside(self, soon: Soon, later: Soon) -> None:
        """Have done in the background what need not be done at once."""
        self.soon, self.later, self._spare = soon, later, Spare(later)

    def work_alone(self) -> None:
        """Do everything at once."""
        self.soon = self.later = lambda job: job()
        self._spare = None

    # While a cell runs

    def load(self, found: Loaded, line: int | None) -> None:
        """Take in that data were loaded."""
        location = place_of_data(found.location, self._secrets)
        name = found.name or (location.name if location is not None else "")
        said = location and location.text
        self._see(found.made, found.by, said, name or found.by, line, loaded=True)

    def use(
        self,
        data: Sequence[Given],
        run_id: str,
        line: int | None,
        *,
        named: str | None = None,
    ) -> int:
        """Take in that a run was given data; return how many of them could be looked into."""
        uses = [
            Use(run_id, seen, given.role)
            for given in data
            for seen in self._seen_of(given, line)
        ]
        for use in uses if named else ():
            use.seen.name, use.seen.is_named = named or "", True
        self._here.uses += uses
        return len(uses)

    def hold(self, data: Sequence[Given], holder: object, line: int | None) -> None:
        """Take in that an object holds data for a training to come."""
        inside = [seen for given in data for seen in self._seen_of(given, line)]
        for seen in inside:
            seen.role = seen.role or "training"
        if inside:
            self._holders[id(holder)] = weakly(holder), inside

    def _seen_of(self, given: Given, line: int | None) -> list[Seen]:
        kept = self._holders.get(id(given.data))
        if kept is not None and kept[0]() is given.data:
            return kept[1]
        made_by = whereabouts(given.data)
        seen = self._see(given.data, made_by, None, given.name or given.role, line)
        return [] if seen is None else [seen]

    def _see(
        self,
        thing: object,
        made_by: str,
        location: str | None,
        name: str,
        line: int | None,
        *,
        loaded: bool = False,
    ) -> Seen | None:
        """Return what is known of an object as data, looking at it once; None if it is none."""
        known = self._here.by_id.get(id(thing)) or self._known.get(id(thing))
        if known is not None and known.thing() is thing and not loaded:
            return known
        begun = self._clock()
        is_enough = len(self._here.seen) >= ALWAYS and self._here.spent_s > MOST_SECONDS
        if is_enough or self._keeps == "off":
            return None
        look = look_at(thing)
        if look is None and not (loaded and location):
            return None
        dataset_id = new_id()
        seen = Seen(
            dataset_id=dataset_id,
            shows=self._record(dataset_id, look, made_by, location),
            quick="" if look is None else look.quick,
            name=name[:LONGEST_NAME],
            thing=weakly(thing),
            parts=frozenset() if look is None else mark_of(thing, Budget(0)).parts,
            line=line,
            role="loaded" if loaded else None,
            copy=None if look is None else snapshot(look.columns, self._spare),
        )
        self._here.seen.append(seen)
        self._here.by_id[id(thing)] = seen
        self._here.spent_s += self._clock() - begun
        return seen

    # When it has ended

    def end_cell(
        self,
        cell: Cell,
        statements: Sequence[Statement],
        namespace: Mapping[str, object],
        *,
        before: Iterable[str],
        changed: set[int],
        runs: Iterable[str],
    ) -> None:
        """Write what a finished cell showed.

        Args:
            cell: the execution
            statements: those of it that ran
            namespace: the user's names, after it
            before: executions that it rests on
            changed: ids of objects that it changed, or may have
            runs: those that it gave something
        """
        self._load_by_query(statements, namespace)
        here, self._here = self._here, Here()
        execution_id = cell.execution_id
        self._mark_changed(changed)
        for seen in here.seen:
            if seen.shows is not None and not seen.is_named:
                seen.name = name_of(seen, statements, namespace) or seen.name
            self._write(seen, execution_id)
            thing = seen.thing()
            if thing is not None and not seen.parts & changed:
                self._known[id(thing)] = seen
        ready = {(s.dataset_id, s.role) for s in here.seen if s.role is not None}
        for use in here.uses:
            self._link(self._now(use.run_id), use.seen.dataset_id, use.role, execution_id)
        reach = frozenset(ready).union(*(self._reach.get(e, NOTHING) for e in before))
        self._reach[execution_id] = reach
        for run_id in runs:
            for dataset_id, role in sorted(reach):
                self._link(run_id, dataset_id, role, execution_id)
        self._flush()

    def _load_by_query(
        self, statements: Sequence[Statement], namespace: Mapping[str, object]
    ) -> None:
        """Take in what statements bound to the answers of DuckDB, whose functions are compiled."""
        if "duckdb" not in sys.modules:
            return
        read = {name for one in statements for name in one.reads}
        databases = {name for name in read if is_database(namespace.get(name))}
        for one in statements if databases else ():
            if databases.isdisjoint(one.reads):
                continue
            location = place_of_data(max(one.strings, key=len, default=None), self._secrets)
            said = location and location.text
            for name in sorted(one.binds):
                self._see(namespace.get(name), "duckdb", said, name, one.line, loaded=True)

    def end_call(self) -> None:
        """Write what a call outside of any cell showed."""
        here, self._here = self._here, Here()
        for seen in here.seen:
            self._write(seen, None)
        for use in here.uses:
            self._link(self._now(use.run_id), use.seen.dataset_id, use.role, None)

    def _link(
        self, run_id: str, dataset_id: str, role: str, execution_id: str | None
    ) -> None:
        known = self._linked.setdefault(run_id, set())
        if dataset_id not in known:
            known.add(dataset_id)
            self._ink.put(Input(dataset_id=dataset_id, role=role), run_id, execution_id)

    def _record(
        self, dataset_id: str, look: Look | None, made_by: str, location: str | None
    ) -> Dataset:
        found = look.columns if look is not None else None
        columns = found.columns[:MOST_COLUMNS] if found is not None else []
        return Dataset(
            dataset_id=dataset_id,
            name="",
            made_by=made_by,
            location=location,
            row_count=found.row_count if found is not None else None,
            size_bytes=found.size_bytes if found is not None else 0,
            column_names=self._secrets.in_texts([column.name for column in columns]),
            column_types=[column.type for column in columns],
            quick="" if look is None else look.quick,
        )

    def _write(self, seen: Seen, execution_id: str | None) -> None:
        record, seen.shows = seen.shows, None
        if record is None:
            return
        self._ink.put(replace(record, name=seen.name), execution_id=execution_id)
        if record.row_count is not None:
            self._waiting[seen.dataset_id] = seen
            # What was copied stays as it was seen; the rest may be changed any moment.
            due = self.soon if seen.copy is None else self.later
            due(lambda: self._go_through(seen))

    # In the background

    def _go_through(self, seen: Seen) -> None:
        """Work out what all values of a dataset come to; for the background."""
        copy, seen.copy = seen.copy, None
        look = look_at(seen.thing() if copy is None else copy)
        record = None
        if look is not None and look.quick == seen.quick:
            digested, sketches = sketched(
                look.columns,
                most=MOST_SKETCHES if self._keeps == "sketch" else 0,
                hides=self._secrets.of_name,
                masked=self._secrets.in_text,
            )
            record = digest_record(seen, digested, sketches)
        with self._guard:
            if record is not None and copy is None and not self.is_idle():
                self._finished.append((seen, record))  # the running cell may be changing it
                return
            self._waiting.pop(seen.dataset_id, None)
            if record is not None and (copy is not None or not seen.is_changed):
                self._ink.put(record)

    def _mark_changed(self, changed: set[int]) -> None:
        if not changed:
            return
        for seen in self._waiting.values():
            if seen.parts & changed:
                seen.is_changed = True
        for place in [p for p, seen in self._known.items() if seen.parts & changed]:
            del self._known[place]

    def _flush(self) -> None:
        """Write what was gone through meanwhile, unless the cell may have changed it."""
        finished, self._finished = self._finished, []
        for seen, record in finished:
            self._waiting.pop(seen.dataset_id, None)
            if not seen.is_changed:
                self._ink.put(record)


NOTHING: frozenset[tuple[str, str]] = frozenset()


def digest_record(seen: Seen, digested: Digested, sketches: list[str]) -> Digest:
    """Return the fact of what all values come to."""
    return Digest(
        dataset_id=seen.dataset_id,
        digest=digested.digest,
        column_digests=digested.column_digests[:MOST_COLUMNS],
        sketches=sketches,
    )
