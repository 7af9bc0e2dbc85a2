"""Throwing runs away, and taking them out of the trash again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound
from trackbook.records import Trash
from trackbook.runs.rows import TrashedRow
from trackbook.store import ask, queries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.journal import Journal
    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")
SHORTEST = 4


def trash(store: Store, journal: Journal, runs: Iterable[Run]) -> int:
    """Put runs into the trash, with the runs that are parts of them; return how many.

    They are no longer found, and can be restored until `gc` frees their bytes.
    """
    wanted = parts_of(store, [run.run_id for run in runs])
    fresh = wanted - {row.run_id for row in in_trash(store)}
    for run_id in sorted(fresh):
        journal.put(Trash(trashed=True), run_id)
    return len(fresh)


def restore(store: Store, journal: Journal, references: Sequence[str]) -> int:
    """Take runs out of the trash, with their parts; return how many.

    A reference is an id, the beginning or ending of one, or a name (the run of that
    name that was thrown away last).

    Raises:
        NotFound: no such run is in the trash
        Misused: several are meant
    """
    lying = in_trash(store)
    chosen = [thrown(lying, reference).run_id for reference in references]
    back = parts_of(store, chosen) & {row.run_id for row in lying}
    for run_id in sorted(back):
        journal.put(Trash(trashed=False), run_id)
    return len(back)


def in_trash(store: Store) -> list[TrashedRow]:
    """Return the runs in the trash, the latest thrown away first."""
    return ask(store, SQL["trashed"], TrashedRow)


def thrown(lying: Sequence[TrashedRow], reference: str) -> TrashedRow:
    """Return the run in the trash that a reference means."""
    if reference == "last" and lying:
        return lying[0]
    for row in lying:
        if reference in (row.run_id, row.name):
            return row
    near = [row for row in lying if is_part(reference, row.run_id)]
    if len(near) == 1:
        return near[0]
    if near:
        shown = ", ".join(f"{row.run_id} ({row.name})" for row in near)
        raise Misused(f"{reference!r} could be {shown}: give more of the id")
    known = [row.name for row in lying]
    raise NotFound.named("run in the trash", reference, known=known, see="%track rm")


def is_part(reference: str, run_id: str) -> bool:
    """Say whether an id begins or ends with at least four given characters."""
    part = reference.lower()
    return len(part) >= SHORTEST and (run_id.startswith(part) or run_id.endswith(part))


def parts_of(store: Store, run_ids: Sequence[str]) -> set[str]:
    """Return runs and all runs that are parts of them."""
    if not run_ids:
        return set()
    return {run_id for (run_id,) in store.rows(SQL["parts_of"], runs=list(run_ids)).rows}
