"""What the statements of `queries.sql` give back: one class for each, columns as fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version as it stands now; times are UTC."""

    version_id: str
    model: str
    version: str
    seq: int
    state: str
    slots: Sequence[str]
    """Where it is deployed, `prod/champion`."""
    aliases: Sequence[str]
    flavour: str
    is_unsafe: bool
    package_digest: str
    weights_fp: str | None
    object_fp: str | None
    object_fp_why: str
    fp_algo: str
    signature: str
    size_bytes: int
    file_count: int
    probe_count: int
    run_id: str | None
    git_commit: str | None
    author: str
    description: str
    why_semver: str
    parent_id: str | None
    registered_at: datetime
    registered_by: str
    state_since: datetime
    moved_by: str
    reason: str
    forced: bool
    """Some decision on it went past a rule, now or ever."""
    sunset_at: datetime | None
    successor: str | None
    origin: str
    """The environment that it came from; empty where it was made here."""
    signed_by: str
    """Whose key signed the bundle in which it came; `unsigned` for nobody's."""

    @property
    def name(self) -> str:
        return f"{self.model}@{self.version}"

    @property
    def warning(self) -> str:
        """What to tell whoever loads it; empty for nothing."""
        said = [words for words in (self._state_warning(),) if words]
        if self.signed_by == "unsigned":
            said.append(f"{self.name} came in a bundle that nobody signed")
        return "; ".join(said)

    def _state_warning(self) -> str:
        if self.state == "ARCHIVED":
            return f"{self.name} is archived"
        if self.state != "DEPRECATED":
            return ""
        until = f" until {self.sunset_at:%Y-%m-%d}" if self.sunset_at else ""
        follow = f": use {self.model}@{self.successor}" if self.successor else ""
        return f"{self.name} is deprecated{', it serves' + until if until else ''}{follow}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """One thing that a decision moved: a state, a slot, an alias."""

    entry: int
    moved_at: datetime
    model: str
    command: str
    what: str
    """state, slot, alias or deleted."""
    name: str
    """Of the slot or alias."""
    version: str
    before: str
    """A state; or the version in the slot or behind the alias; empty for none."""
    after: str
    actor: str
    actor_from: str
    reason: str
    forced: bool
    overrode: Sequence[str]
    gate_report_id: str | None
    incident_id: str | None
    alerted_at: datetime | None
    alert_to_move_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One request for an approval, and what became of it."""

    request_id: str
    model: str
    version: str
    version_id: str
    target: str
    status: str
    """requested, approved (by at least one), rejected, expired, or void: asked anew for
    another gate report."""
    approvers: Sequence[str]
    rejecter: str | None
    requester: str
    comment: str
    answer: str | None
    gate_report_id: str | None
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One version on the board, with its run's metrics beside its champion's."""

    version_id: str
    model: str
    version: str
    state: str
    slots: Sequence[str]
    aliases: Sequence[str]
    flavour: str
    is_unsafe: bool
    size_bytes: int
    run_id: str | None
    registered_at: datetime
    registered_by: str
    state_since: datetime
    moved_by: str
    reason: str
    forced: bool
    sunset_at: datetime | None
    successor: str | None
    metrics: Mapping[str, float]
    champion: str | None
    champion_metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactRow:
    """One version whose run rests on a dataset."""

    version_id: str
    model: str
    version: str
    state: str
    slots: Sequence[str]
    run_id: str | None
