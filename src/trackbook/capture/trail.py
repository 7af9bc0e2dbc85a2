"""The executions of this session, as far as doubts about runs will ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.capture.strangers import Strangers
from trackbook.code import source_hash
from trackbook.fingerprint import length_of
from trackbook.records import Made, Ran

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.cell import Cell
    from trackbook.capture.ties import Ties
    from trackbook.fingerprint import Mark

LONGEST_TEXT, LARGEST_INT = 40, 1 << 63


class Trail:
    """Every execution of one session: what it used, and what it left."""

    def __init__(self) -> None:
        self.ran: list[Ran] = []
        self.given: dict[str, dict[str, None]] = {}
        """The executions that gave something to each run, by run id."""
        self.strangers = Strangers()

    def advance(
        self,
        cell: Cell,
        ties: Ties,
        namespace: Mapping[str, object],
        *,
        count: int | None,
    ) -> None:
        """Take in an execution that ties has just taken in."""
        last = ties.last
        self.ran.append(
            Ran(
                execution_id=cell.execution_id,
                cell_key=cell.cell_key,
                cell_id=cell.cell_id,
                source=cell.source,
                source_hash=source_hash(cell.source),
                count=count,
                began_us=cell.began_us,
                injected=cell.injected,
                uses=last.uses,
                made={
                    n: made_of(namespace[n], ties.mark_of(n))
                    for n in last.made
                    if n in namespace
                },
                sure=last.sure,
                seeds_for=last.seeded_by,
                strangers=self.strangers.among(last.named, namespace),
            )
        )

    def ended(self, cell: Cell, namespace: Mapping[str, object], binds: set[str]) -> None:
        """Look at the names that a cell left, whatever became of the rest."""
        if cell.skip:
            self.strangers.unrecorded()
        else:
            self.strangers.after(namespace, binds, cell.source)

    def gave(self, run_id: str, execution_id: str) -> None:
        """Note that an execution gave something to a run."""
        self.given.setdefault(run_id, {})[execution_id] = None


def made_of(value: object, mark: Mark | None) -> Made:
    """Return what is kept of a value to compare it later."""
    return Made(
        mark=mark.digest if mark is not None and mark.lasting else None,
        value=value if is_short(value) else ...,
        length=length_of(value),
    )


def is_short(value: Any) -> bool:
    """Say whether a value is a plain one that can be told in a few letters."""
    kind = type(value)
    if kind is str:
        return bool(len(value) <= LONGEST_TEXT)
    if kind is int:
        return bool(abs(value) < LARGEST_INT)
    return kind is float or kind is bool or value is None
