"""Versions that come from other projects, under the identity that they have there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trackbook.clock import now_us
from trackbook.errors import Refused
from trackbook.registry.chain import UNSEALED
from trackbook.registry.decide import Move, moved
from trackbook.registry.log import SQL, decided, log_of
from trackbook.registry.read import standing
from trackbook.registry.register import must_be_free
from trackbook.registry.state import Standing

if TYPE_CHECKING:
    from trackbook.journal import Journal
    from trackbook.records import Shipment, Version
    from trackbook.registry.chain import Entry
    from trackbook.registry.policy import Policy, Report
    from trackbook.registry.state import Model
    from trackbook.registry.who import Who
    from trackbook.store import Store

PATIENCE_S = 30.0
ALIKE = (
    "step", "way", "version_id", "package_digest", "from_env", "to_env", "from_project",
    "to_project", "other_hash",
)  # fmt: skip
"""What makes two shipments one: it is written down once."""


def project_id(store: Store) -> str:
    """Return by what a project is known, the hash of its log's first entry; empty before it."""
    rows = store.rows(SQL["first"]).rows
    return str(rows[0][0]) if rows else ""


def entries_about(store: Store, model: str, version_id: str) -> list[Entry]:
    """Return all that the log says of one version, as it was written, oldest first."""
    return [one for one in log_of(store, model) if version_id in ids_in(one)]


def ids_in(entry: Entry) -> set[str]:
    """Return the versions that an entry speaks of."""
    slots = getattr(entry, "slots_after", [])
    return {entry.version_id, *getattr(entry, "version_ids", []), *slots}


def must_be_welcome(model: Model, coming: Version) -> bool:
    """Say whether a version can be taken in; False where it is there already.

    Raises:
        Refused: the project has other bytes under its number, or these bytes under another
    """
    known = model.versions.get(coming.version_id)
    if known is not None:
        if known.is_deleted:
            raise Refused(f"{known.name} was deleted there, and its number stays taken")
        if (known.fact.package_digest, known.fact.semver) != (
            coming.package_digest,
            coming.semver,
        ):
            raise Refused(
                f"{known.name} there is sha256:{known.fact.package_digest[:12]}, and what"
                f" comes as {coming.model}@{coming.semver} is sha256:"
                f"{coming.package_digest[:12]}: a version never changes"
            )
        return False
    for one in model.kept:
        if one.fact.package_digest == coming.package_digest:
            raise Refused(
                f"these bytes are {one.name} there already, registered by"
                f" {one.fact.actor} and not received: move that one"
            )
    must_be_free(model, coming.semver, coming.package_digest)
    return True


def received(store: Store, journal: Journal, who: Who, coming: Version) -> Version | None:
    """Register a version under its own id and number; None where it is here already."""

    def decide(model: Model) -> Version | None:
        return placed(model, coming) if must_be_welcome(model, coming) else None

    return decided(
        store, journal, who, coming.model, lambda now: decide(now.model),
        clock=now_us, patience_s=PATIENCE_S,
    )  # fmt: skip


def placed(model: Model, coming: Version) -> Version:
    """Return a version as it is counted among those that are here."""
    parent = coming.parent_id if coming.parent_id in model.versions else None
    facts = {**UNSEALED, "seq": len(model.versions) + 1, "parent_id": parent}
    return msgspec.structs.replace(coming, **facts)


def shipped(
    store: Store, journal: Journal, who: Who, draft: Shipment
) -> tuple[Shipment, bool]:
    """Note that a version came or went; return the note, and whether it is new."""
    found: list[Shipment] = []

    def decide(model: Model) -> Shipment | None:
        found.extend(one for one in model.shipments if is_same(one, draft))
        return None if found else draft

    made = decided(
        store, journal, who, draft.model, lambda now: decide(now.model),
        clock=now_us, patience_s=PATIENCE_S,
    )  # fmt: skip
    return (made, True) if made is not None else (found[-1], False)


def is_same(one: Shipment, other: Shipment) -> bool:
    """Say whether two notes are of one shipment; bundles that tell more are another."""
    if one.way == "bundle" and one.facts_digest != other.facts_digest:
        return False
    return all(getattr(one, name) == getattr(other, name) for name in ALIKE)


def foreseen(
    store: Store,
    coming: Version,
    to: str,
    policy: Policy,
    *,
    reason: str,
    report: Report | None,
    force: bool,
) -> None:
    """Refuse what the rules of a project would refuse, before anything is sent there.

    Raises:
        Refused: with all that speaks against it
    """
    model = standing(store, coming.model).copied()
    if must_be_welcome(model, coming):
        model.versions[coming.version_id] = Standing(fact=placed(model, coming))
    move = Move(
        at=coming.version_id, to=to, command="promote", reason=reason, report=report,
        force=force,
    )  # fmt: skip
    moved(model, move, policy, now_us())
