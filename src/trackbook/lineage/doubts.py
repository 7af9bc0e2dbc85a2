"""What speaks against a run: stale variables, cells out of order, names from nowhere.

Right rather than loud: a doubt is said only where the executions and the document prove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.code import (
    behind,
    chosen_last,
    lines_of,
    same_code,
    seeding,
    source_hash,
    tells_time,
)
from trackbook.lineage.order import out_of_order
from trackbook.lineage.screen import Screen
from trackbook.lineage.words import (
    edited_words,
    label,
    listed,
    made_words,
    short,
    stranger_words,
)
from trackbook.records import Doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from trackbook.lineage.screen import Shown
    from trackbook.records import Made, Ran, Sheet

MOST = 12
"""Doubts of one run."""


def doubts_of(
    own: Collection[str],
    trail: Sequence[Ran],
    sheet: Sheet | None = None,
    *,
    plain: Callable[[str], str] = str,
) -> list[Doubt]:
    """Return what speaks against a run, the most telling first.

    Args:
        own: the executions that gave something to the run
        trail: every execution of its session so far, in order
        sheet: the notebook's code cells as somebody knows them; None when nobody does
        plain: takes secrets out of a source
    """
    return Case(own, trail, sheet, plain).doubts()[:MOST]


class Case:
    """One run with all that it rests on by name."""

    def __init__(
        self,
        own: Collection[str],
        trail: Sequence[Ran],
        sheet: Sheet | None,
        plain: Callable[[str], str],
    ) -> None:
        self.own = set(own)
        self.plain = plain
        self.screen = Screen(sheet, trail, plain)
        self.used: dict[str, set[str]] = {execution: set() for execution in own}
        """The variables by which the run rests on each execution of its slice."""
        self.seeded: set[str] = set()
        self.slice: list[Ran] = []
        for ran in reversed(trail):
            if ran.execution_id in self.used:
                self.slice.append(ran)
                for earlier, names in ran.uses.items():
                    self.used.setdefault(earlier, set()).update(names)
                self.seeded |= ran.seeds_for
        self.slice.reverse()
        self.screen.slice = self.slice
        self.newest = {ran.cell_key: ran for ran in self.slice}
        """The last execution of each cell that the run rests on."""
        self.seeders = [
            ran
            for ran in trail
            if ran.execution_id in self.seeded and ran.execution_id not in self.used
        ]

    def doubts(self) -> list[Doubt]:
        """Return all doubts, the most telling first."""
        found = [doubt for ran in self.slice for doubt in self.of_cell(ran)]
        found += [doubt for ran in self.seeders for doubt in self.of_seed(ran)]
        found.sort(key=lambda doubt: (" on screen" not in doubt.words, RANK[doubt.code]))
        found += out_of_order(self.screen)
        return found + list(self.strangers())

    def of_cell(self, ran: Ran) -> Iterator[Doubt]:
        """Yield what became of one cell since the run used what it made."""
        if self.newest[ran.cell_key] is not ran:
            return  # of a cell executed several times the last one counts
        own = ran.execution_id in self.own
        names = set(ran.made) if own else self.used[ran.execution_id]
        shown = self.screen.since(ran)
        if shown is None:
            if self.screen.is_gone(ran):
                yield from self.of_gone(ran, names, own=own)
            return
        if shown.source is None:
            missing = self.unwritten(ran, names)
            if missing or (
                own and not names and not self.screen.has(self.plain(ran.source))
            ):
                words = f"cell {label(ran)}{made_words(missing, own)} was deleted since"
                yield self.doubt("deleted", words, missing, ran)
            return
        changed = self.edited(ran, names, shown, own=own)
        if changed is not None:
            yield self.doubt("edited", *edited_words(ran, changed, shown, own=own), ran)
        yield from self.of_later(ran, set(names) - set(changed or ()), own=own)

    def of_gone(self, ran: Ran, names: Collection[str], *, own: bool) -> Iterator[Doubt]:
        """Yield that a cell of which no id is known is not in the notebook as it ran."""
        missing = self.unwritten(ran, names)
        if missing:
            words = (
                f"cell {label(ran)}{made_words(missing, own)} is not in the saved notebook"
                " as it ran"
            )
            yield self.doubt("gone", words, missing, ran)

    def unwritten(self, ran: Ran, names: Collection[str]) -> list[str]:
        """Return which variables no cell of the document makes as this execution did."""
        source, missing = self.plain(ran.source), []
        for name in sorted(names):
            lines = behind(source, name)
            if lines and not self.screen.is_written(name, lines):
                missing.append(name)
        return missing

    def edited(
        self, ran: Ran, names: Collection[str], shown: Shown, *, own: bool
    ) -> dict[str, tuple[str, str] | None] | None:
        """Return the variables that the cell on screen makes otherwise; None for no edit.

        With each its value on screen and the one that the run saw, where both are written.
        """
        source = shown.source or ""
        if source_hash(source) == ran.source_hash:
            return None
        then, now = self.plain(ran.source), self.plain(source)
        if same_code(then, now):
            return None
        changed: dict[str, tuple[str, str] | None] = {}
        for name in sorted(names):
            same_result = shown.by is not None and self.is_equal(name, ran, shown.by)
            if not same_result and self.is_otherwise(name, then, now):
                changed[name] = values_of(name, then, now)
        return changed if changed or (own and not names) else None

    def is_equal(self, name: str, ran: Ran, later: Ran) -> bool:
        """Say whether two executions surely left a variable with equal values."""
        one, other = ran.made.get(name), later.made.get(name)
        return (
            one is not None
            and other is not None
            and one.mark is not None
            and one.mark == other.mark
        )

    def is_otherwise(self, name: str, then: str, now: str) -> bool:
        """Say whether a variable is made by other code now."""
        before, after = behind(then, name), behind(now, name)
        if before is None or after is None:
            return not same_code(then, now)
        if not before:  # by a function that it called: all of its code must still be there
            codes = {line.code for line in lines_of(now) or ()}
            return not {line.code for line in lines_of(then) or ()} <= codes
        if not any(name in line.writes for line in after):
            return not self.screen.is_written(name, before)
        return not self.screen.is_same(name, before, after)

    def of_later(self, ran: Ran, names: set[str], *, own: bool) -> Iterator[Doubt]:
        """Yield that a cell was executed again, with another result."""
        later = self.screen.last.get(ran.cell_key, ran)
        if own or later is ran or later.execution_id in self.used:
            return
        others = [
            name
            for name in sorted(names & ran.made.keys() & later.made.keys())
            if self.is_new(name, ran.made[name], later.made[name])
            and not tells_time(later.source, name)
        ]
        if others:
            yield self.doubt("executed again", self.again(ran, later, others), others, ran)

    def is_new(self, name: str, made: Made, now: Made) -> bool:
        """Say whether a value is surely none that the variable had in the run's slice."""
        if not differ(made, now):
            return False
        had = (ran.made[name] for ran in self.slice if name in ran.made)
        return all(differ(one, now) for one in had)

    def again(self, ran: Ran, later: Ran, others: Sequence[str]) -> str:
        """Return the sentence on variables that came out otherwise the next time."""
        said = f"cell {label(ran)} was executed again as {label(later)}"
        name, alone = others[0], len(others) == 1
        one, other = ran.made[name], later.made[name]
        if alone and self.is_open(name, one.value) and self.is_open(name, other.value):
            now, then = short(other.value), short(one.value)
            return f"`{name}` is {now} now, the run saw {then} ({said})"
        verb = "is" if alone else "are"
        grown = rows_between(one.length, other.length) if alone else ""
        return f"{said}, and {listed(others)} {verb} not what the run used{grown}"

    def is_open(self, name: str, value: object) -> bool:
        """Say whether a value is a plain one, and no secret."""
        line = f"{name} = {value!r}"
        return value is not ... and self.plain(line) == line

    def of_seed(self, ran: Ran) -> Iterator[Doubt]:
        """Yield that the cell that set the random numbers' seed was edited."""
        shown = self.screen.since(ran)
        if shown is None or shown.source is None:
            return
        then, now = seeding(self.plain(ran.source)), seeding(self.plain(shown.source))
        if then and now is not None and [a.code for a in then] != [b.code for b in now]:
            words = (
                f"cell {label(ran)}, which set the random numbers' seed, was edited since"
            )
            yield self.doubt("edited", words, [], ran)

    def strangers(self) -> Iterator[Doubt]:
        """Yield the variables that no cell of this session made, together by their origin."""
        by_origin: dict[str, set[str]] = {}
        about: dict[str, Ran] = {}
        for ran in self.slice:
            for name, origin in ran.strangers.items():
                by_origin.setdefault(origin, set()).add(name)
                about.setdefault(origin, ran)
        for origin, names in by_origin.items():
            words = stranger_words(sorted(names), origin)
            yield self.doubt("from nowhere", words, sorted(names), about[origin])

    def doubt(self, code: str, words: str, names: Sequence[str], ran: Ran) -> Doubt:
        """Return one doubt."""
        return Doubt(code=code, words=words, names=list(names), about=ran.execution_id)  # type: ignore[arg-type]


RANK = {"executed again": 1, "deleted": 2, "edited": 3, "gone": 4}


def values_of(name: str, then: str, now: str) -> tuple[str, str] | None:
    """Return a variable's typed values, on screen and then, where both are typed."""
    value, known = chosen_last(behind(then, name) or (), name)
    other, known_now = chosen_last(behind(now, name) or (), name)
    return (short(other), short(value)) if known and known_now else None


def differ(one: Made, other: Made) -> bool:
    """Say whether two values are surely not equal."""
    if one.length != other.length:
        return True
    return None not in (one.mark, other.mark) and one.mark != other.mark


def rows_between(before: int | None, after: int | None) -> str:
    """Return by how many rows or items something grew."""
    if before is None or after is None or before == after:
        return ""
    more = after - before
    return f" ({abs(more):,} {'more' if more > 0 else 'fewer'} rows)"
