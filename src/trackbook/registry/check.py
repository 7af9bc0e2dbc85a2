"""Whether the log is as it was written, and whether the views say what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import Damaged
from trackbook.registry.anchor import expected, noted
from trackbook.registry.chain import examined
from trackbook.registry.log import SQL, log_of, read_log
from trackbook.registry.state import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.registry.chain import Chain
    from trackbook.registry.state import Model
    from trackbook.store import Store


def verify_chain(store: Store, *, head: str | None = None) -> Chain:
    """Examine every entry of the log, and that it holds what was noted beside it.

    Args:
        store: the project's store
        head: the last entry as somebody kept it elsewhere, its number and hash
    """
    anchors = noted(store.folder)
    if head is not None:
        for entry, hashes in expected(head).items():
            anchors.setdefault(entry, []).extend(hashes)
    return examined(log_of(store), anchors)


def differences(store: Store) -> list[str]:
    """Return where the views do not say what the log says, rebuilt from its first entry."""
    with store.reading() as db:
        try:
            rebuilt = facts_of(told(read_log(db, None)).values())
        except Damaged as error:
            return [str(error)]
        viewed = {
            block: {row_of(row) for row in db.execute(SQL[block]).fetchall()}
            for block in ("states_now", "slots_now", "aliases_now", "requests_now")
        }
    found = []
    for block, rows in viewed.items():
        what = block.removesuffix("_now")
        found += [f"only the view of {what} has {row}" for row in rows - rebuilt[block]]
        found += [f"the view of {what} lacks {row}" for row in rebuilt[block] - rows]
    return sorted(found)


def facts_of(models: Iterable[Model]) -> dict[str, set[tuple[object, ...]]]:
    """Return what the views should say, from models told from the log."""
    facts: dict[str, set[tuple[object, ...]]] = {
        "states_now": set(),
        "slots_now": set(),
        "aliases_now": set(),
        "requests_now": set(),
    }
    for model in models:
        facts["states_now"] |= {
            (one.fact.version_id, one.state, one.was_forced) for one in model.kept
        }
        facts["slots_now"] |= {
            (model.name, slot, placed.version_id, placed.traffic)
            for slot, placed in model.slots.items()
        }
        facts["aliases_now"] |= {
            (model.name, name, alias.version_id, alias.is_protected)
            for name, alias in model.aliases.items()
        }
        for request_id, request in model.requests.items():
            yes = tuple(one.actor for one in request.answers if one.step == "approved")
            no = [one.actor for one in request.answers if one.step == "rejected"]
            facts["requests_now"].add((request_id, yes, no[-1] if no else None))
    return facts


def row_of(row: Iterable[object]) -> tuple[object, ...]:
    """Return a row whose lists can be compared as members of a set."""
    return tuple(tuple(value) if isinstance(value, list) else value for value in row)
