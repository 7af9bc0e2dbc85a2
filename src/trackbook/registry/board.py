"""All versions at a glance: a column for each state and for each slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import NotFound
from trackbook.registry.log import SQL
from trackbook.registry.names import ENVS, ROLES
from trackbook.registry.rows import BoardRow, ImpactRow
from trackbook.registry.rules import STATES
from trackbook.store import ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.store import Store

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Versions by where they are, the newest first in each column."""

    rows: Sequence[BoardRow]
    states: Mapping[str, Sequence[BoardRow]]
    """Every state has its column, also an empty one."""
    slots: Mapping[str, Sequence[BoardRow]]
    """By `env/role`; of each slot one version a model."""


def board(store: Store, *, limit: int = MOST) -> Board:
    """Return the newest versions, with the metrics of their runs and of their champions'."""
    rows = ask(store, SQL["board"], BoardRow, most=limit)
    states: dict[str, list[BoardRow]] = {state: [] for state in STATES}
    slots: dict[str, list[BoardRow]] = {
        f"{env}/{role}": [] for env in ENVS for role in (*ROLES, "last_good")
    }
    for row in rows:
        states[row.state].append(row)
        for slot in row.slots:
            slots[slot].append(row)
    return Board(rows=rows, states=states, slots=slots)


def impact(store: Store, dataset: str, *, deployed: bool = True) -> list[ImpactRow]:
    """Return the versions whose runs rest on a dataset: those in a slot, or all.

    Args:
        store: the project's store
        dataset: its name, id, fingerprint, or where it came from, `train.csv`
        deployed: only versions that are in a slot
    """
    found = ask(store, SQL["impact"], ImpactRow, of=dataset, deployed=deployed)
    if not found:
        ((count,),) = store.rows(SQL["is_dataset"], of=dataset).rows
        if not count:
            raise NotFound(f"no dataset named {dataset!r} (%track data)")
    return found
