"""What stands on screen for an execution's cell, as far as somebody knows the document."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from trackbook.code import behind, chosen_last, lines_of, same_code, source_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trackbook.code import Line
    from trackbook.records import CodeCell, Ran, Sheet

LAG_US = 2_000_000
"""A file written this much later than a cell began was read off the screen later as well."""


class Shown(NamedTuple):
    """What is known of a cell since it was executed."""

    source: str | None
    """None: it is in the document no longer."""
    by: Ran | None
    """The later execution that had this source; None where the document has it."""


class Screen:
    """The document beside the executions of a session.

    What cannot be known is None: without a document, of a cell whose id the front end did
    not tell, of a file that was written before the cell was executed last.
    """

    def __init__(
        self, sheet: Sheet | None, trail: Sequence[Ran], plain: Callable[[str], str]
    ) -> None:
        self.sheet = sheet
        self.trail = trail
        self.slice: Sequence[Ran] = ()
        """The executions that the run in question rests on."""
        self.plain = plain
        """Takes secrets out of a source."""
        self.cells: Sequence[CodeCell] = sheet.cells if sheet is not None else ()
        self.last = {ran.cell_key: ran for ran in trail if ran.cell_id}
        """The last execution of each cell that has an id."""
        self.where = "" if sheet is None or sheet.live else " in the saved notebook"
        self._by_id = {cell.cell_id: at for at, cell in enumerate(self.cells)}
        whole = len(self._by_id) == len(self.cells) and None not in self._by_id
        # A file whose ids were all made anew, as by a converter, shares none with those
        # that ran, and one without ids never does.
        self.has_ids = (
            bool(self.cells) and whole and any(ran.cell_id in self._by_id for ran in trail)
        )
        hashes = [source_hash(cell.source) for cell in self.cells]
        self._hashes = Counter(hashes)
        self._by_hash = {digest: at for at, digest in enumerate(hashes)}
        self.is_this = self.has_ids or (
            bool(hashes) and any(ran.source_hash in self._hashes for ran in trail)
        )
        """Whether the document can be the one that ran."""

    def place_of(self, ran: Ran) -> int | None:
        """Return where an execution's cell stands among the code cells."""
        if self.has_ids and ran.cell_id:
            return self._by_id.get(ran.cell_id)
        if self._hashes.get(ran.source_hash) == 1:
            return self._by_hash[ran.source_hash]
        return None

    def ran_between(
        self, above: int, below: int, maker: Ran, user: Ran
    ) -> Iterator[tuple[CodeCell, Ran]]:
        """Yield cells that stand between two places and ran last before what stands above."""
        cells = {cell.cell_id: cell for cell in self.cells[above + 1 : below]}
        if not self.has_ids or not cells:
            return
        last: dict[str | None, Ran] = {}
        for ran in self.trail:
            if ran is user:
                break
            if ran.cell_id in cells:
                last[ran.cell_id] = ran
        for cell_id, ran in last.items():
            if ran.execution_id < maker.execution_id:
                yield cells[cell_id], ran

    def since(self, ran: Ran) -> Shown | None:
        """Return what became of an execution's cell; None where nothing is known.

        Who only gives sources (a runner, a terminal) says nothing about edits of one cell:
        see `is_gone`.
        """
        if not ran.cell_id:
            return None
        last = self.last.get(ran.cell_key, ran)
        if self.has_ids and not last.injected:
            place = self._by_id.get(ran.cell_id)
            cell = self.cells[place] if place is not None else None
            if self._is_later(last):
                if (
                    cell is None
                    and self.sheet is not None
                    and ran.cell_id in self.sheet.once
                ):
                    return Shown(None, None)
                if cell is not None and not same_code(cell.source, last.source):
                    return Shown(cell.source, None)
        return None if last is ran else Shown(last.source, last)

    def is_gone(self, ran: Ran) -> bool:
        """Say whether a cell that was never seen in the document is not in it as it ran.

        One without an id, or a line of a console that works with the notebook's kernel.
        """
        known = self.sheet is not None and self.is_this and not ran.injected
        if (
            not known
            or (self.has_ids and ran.cell_id in self._by_id)
            or not self._is_later(ran)
        ):
            return False
        return ran.source_hash not in self._hashes

    @cached_property
    def proven_us(self) -> int:
        """When the latest execution began of which the document shows that it was.

        It has a cell with the number that this execution gave it: what else stands in the
        document was on screen no earlier.
        """
        seen = self.sheet.seen_us if self.sheet is not None else 0
        numbers = {(cell.cell_id, cell.number) for cell in self.cells if cell.cell_id}
        numbers |= {(source_hash(cell.source), cell.number) for cell in self.cells}
        began = (
            ran.began_us
            for ran in self.trail
            if ran.began_us <= seen and ran.count is not None
            if numbers & {(ran.cell_id, ran.count), (ran.source_hash, ran.count)}
        )
        return max(began, default=0)

    def _is_later(self, ran: Ran) -> bool:
        """Say whether the document was read off the screen after an execution began."""
        if self.sheet is None:
            return False
        late = self.sheet.live or self.sheet.seen_us >= ran.began_us + LAG_US
        return late or self.proven_us >= ran.began_us

    @cached_property
    def executed(self) -> set[str]:
        """Every statement that was executed in the slice."""
        return {
            line.code
            for ran in self.slice
            for line in lines_of(self.plain(ran.source)) or ()
        }

    @cached_property
    def codes(self) -> set[str]:
        """Every statement of the document."""
        return {
            line.code
            for cell in self.cells
            for line in lines_of(self.plain(cell.source)) or ()
        }

    def is_written(self, name: str, lines: Sequence[Line]) -> bool:
        """Say whether some cell of the document makes a variable as these statements did."""
        return any(self.makes(cell, name, lines) for cell in self.cells)

    def has(self, source: str) -> bool:
        """Say whether some cell of the document has the same code."""
        return any(same_code(self.plain(cell.source), source) for cell in self.cells)

    def makes(self, cell: CodeCell, name: str, lines: Sequence[Line]) -> bool:
        """Say whether one cell makes a variable as these statements did."""
        if name not in cell.source:
            return False
        found = behind(self.plain(cell.source), name)
        return bool(found) and self.is_same(name, lines, found or ())

    def is_same(self, name: str, then: Sequence[Line], now: Sequence[Line]) -> bool:
        """Say whether statements make a variable what others did.

        Cells that were split, joined or moved do: what left the cell stands elsewhere in
        the document, and what came into it was executed elsewhere in the slice.
        """
        value, known = chosen_last(then, name)
        other, known_now = chosen_last(now, name)
        if known and known_now:
            return repr(value) == repr(other)
        old, new = {line.code for line in then}, {line.code for line in now}
        if old == new:
            return [line.code for line in then] == [line.code for line in now]
        kept = {line.code for line in then if name in line.writes}
        return kept <= new and old - new <= self.codes and new - old <= self.executed
