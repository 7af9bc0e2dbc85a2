"""Versions that went from one project to another, and what was told of them on arrival."""

from __future__ import annotations

from typing import Literal

from trackbook.records.base import Record, kind

Way = Literal["folder", "bundle"]
"""Straight into the other project's folder, or in a file that somebody carried."""


@kind("shipment")
class Shipment(Record, frozen=True, kw_only=True):
    """A version went to another project, or came from one; an entry of the log on both sides."""

    shipment_id: str
    """The same on both sides."""
    step: Literal["sent", "received"]
    way: Way
    model: str
    version_id: str
    semver: str
    package_digest: str
    state: str
    """The state that it had where it came from."""
    from_env: str
    to_env: str
    """Empty where nobody knows, as of a bundle."""
    from_project: str
    """By what a project is known: the hash of the first entry of its log."""
    to_project: str
    place: str
    """The other project's folder, or the name of the bundle's file."""
    reason: str
    gate_report_id: str | None
    """What the receiver's gate said."""
    facts_digest: str
    """SHA-256 of all that was told of the version with it."""
    other_hash: str
    """An entry of the other side's log: the last about the version, or the receipt."""
    signed_by: str
    """Whose key signed the bundle; `unsigned`, or empty where there was no bundle."""
    entry: int
    at_us: int
    actor: str
    actor_from: str
    identity: str
    prev_hash: str
    hash: str


@kind("origin")
class Origin(Record, frozen=True, kw_only=True):
    """A thing in another project on which a version rests, as it was told on arrival."""

    version_id: str
    package_digest: str
    origin_id: str
    """Which thing: the project, what it is and its id there, with slashes between."""
    what: Literal["version", "run", "dataset", "paper"]
    project: str
    env: str
    name: str
    detail: str
    born_us: int
    """When it was made there, µs since 1970."""
    led_to: str
    """The origin_id of what was made of it; empty where that is the version here."""
    label: str
    fingerprint: str
    """Of data; of a version the digest of its package."""
    facts: str
    """All that was told, as JSON."""
