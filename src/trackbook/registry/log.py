"""The log: read from the database in order, and written one decision at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from trackbook.errors import Busy, Damaged, Refused
from trackbook.records import Approval, Shipment, Transition, Version
from trackbook.registry.anchor import note
from trackbook.registry.chain import Head, called, sealed
from trackbook.registry.state import Model, told
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

    from trackbook.journal import Journal
    from trackbook.registry.chain import Entry
    from trackbook.registry.who import Who
    from trackbook.store import Store

SQL = queries_of("trackbook.registry")
E = TypeVar("E", Version, Transition, Approval, Shipment)
KINDS: dict[str, type[Any]] = {
    "log_of_versions": Version,
    "log_of_transitions": Transition,
    "log_of_approvals": Approval,
    "log_of_shipments": Shipment,
}


class Now(NamedTuple):
    """What a decision rests on."""

    model: Model
    at_us: int


def log_of(store: Store, model: str | None = None) -> list[Entry]:
    """Return the log in its order, of one model or of all."""
    with store.reading() as db:
        return read_log(db, model)


def read_log(db: DuckDBPyConnection, model: str | None) -> list[Entry]:
    """Return the log from a database that is attached."""
    log: list[Entry] = []
    for block, kind in KINDS.items():
        found = db.execute(SQL[block], {"model": model})
        names = [column[0] for column in found.description or ()]
        for row in found.fetchall():
            facts = dict(zip(names, row, strict=True))
            # A newer trackbook may have added columns that are not known here.
            log.append(kind(**{name: facts[name] for name in kind.__struct_fields__}))
    return sorted(log, key=lambda entry: entry.entry)


def decided(
    store: Store,
    journal: Journal,
    who: Who,
    model: str,
    decide: Callable[[Now], E | None],
    *,
    clock: Callable[[], int],
    patience_s: float,
) -> E | None:
    """Decide under the project's lock, and write what was decided as one entry for good.

    Everything that anybody wrote before is read first, and nobody else decides meanwhile.
    Whoever dies on the way leaves the whole entry or nothing: it is one frame of the journal.

    Args:
        decide: from how the model stands to a draft of the entry, or None for nothing to do
        clock: what time it is, in the manner of `now_us`

    Raises:
        Busy: somebody else held the lock for all of `patience_s`
        Refused: the disk did not take it
    """
    with store.place.alone(patience_s=patience_s):
        with store.reading() as db:
            rows = db.execute(SQL["head"]).fetchall()
            log = read_log(db, model)
        head = Head(*rows[0]) if rows else Head()
        at_us = max(clock(), head.at_us)
        draft = decide(Now(told(log).get(model) or Model(name=model), at_us))
        if draft is None:
            return None
        entry = sealed(draft, head, who, at_us)
        write(store, journal, entry)
        return entry


def write(store: Store, journal: Journal, entry: Entry) -> None:
    """Write an entry for good, note it beside the database, and see it arrive there."""
    try:
        journal.put_for_good(entry)
    except OSError as error:
        raise Refused(
            f"nothing was decided of {entry.model}, for {store.folder} took nothing ({error}):"
            " make room and try again"
        ) from error
    try:
        note(store.folder, Head(entry.entry, entry.at_us, entry.hash))
    except OSError as error:
        raise Damaged(
            f"{called(entry)} stands, and could not be noted beside the log ({error}):"
            " make room, and do not decide it again"
        ) from error
    must_have_arrived(store, entry)


def must_have_arrived(store: Store, entry: Entry) -> None:
    """Drain, and see that the entry is in the database."""
    try:
        ((there,),) = store.rows(SQL["is_there"], entry=entry.entry, hash=entry.hash).rows
    except Busy:
        return  # it stands in the journal, and whoever asks next brings it in
    if not there:
        raise Damaged(
            f"{called(entry)} was written to the journal and did not arrive in the database:"
            f" examine the project (trackbook doctor) before you decide anew"
        )
