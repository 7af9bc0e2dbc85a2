"""On which executions each execution rests: by names, by objects, by the world around."""

from __future__ import annotations

from collections import defaultdict
from types import BuiltinFunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, NamedTuple

from trackbook.capture.world import DICE, World, paths_among
from trackbook.fingerprint import Budget, Mark, mark_of
from trackbook.records import Tie

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.code import Closures, Statement
    from trackbook.fingerprint import Thrown

MOST_WHY = 6
AROUND = "the world around"
NEVER_CHANGED = frozenset(map(id, (ModuleType, BuiltinFunctionType)))
"""Types whose objects are not marked; by id, for a metaclass may redefine its classes."""
NOBODY: frozenset[str] = frozenset()


class Last(NamedTuple):
    """What the execution that was taken in last did, by plain names only."""

    named: frozenset[str] = NOBODY
    """Names that it read, itself or through functions; words in its texts left out."""
    uses: Mapping[str, frozenset[str]] = MappingProxyType({})
    """Earlier executions, with the names by which it used them."""
    seeded_by: frozenset[str] = NOBODY
    """Earlier executions from which its random numbers come."""
    made: frozenset[str] = NOBODY
    """Names that it bound or whose objects it changed."""
    sure: frozenset[str] = NOBODY


class Ties:
    """The executions of one session and what each rests on.

    A name that was surely bound anew rests on that execution alone; one whose object was
    changed in place, or may have been, on those before as well. Whether it was is told by
    marks of the values that a cell touched and of all that share objects with them.
    """

    def __init__(self) -> None:
        self.order: list[str] = []
        self.world = World()
        self._writers: dict[str, frozenset[str]] = {}
        self._marks: dict[str, Mark] = {}
        self._holders: dict[int, set[str]] = defaultdict(set)
        """Names by the objects that their values have in them."""
        self.changed: set[int] = set()
        """Ids of the objects in whose like the last execution changed something, or may have."""
        self._ambient: list[str] = []
        self._unknown: str | None = None
        self.last = Last()

    def advance(
        self,
        execution_id: str,
        statements: list[Statement],
        namespace: Mapping[str, object],
        closures: Closures,
        *,
        began_us: int,
        failed: bool,
    ) -> tuple[Tie, dict[str, Thrown]]:
        """Take in one finished execution; return what it rests on, and dice it threw first.

        Args:
            execution_id: its id
            statements: those that ran, in order
            namespace: the user's names, after it
            closures: what those names reach
            began_us: when it began, in µs since 1970
            failed: whether the last of them raised
        """
        cell = Effects(statements, namespace, closures, failed=failed)
        paths = paths_among(cell.texts, (namespace.get(name) for name in cell.reads))
        world = self.world.after(paths, began_us, seeds=cell.seeds)
        if world.lost:
            self._unknown = "it, or one before it, used more files than are followed"
        changes = self._changes(cell, namespace)
        rests = self._rests(cell, {*cell.reads, *changes, *world.reads})
        self.last = last_of(cell, rests, changes)
        known = {*cell.reads, *world.reads, *filter(cell.is_sure, cell.binds)}
        for thing in {*cell.binds, *changes, *world.writes}:
            self._write(thing, execution_id, keeps=thing not in known)
        if ambient := cell.ambient or world.ambient:
            self._ambient.append(execution_id)
        before = sorted(rests)  # by id, which is by time
        self.order.append(execution_id)
        tie = Tie(
            before=before,
            why=[", ".join(sorted(rests[earlier])[:MOST_WHY]) for earlier in before],
            binds=sorted(cell.binds),
            changes=sorted(changes | world.writes),
            ambient=ambient,
            unknown=self._unknown or cell.everything,
            seeds=world.seeded,
        )
        return tie, world.dice

    def _rests(self, cell: Effects, things: set[str]) -> dict[str, set[str]]:
        """Return the executions that made some things what they are, and those for all."""
        rests: dict[str, set[str]] = defaultdict(set)
        unknown = self._unknown or cell.everything
        for earlier in self.order if unknown else ():
            rests[earlier].add(unknown or "")
        for thing in things:
            for writer in self._writers.get(thing, NOBODY):
                rests[writer].add(thing)
        for earlier in self._ambient:
            rests[earlier].add(AROUND)
        return dict(rests)

    def lose_track(self, execution_id: str, why: str) -> Tie:
        """Take in an execution that could not be followed: all from here rests on all before."""
        self._unknown = why
        self.last = Last()
        before = list(self.order)
        self.order.append(execution_id)
        return Tie(
            before=before, why=[why] * len(before), binds=[], changes=[], unknown=why
        )

    def writers_of(self, name: str) -> frozenset[str]:
        """Return the executions that made a name's value what it is."""
        return self._writers.get(name, NOBODY)

    def mark_of(self, name: str) -> Mark | None:
        """Return the mark of a name's value as the last execution that touched it left it."""
        return self._marks.get(name)

    def _write(self, name: str, execution_id: str, *, keeps: bool) -> None:
        kept = self._writers.get(name, NOBODY) if keeps else NOBODY
        self._writers[name] = kept | {execution_id}

    def _changes(self, cell: Effects, namespace: Mapping[str, object]) -> set[str]:
        """Return the names whose objects changed, marking anew what the cell touched."""
        # Not by set operations with `keys()`: they walk the whole namespace.
        touched = {name for name in cell.binds | cell.reads if name in namespace}
        for name in tuple(touched):
            mark = self._marks.get(name)
            for part in mark.parts if mark is not None else ():
                touched |= self._holders.get(part, set())
        changes: set[str] = set()
        marks: dict[int, Mark] = {}
        budget = Budget()
        self.changed = set()
        for name in touched:
            if name not in namespace:
                self._forget(name)
                continue
            value = namespace[name]
            if id(type(value)) in NEVER_CHANGED:
                self._forget(name)
                continue
            mark = marks.get(id(value))
            if mark is None:
                mark = marks[id(value)] = mark_of(value, budget)
            known = self._marks.get(name)
            if name not in cell.binds:
                seen = known is not None and known.shows_change(mark)
                blind = (known is None or not known.exact) and name in cell.risked
                if seen or blind:
                    changes.add(name)
                    self.changed |= mark.parts
            self._keep(name, mark)
        for name in cell.binds - touched:
            self._forget(name)
        return changes

    def _keep(self, name: str, mark: Mark) -> None:
        old = self._marks.get(name)
        if old is not None and old.parts == mark.parts:
            self._marks[name] = mark
            return
        self._forget(name)
        self._marks[name] = mark
        for part in mark.parts:
            self._holders[part].add(name)

    def _forget(self, name: str) -> None:
        old = self._marks.pop(name, None)
        for part in old.parts if old is not None else ():
            holders = self._holders[part]
            holders.discard(name)
            if not holders:
                del self._holders[part]


def last_of(cell: Effects, rests: Mapping[str, set[str]], changes: set[str]) -> Last:
    """Return what a cell did, by plain names only."""
    plain = cell.named | changes
    uses = {}
    seeded_by = set()
    for earlier, things in rests.items():
        names = things & plain
        if names:
            uses[earlier] = frozenset(names)
        if any(thing.startswith(DICE) for thing in things):
            seeded_by.add(earlier)
    made = {name for name in cell.binds | changes if name.isidentifier()}
    return Last(
        named=frozenset(cell.named),
        uses=uses,
        seeded_by=frozenset(seeded_by),
        made=frozenset(made),
        sure=frozenset(filter(cell.is_sure, cell.binds)),
    )


class Effects:
    """What a whole cell reads, binds and may change."""

    def __init__(
        self,
        statements: list[Statement],
        namespace: Mapping[str, object],
        closures: Closures,
        *,
        failed: bool,
    ) -> None:
        self.reads: set[str] = set()
        self.named: set[str] = set()
        """Those of them that are more than words in a text."""
        self.binds: set[str] = set()
        self.risked: set[str] = set()
        self.texts: set[str] = set()
        self.everything: str | None = None
        self.ambient = self.seeds = False
        sure: set[str] = set()
        for statement in statements:
            reached = closures.of(statement.reads)
            used = reached.union(n for n in statement.mentions if n in namespace)
            self.reads |= used - sure
            self.named |= reached - sure
            for name in used - reached:
                if any(f"@{name}" in text for text in statement.strings):
                    self.named.add(name)
            risked = statement.touches | statement.risked | statement.passed
            # What a function reaches through its globals it may change as well.
            self.risked |= risked | (reached - statement.reads)
            self.binds |= statement.binds
            broke = failed and statement is statements[-1]
            if not broke:
                sure |= statement.sure
            self.ambient |= statement.ambient or statement.star
            self.seeds |= statement.seeds
            self.texts.update(statement.strings)
            if statement.everything:
                self.everything = "it can read any name"
        self._sure = sure

    def is_sure(self, name: str) -> bool:
        """Say whether a name was bound whatever happened."""
        return name in self._sure
