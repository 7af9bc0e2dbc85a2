"""What the rules ask for, and what is brought to meet them: plain values from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GATED = frozenset({"STAGING", "PRODUCTION"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a model must have before it enters a state."""

    gated: frozenset[str] = GATED
    """States that are entered with a passed gate report only."""
    approvals: Mapping[str, int] = field(default_factory=dict)
    """How many people must approve, by state."""
    approvers: frozenset[str] = frozenset()
    """Who may; empty for anybody."""
    four_eyes: bool = True
    """Nobody approves what they made, registered or asked for."""
    approval_days: float = 14.0
    """How long a request, and what was approved on it, holds."""
    fast_track: bool = False
    """Whether DEVELOPMENT may go to PRODUCTION at once, with the gates of PRODUCTION."""
    digest: str = ""
    """Of the policy's text; reports made under another are out of date. Empty: not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a gate found, as far as a decision rests on it."""

    report_id: str
    verdict: str
    """`passed`, or anything else."""
    target: str
    """The state that it examined for, in capitals or not."""
    package_digest: str
    policy_digest: str = ""
    champion_id: str | None = None
    """The version that it compared with, empty for none; None where it compared with none."""
    outdated: str = ""
    """What else it rests on that is another now: the baseline, the evaluation set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a package and its making, as a registration is given it."""

    package_digest: str
    flavour: str
    weights_fp: str | None = None
    object_fp: str | None = None
    object_fp_why: str = ""
    fp_algo: str = "tb-fp/2"
    is_unsafe: bool = False
    signature: str = ""
    size_bytes: int = 0
    file_count: int = 0
    probe_count: int = 0
    run_id: str | None = None
    git_commit: str | None = None
    author: str = ""
    description: str = ""
    why_semver: str = ""
    parent_id: str | None = None
    """The version_id of the one that it mends or goes on from."""
