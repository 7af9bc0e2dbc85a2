"""How a model stands: its versions, slots, aliases and requests, told from the log alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from trackbook.errors import Damaged, NotFound
from trackbook.records import Approval, Shipment, Transition, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.registry.chain import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One version as it stands."""

    fact: Version
    state: str = "DEVELOPMENT"
    moved: Transition | None = None
    """What moved it last; None since it was registered."""
    was_forced: bool = False
    """Some decision on it went past a rule, now or ever."""
    was_production: bool = False
    is_deleted: bool = False

    @property
    def name(self) -> str:
        return f"{self.fact.model}@{self.fact.semver}"


class Placed(NamedTuple):
    """What is in a slot."""

    version_id: str
    traffic: float
    since: Transition
    """What put it there."""


class Alias(NamedTuple):
    """Where an alias points."""

    version_id: str
    is_protected: bool
    since: Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An approval that was asked for, and what was answered."""

    asked: Approval
    answers: tuple[Approval, ...] = ()

    @property
    def is_rejected(self) -> bool:
        return any(one.step == "rejected" for one in self.answers)


@dataclass(slots=True, kw_only=True)
class Model:
    """A model as some stretch of the log left it."""

    name: str
    versions: dict[str, Standing] = field(default_factory=dict)
    """By id, also deleted ones."""
    slots: dict[str, Placed] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    champions: list[tuple[str, str]] = field(default_factory=list)
    """(environment, version id) as they came into the champion's slot."""
    spoilt: set[tuple[str, str]] = field(default_factory=set)
    """(environment, version id) that were rolled back from."""
    shipments: list[Shipment] = field(default_factory=list)
    last: Transition | None = None

    @property
    def kept(self) -> list[Standing]:
        """Versions that were not deleted, in order of registration."""
        return [one for one in self.versions.values() if not one.is_deleted]

    def copied(self) -> Model:
        """Return a model that can be taken further without touching this one."""
        return replace(
            self,
            versions=dict(self.versions),
            slots=dict(self.slots),
            aliases=dict(self.aliases),
            requests=dict(self.requests),
            champions=list(self.champions),
            spoilt=set(self.spoilt),
            shipments=list(self.shipments),
        )

    def slots_of(self, version_id: str) -> list[str]:
        """Return the slots that a version is in."""
        return [slot for slot, it in self.slots.items() if it.version_id == version_id]

    def standing(self, version_id: str) -> Standing:
        """Return one version that was not deleted."""
        found = self.versions.get(version_id)
        if found is None or found.is_deleted:
            raise NotFound(f"no version {version_id!r} of {self.name} (%track versions)")
        return found

    def label(self, version_id: str) -> str:
        """Return what to call a version in a message, whatever became of it."""
        found = self.versions.get(version_id)
        return found.name if found is not None else (version_id or "nothing")


def told(log: Iterable[Entry]) -> dict[str, Model]:
    """Return how every model stands after a log."""
    models: dict[str, Model] = {}
    for entry in log:
        model = models.get(entry.model)
        if model is None:
            model = models[entry.model] = Model(name=entry.model)
        take(model, entry)
    return models


def take(model: Model, entry: Entry) -> None:
    """Let one entry of the log happen to a model.

    Raises:
        Damaged: it speaks of what there is not
    """
    if isinstance(entry, Version):
        model.versions[entry.version_id] = Standing(fact=entry)
    elif isinstance(entry, Approval):
        take_approval(model, entry)
    elif isinstance(entry, Shipment):
        model.shipments.append(entry)
    else:
        must_make_sense(model, entry)
        take_states(model, entry)
        take_slots(model, entry)
        moved = zip(entry.aliases, entry.aliases_after, entry.protects, strict=True)
        for alias, after, is_protected in moved:
            if after:
                model.aliases[alias] = Alias(after, is_protected, entry)
            else:
                model.aliases.pop(alias, None)
        model.last = entry


def must_make_sense(model: Model, entry: Transition) -> None:
    """Refuse a decision that nobody can have made: its lists are cut, or name no version."""
    sides = (
        (entry.version_ids, entry.from_states, entry.to_states),
        (entry.slots, entry.slots_before, entry.slots_after, entry.traffics),
        (entry.aliases, entry.aliases_before, entry.aliases_after, entry.protects),
    )
    is_even = all(len({len(side) for side in group}) == 1 for group in sides)
    named = {*entry.version_ids, *entry.slots_after, *entry.aliases_after}
    if is_even and named - {""} <= model.versions.keys():
        return
    raise Damaged(
        f"entry {entry.entry} of the registry ({entry.command} of {entry.model}) is not as it"
        " was written: verify_chain tells what was changed"
    )


def take_states(model: Model, entry: Transition) -> None:
    """Move the states of versions, and mark those that are deleted."""
    for version_id, to in zip(entry.version_ids, entry.to_states, strict=True):
        before = model.versions[version_id]
        is_about = version_id == entry.version_id
        model.versions[version_id] = replace(
            before,
            state=to,
            moved=entry,
            was_forced=before.was_forced or (entry.forced and is_about),
            was_production=before.was_production or to == "PRODUCTION",
        )
    for version_id in entry.deleted_ids:
        if version_id in model.versions:
            known = model.versions[version_id]
            model.versions[version_id] = replace(known, is_deleted=True)


def take_slots(model: Model, entry: Transition) -> None:
    """Put versions into slots and take them out."""
    places = zip(
        entry.slots, entry.slots_before, entry.slots_after, entry.traffics, strict=True
    )
    for slot, before, after, traffic in places:
        env, _, role = slot.partition("/")
        if role == "champion" and after != before:
            if after:
                model.champions.append((env, after))
                model.spoilt.discard((env, after))  # whoever brings it back trusts it
            if entry.command == "rollback" and before:
                model.spoilt.add((env, before))
        if not after:
            model.slots.pop(slot, None)
            continue
        known = model.slots.get(slot)
        since = known.since if known is not None and before == after else entry
        model.slots[slot] = Placed(after, traffic, since)


def take_approval(model: Model, entry: Approval) -> None:
    """Note a request, or an answer to one."""
    if entry.step == "requested":
        model.requests[entry.approval_id] = Request(asked=entry)
        return
    request = model.requests.get(entry.request_id)
    if request is not None:
        model.requests[entry.request_id] = replace(
            request, answers=(*request.answers, entry)
        )
