"""Who made what: which statements and which runs each of the notebook's names rests on."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackbook.code import Statement

Runs = frozenset[str]
NOBODY: Runs = frozenset()


class Step(NamedTuple):
    """One statement that was executed."""

    execution_id: str
    reads: frozenset[str]
    chosen: Mapping[str, object]
    """Params that it chose: name to value."""
    unchosen: frozenset[str]
    """Names it bound to something that nobody chose: they are params no longer."""
    before: frozenset[int]
    """Numbers of the steps that wrote what it reads."""


class Flow:
    """The data flow of one session, by names.

    A name rests on the steps that bound or changed its value, and on the runs
    whose results went into it. A name that is surely bound anew forgets the old;
    one that may have been changed keeps both.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._writers: dict[str, frozenset[int]] = {}
        self._owners: dict[str, Runs] = {}
        self._made_in: dict[str, Runs] = {}
        """Runs in whose own cells the names were made, for runs without a watched training."""
        self._upstream: dict[str, Runs] = {}
        self._held: dict[str, int] = {}
        """The identity of each name's value when it was last written."""
        self._objects = Objects()
        self._models: dict[str, ref[object]] = {}

    def owners_of(self, names: Iterable[str]) -> Runs:
        """Return the runs that the values of these names rest on.

        A run that another one of them was itself built on is left out: a model
        trained on a clustering's labels is one trial, not two.
        """
        found = NOBODY.union(*(self._owners.get(n, NOBODY) for n in names))
        return self.latest(found) if len(found) > 1 else found

    def made_in(self, names: Iterable[str]) -> Runs:
        """Return the runs in whose cells the values of these names were made.

        A weaker tie than owning: a hand-written training loop trains nothing that
        anybody watches, yet what is measured of its weights later is its measure.
        """
        found = NOBODY.union(*(self._made_in.get(n, NOBODY) for n in names))
        return self.latest(found) if len(found) > 1 else found

    def make_in(self, run_id: str, statements: Iterable[Statement]) -> None:
        """Let what statements bound or changed have been made in a run's cell."""
        for statement in statements:
            for name in statement.binds | statement.touches:
                if name not in statement.chosen:
                    self._made_in[name] = frozenset({run_id})

    def change_in(self, run_id: str, names: Iterable[str]) -> None:
        """Let what a run's cell changed in place be made in it: weights, by an optimiser's step."""
        for name in names:
            self._made_in[name] = frozenset({run_id})

    def learned(self, changed: Mapping[str, object], runs: set[str]) -> None:
        """Let models that a loop trained, under the names that it only read, be its run's."""
        for name, value in changed.items():
            run = self.run_of(value)
            if run in runs:
                self._owners[name] = frozenset({run})

    def latest(self, runs: Runs) -> Runs:
        """Return the runs that no other of them was built on."""
        return runs - NOBODY.union(*(self._upstream.get(run, NOBODY) for run in runs))

    def advance(
        self,
        statement: Statement,
        execution_id: str,
        *,
        reads: frozenset[str],
        chosen: Mapping[str, object],
        trained: Runs,
        namespace: Mapping[str, object],
        alone: frozenset[str] = frozenset(),
    ) -> int:
        """Take in one executed statement and return its number.

        Args:
            statement: what it is
            execution_id: of the execution that it is part of
            reads: what it reads, with what the functions it calls read
            chosen: the params that it chose
            trained: runs whose training happened in it
            namespace: the user's names, after the cell
            alone: names that no other statement of the cell binds or changes
        """
        number = len(self.steps)
        before = frozenset().union(*(self._writers.get(n, NOBODY_STEPS) for n in reads))
        unchosen = statement.binds - chosen.keys()
        self.steps.append(Step(execution_id, reads, chosen, unchosen, before))
        inherited, made = self.owners_of(reads), self.made_in(reads)
        for run in trained:
            self._upstream[run] = self._upstream.get(run, NOBODY) | (inherited - {run})
        for name in statement.binds | statement.touches:
            value = namespace.get(name)
            is_new = self._is_new(name, value, statement, alone)
            # Who reads a name rests on its last writer, and through what that one read
            # on those before: naming them all would grow with every `results.append`.
            passed_on = is_new or name in reads
            kept = NOBODY_STEPS if passed_on else self._writers.get(name, NOBODY_STEPS)
            self._writers[name] = kept | {number}
            if type(value) is ModuleType:
                continue  # `plt.plot(losses)` makes plt no run's
            self._own(name, is_new, trained, inherited, namespace)
            old = NOBODY if is_new else self._made_in.get(name, NOBODY)
            self._made_in[name] = old | made
        return number

    def _is_new(
        self, name: str, value: object, statement: Statement, alone: frozenset[str]
    ) -> bool:
        """Say whether a statement bound a name anew, so that what it was plays no part.

        In a loop or a branch it may have been bound; another object shows that it was.
        """
        before, self._held[name] = self._held.get(name, 0), id(value)
        if name in statement.sure and name not in statement.touches:
            return True
        return name in alone and name in statement.binds and before != id(value)

    def _own(
        self,
        name: str,
        is_new: bool,
        trained: Runs,
        inherited: Runs,
        namespace: Mapping[str, object],
    ) -> None:
        known = self._objects.run_of(namespace.get(name))
        if known is not None:
            self._owners[name] = frozenset({known})
        elif is_new:
            self._owners[name] = trained or inherited
        else:
            self._owners[name] = self._owners.get(name, NOBODY) | (trained or inherited)

    def slice_of(self, numbers: Iterable[int]) -> list[int]:
        """Return the steps that the given ones rest on, themselves included, in order."""
        found: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting.extend(self.steps[number].before - found)
        return sorted(found)

    def params_of(self, numbers: Iterable[int]) -> dict[str, object]:
        """Return the params chosen in the slice of the given steps; the last choice counts."""
        chosen: dict[str, object] = {}
        for number in self.slice_of(numbers):
            step = self.steps[number]
            for name in step.unchosen:
                chosen.pop(name, None)
            chosen |= step.chosen
        return chosen

    def tie(self, thing: object, run_id: str, *, is_model: bool = False) -> None:
        """Remember that an object is a run's: its model, its predictions, its scores."""
        self._objects.tie(thing, run_id)
        known = self._objects.weakly(thing) if is_model else None
        if known is not None:
            self._models[run_id] = known

    def model_of(self, run_id: str) -> object:
        """Return the model that a run trained, if it lives and no other trained it since."""
        known = self._models.get(run_id)
        model = known() if known is not None else None
        return model if self.run_of(model) == run_id else None

    def run_of(self, thing: object) -> str | None:
        """Return the run that an object was tied to."""
        return self._objects.run_of(thing)

    def hand_over(self, old: str, new: str) -> None:
        """Let everything that was one run's be another's."""
        self._objects.hand_over(old, new)
        for name, owners in self._owners.items():
            if old in owners:
                self._owners[name] = owners - {old} | {new}
        for name, runs in self._made_in.items():
            if old in runs:
                self._made_in[name] = runs - {old} | {new}
        self._upstream[new] = self._upstream.pop(old, NOBODY)
        if old in self._models:
            self._models[new] = self._models.pop(old)

    def end_cell(self) -> None:
        """Let go of objects that could only be kept alive."""
        self._objects.drop_strong()


NOBODY_STEPS: frozenset[int] = frozenset()
PLAIN = (int, float, str, bool, bytes)


class Objects:
    """Which run an object belongs to, by identity, without keeping it alive."""

    def __init__(self) -> None:
        self._weak: dict[int, tuple[ref[object], str]] = {}
        self._strong: dict[int, tuple[object, str]] = {}

    def tie(self, thing: object, run_id: str) -> None:
        """Tie an object; one that takes no weak reference is held until the cell ends."""
        if thing is None or any(type(thing) is plain for plain in PLAIN):
            return  # by identity: a metaclass may redefine how its classes compare
        place = id(thing)
        try:
            gone = ref(thing, lambda _, place=place: self._weak.pop(place, None))  # type: ignore[misc]
        except TypeError:
            self._strong[place] = thing, run_id
        else:
            self._weak[place] = gone, run_id

    def weakly(self, thing: object) -> ref[object] | None:
        """Return the weak reference to an object that was tied; None where it takes none."""
        known = self._weak.get(id(thing))
        return known[0] if known is not None else None

    def run_of(self, thing: object) -> str | None:
        """Return the run an object is tied to; a stranger at the same address is not it."""
        weak = self._weak.get(id(thing))
        if weak is not None and weak[0]() is thing:
            return weak[1]
        strong = self._strong.get(id(thing))
        if strong is not None and strong[0] is thing:
            return strong[1]
        return None

    def hand_over(self, old: str, new: str) -> None:
        """Let one run's objects be another's."""
        self._weak = {
            k: (r, new if run == old else run) for k, (r, run) in self._weak.items()
        }
        self._strong = {
            k: (t, new if run == old else run) for k, (t, run) in self._strong.items()
        }

    def drop_strong(self) -> None:
        """Let go of what is held only for the cell."""
        self._strong.clear()
