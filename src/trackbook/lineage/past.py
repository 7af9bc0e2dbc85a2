"""Doubts about runs of sessions that are over, from what the store has of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.code import lines_of
from trackbook.lineage.doubts import doubts_of
from trackbook.records import Doubt, Made, Ran
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.records import Run, Sheet
    from trackbook.store import Store

SQL = queries_of("trackbook.lineage")
OF_DOCUMENT = {"edited", "deleted", "gone", "out of order"}
"""What the document as it stands now tells better than what was written then."""
UNKNOWN = Made()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One execution as the store has it."""

    execution_id: str
    cell_key: str
    cell_id: str | None
    source: str
    source_hash: str
    execution_count: int | None
    began_us: int
    rests_on: list[str] | None
    why: list[str] | None
    binds: list[str] | None
    changes: list[str] | None

    def ran(self) -> Ran:
        """Return what doubts ask for; how values were is not on record."""
        silent = words_only(self.source)
        uses = {
            earlier: names
            for earlier, why in zip(self.rests_on or (), self.why or (), strict=True)
            if (names := frozenset(n for n in why.split(", ") if n.isidentifier()) - silent)
        }
        made = {*(self.binds or ()), *(self.changes or ())}
        return Ran(
            execution_id=self.execution_id,
            cell_key=self.cell_key,
            cell_id=self.cell_id,
            source=self.source,
            source_hash=self.source_hash,
            count=self.execution_count,
            began_us=self.began_us,
            injected=self.cell_id is None and self.source.startswith("# Parameters\n"),
            uses=uses,
            made=dict.fromkeys(filter(str.isidentifier, made), UNKNOWN),
        )


def words_only(source: str) -> frozenset[str]:
    """Return the names that a cell has in its texts and does not read."""
    lines = lines_of(source) or ()
    mentioned: set[str] = set()
    reads: set[str] = set()
    for line in lines:
        mentioned |= line.does.mentions
        reads |= line.does.reads
    return frozenset(mentioned - reads)


def stored_doubts(store: Store, run: Run) -> list[Doubt]:
    """Return what spoke against a run when it ended."""
    rows = store.rows(SQL["doubts_of_run"], run=run.run_id).rows
    return [
        Doubt(code=code, words=words, names=list(names), about=about)
        for code, words, names, about in rows
    ]


def doubts_of_past(
    store: Store, run: Run, sheet: Sheet | None, plain: Callable[[str], str]
) -> Sequence[Doubt]:
    """Return what speaks against a run of another session, as it ended and since."""
    stored = stored_doubts(store, run)
    own = {found for (found,) in store.rows(SQL["own_executions"], run=run.run_id).rows}
    if sheet is None or not own:
        return stored
    steps = store.ask(SQL["trail_of_session"], Step, session=run.session_id)
    found = doubts_of(own, [step.ran() for step in steps], sheet, plain=plain)
    known = {(doubt.code, tuple(doubt.names)) for doubt in stored}
    fresh = [
        d for d in found if (d.code, tuple(d.names)) not in known or d.code in OF_DOCUMENT
    ]
    return fresh + [doubt for doubt in stored if doubt.code not in OF_DOCUMENT]
