"""What was told of a version when it came from another project."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from trackbook.clock import time_of
from trackbook.records import Origin
from trackbook.registry.log import SQL
from trackbook.registry.rules import UNSIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from trackbook.registry.rows import VersionRow
    from trackbook.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RunElsewhere:
    """The run that made a version, as it was told by the project that has it."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    reproduced: str | None = None
    git_dirty: bool | None = None
    has_diff: bool = False
    data: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints by role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalElsewhere:
    """One step of an approval as it was given in the project that a version came from."""

    env: str
    version: str
    version_id: str
    target: str
    step: str
    """requested, approved or rejected."""
    actor: str
    comment: str
    package_digest: str
    """The bytes that it was given for."""
    gate_report_id: str | None
    at: datetime
    expires_at: datetime
    request_id: str


def approvals_elsewhere(store: Store, row: VersionRow) -> list[ApprovalElsewhere]:
    """Return what was said to a version where it came from, the oldest first.

    It is shown, and counted where the version was judged on its way; no gate here counts it.
    """
    if not row.origin:
        return []
    return sorted(
        (
            ApprovalElsewhere(
                env=one.env,
                version=row.version,
                version_id=row.version_id,
                target=said["target"],
                step=said["step"],
                actor=said["actor"],
                comment=said["comment"],
                package_digest=said["package_digest"],
                gate_report_id=said["gate_report_id"],
                at=time_of(said["at_us"]),
                expires_at=time_of(said["expires_us"]),
                request_id=said["request_id"],
            )
            for one in origins_of(store, row.version_id)
            if one.what == "version"
            for said in json.loads(one.facts)["entries"]
            if said["kind"] == "approval"
        ),
        key=lambda one: (one.at, one.step != "requested"),
    )


def origins_of(store: Store, version_id: str) -> list[Origin]:
    """Return all that was told of a version, the oldest first; nothing of one made here."""
    return store.ask(SQL["origins_of"], Origin, version=version_id)


def digest_of_facts(told: Iterable[Origin]) -> str:
    """Return the SHA-256 of what was told, but for papers, whatever was made of it since."""
    pairs = sorted((one.origin_id, one.facts) for one in told if one.what != "paper")
    text = json.dumps(pairs, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


def run_elsewhere(store: Store, row: VersionRow) -> RunElsewhere | None:
    """Return the run of a version that came from elsewhere, for those who judge it here.

    None where nothing was told; or where nobody signed for it: that is shown, not believed.
    """
    if not row.origin or row.signed_by == UNSIGNED:
        return None
    told = origins_of(store, row.version_id)
    runs = [one for one in told if one.what == "run"]
    if not runs:
        return None
    said: dict[str, Any] = json.loads(runs[-1].facts)
    data = {
        str(json.loads(one.facts).get("role", "")): one.fingerprint
        for one in told
        if one.what == "dataset"
    }
    return RunElsewhere(
        metrics=said.get("metrics", {}),
        params=said.get("params", {}),
        tags=said.get("tags", {}),
        reproduced=said.get("reproduced"),
        git_dirty=said.get("git_dirty"),
        has_diff=bool(said.get("has_diff")),
        data=data,
    )
