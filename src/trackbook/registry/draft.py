"""A decision on its way: what it moves, before it is sealed into the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.clock import new_id
from trackbook.records import Transition
from trackbook.registry.chain import UNSEALED

if TYPE_CHECKING:
    from trackbook.records import Command
    from trackbook.registry.state import Model

WHOLE = 100.0


@dataclass(slots=True, kw_only=True)
class Draft:
    """Everything that one command moves."""

    model: Model
    command: Command
    version_id: str = ""
    reason: str = ""
    states: dict[str, tuple[str, str]] = field(default_factory=dict)
    slots: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    aliases: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    overrode: list[str] = field(default_factory=list)
    gate_report_id: str | None = None
    policy_digest: str = ""
    approval_ids: list[str] = field(default_factory=list)
    incident_id: str | None = None
    alerted_us: int | None = None
    sunset_us: int | None = None
    successor_id: str | None = None

    def state(self, version_id: str, to: str) -> None:
        """Move a version's state, unless it is there."""
        here = self.model.versions[version_id].state
        if here != to:
            self.states[version_id] = here, to

    def slot(self, slot: str, version_id: str, traffic: float = 0.0) -> None:
        """Put a version into a slot, or nothing, unless it is so."""
        known = self.model.slots.get(slot)
        before = known.version_id if known is not None else ""
        had = known.traffic if known is not None else 0.0
        if (before, had) != (version_id, traffic):
            self.slots[slot] = before, version_id, traffic

    def champion(self, env: str, version_id: str) -> None:
        """Make a version champion of an environment; the one before is the last good.

        It leaves its other slots there. In prod the one before is deprecated at once, so
        that one version only is in production and serves.
        """
        slot = f"{env}/champion"
        before = self.model.slots.get(slot)
        for role in ("challenger", "shadow", "canary"):
            held = self.model.slots.get(f"{env}/{role}")
            if held is not None and held.version_id == version_id:
                self.slot(f"{env}/{role}", "")
        self.slot(slot, version_id, WHOLE - self.canary_traffic(env))
        if before is None or before.version_id == version_id:
            return
        self.slot(f"{env}/last_good", before.version_id)
        if env == "prod" and self.model.versions[before.version_id].state == "PRODUCTION":
            self.state(before.version_id, "DEPRECATED")
            self.successor_id = version_id

    def canary_traffic(self, env: str) -> float:
        """Return the percentage that goes to the canary after this decision."""
        slot = f"{env}/canary"
        if slot in self.slots:
            return self.slots[slot][2]
        held = self.model.slots.get(slot)
        return held.traffic if held is not None else 0.0

    def share(self, env: str) -> None:
        """Give the champion the traffic that the canary leaves."""
        held = self.model.slots.get(f"{env}/champion")
        if held is not None:
            self.slot(f"{env}/champion", held.version_id, WHOLE - self.canary_traffic(env))

    @property
    def is_empty(self) -> bool:
        return not (self.states or self.slots or self.aliases or self.deleted)

    def transition(self) -> Transition:
        """Return what is to be sealed."""
        slots, aliases = list(self.slots.values()), list(self.aliases.values())
        return Transition(
            transition_id=new_id(),
            command=self.command,
            model=self.model.name,
            version_id=self.version_id,
            version_ids=list(self.states),
            from_states=[before for before, _ in self.states.values()],
            to_states=[after for _, after in self.states.values()],
            slots=list(self.slots),
            slots_before=[before for before, _, _ in slots],
            slots_after=[after for _, after, _ in slots],
            traffics=[traffic for _, _, traffic in slots],
            aliases=list(self.aliases),
            aliases_before=[before for before, _, _ in aliases],
            aliases_after=[after for _, after, _ in aliases],
            protects=[is_protected for _, _, is_protected in aliases],
            deleted_ids=self.deleted,
            reason=self.reason,
            forced=bool(self.overrode),
            overrode=self.overrode,
            gate_report_id=self.gate_report_id,
            policy_digest=self.policy_digest,
            approval_ids=self.approval_ids,
            incident_id=self.incident_id,
            alerted_us=self.alerted_us,
            sunset_us=self.sunset_us,
            successor_id=self.successor_id,
            **UNSEALED,
        )
