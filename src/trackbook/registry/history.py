"""What was decided of a model, and how it stood at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.clock import time_of
from trackbook.errors import NotFound
from trackbook.registry.log import SQL, log_of
from trackbook.registry.names import model_name, moment
from trackbook.registry.rows import MoveRow
from trackbook.registry.state import told
from trackbook.store import ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from trackbook.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotThen:
    """What was in a slot at a moment, and who had put it there."""

    slot: str
    version: str
    since: datetime
    traffic: float
    actor: str
    command: str
    reason: str
    forced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A model's decisions up to a moment, and how it stood then."""

    model: str
    at: datetime | None
    """The moment; None for now."""
    moves: Sequence[MoveRow]
    """Oldest first."""
    slots: Mapping[str, SlotThen]
    states: Mapping[str, str]
    """The state of every version that there was, by number."""

    @property
    def production(self) -> SlotThen | None:
        """What served in prod; None for nothing."""
        return self.slots.get("prod/champion")


def history(store: Store, name: str, *, at: datetime | None = None) -> History:
    """Return what was decided of a model until a moment, and what stood then.

    Raises:
        NotFound: nothing was registered under that name by then
        Misused: the moment has no time zone
    """
    model = model_name(name)
    until = moment(at)
    log = [e for e in log_of(store, model) if until is None or e.at_us <= until]
    then = told(log).get(model)
    if then is None:
        by = "" if at is None else f" by {at:%Y-%m-%d %H:%M}"
        raise NotFound(f"no model named {model!r} was registered{by} (%track versions)")
    slots = {
        slot: SlotThen(
            slot=slot,
            version=then.versions[placed.version_id].fact.semver,
            since=time_of(placed.since.at_us),
            traffic=placed.traffic,
            actor=placed.since.actor,
            command=placed.since.command,
            reason=placed.since.reason,
            forced=placed.since.forced,
        )
        for slot, placed in sorted(then.slots.items())
    }
    return History(
        model=model,
        at=at,
        moves=ask(store, SQL["moves_of"], MoveRow, model=model, until=until),
        slots=slots,
        states={one.fact.semver: one.state for one in then.kept},
    )
