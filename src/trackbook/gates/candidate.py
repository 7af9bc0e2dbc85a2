"""What stands before a gate: a version and all that is known of it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path


class Finding(Protocol):
    """One thing that a scanner found in a file."""

    @property
    def path(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def words(self) -> str: ...


class Compatibility(Protocol):
    """What became of a signature."""

    @property
    def verdict(self) -> str:
        """`broken`, or anything else."""

    @property
    def reasons(self) -> Sequence[str]:
        """One per change, those that break something first."""


class Scan(Protocol):
    """What a scanner found in a folder."""

    @property
    def findings(self) -> Sequence[Finding]: ...
    @property
    def is_safe(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's word on a version."""

    approver: str
    decision: Literal["approved", "rejected"]
    at: datetime
    """Aware."""
    package_digest: str
    """The bytes that it was given for: it holds for no others."""
    approval_id: str = ""
    report_id: str | None = None
    """The report that the approver had seen."""
    policy_digest: str | None = None
    """The policy of that report; where it is given, it has to be the policy of now."""
    expires_at: datetime | None = None
    """Until when it holds, if its giver set an end."""

    def __post_init__(self) -> None:
        for when in (self.at, self.expires_at):
            if when is not None and when.tzinfo is None:
                raise Misused(
                    f"the approval of {self.approver!r} has a time without a zone:"
                    " give datetime.now(UTC)"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Champion:
    """Another version, with which a candidate is compared: the one that serves, the baseline."""

    version: str
    version_id: str = ""
    package_digest: str = ""
    signature: str | None = None
    """As JSON."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of its data by role."""
    folder: Path | None = None
    """Where its package lies; None where it cannot be asked."""

    @property
    def known_as(self) -> str:
        """By what a report remembers it."""
        return self.version_id or self.package_digest or self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Data that a candidate's run used, as they are on record: not the rows themselves."""

    role: str
    """training, validation, test, loaded."""
    name: str
    digest: str = ""
    """Of all values, `fp1:`; empty where they were not gone through."""
    row_count: int | None = None
    column_names: Sequence[str] = ()
    column_types: Sequence[str] = ()
    column_digests: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A version that wants to enter a target."""

    model: str
    version: str
    folder: Path
    """Where its package lies."""
    package_digest: str
    version_id: str = ""
    size_bytes: int | None = None
    """As registered."""
    flavour: str = ""
    is_unsafe: bool = False
    """Loading its form can execute code: pickle and the like."""
    signature: str | None = None
    """As JSON: MLflow's, or with a `dtype` for each input and output."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    state: str = ""
    """Where it stands now, in capitals; empty where that is not known."""
    state_since: datetime | None = None
    """Aware; since when it stands there."""
    champion: Champion | None = None
    baseline: Champion | None = None
    """The version that is no good to fall behind: what the alias `baseline` leads to."""
    reproduction: str | None = None
    """The verdict on its run, executed again: identical, within tolerance, different, failed."""
    git_commit: str | None = None
    git_dirty: bool | None = None
    has_diff: bool = False
    """Whether what differed from the commit was recorded."""
    author: str = ""
    approvals: Sequence[Approval] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)
    """description, owner, tags and whatever else a policy may ask for."""
    data: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of its data by role: training, validation, test."""
    used: Sequence[Used] = ()
    """Its data, one by one."""
    reach: Mapping[str, str] | None = None
    """Of its run, data, code and environment, why each cannot be reached; empty where it can."""
    verify: Callable[[Path, str], object] | None = None
    """Raises where the folder's bytes are not those of the digest."""
    scan: Callable[[Path], Scan] | None = None
    """Looks for what is dangerous in a folder, and executes nothing of it."""
    probes: Callable[[Path], tuple[Any, Any] | None] | None = None
    """Returns the rows that are kept in a folder and what the model gave for them; where it
    is left out, `data/probe.npz` is read as plain arrays `inputs` and `outputs`."""
    compare: Callable[[str, str], Compatibility] | None = None
    """Says whether callers of a first signature can use a second one; where it is left out,
    both are read as MLflow writes them."""
