"""The registry: versions of models, their states, slots, aliases and approvals, in one log."""

from __future__ import annotations

from trackbook.registry.board import Board, board, impact
from trackbook.registry.chain import Blemish, Chain, Head
from trackbook.registry.check import differences, verify_chain
from trackbook.registry.history import History, SlotThen, history
from trackbook.registry.names import model_name, reference_of
from trackbook.registry.policy import Facts, Policy, Report
from trackbook.registry.read import approvals, standing, version_of, versions
from trackbook.registry.registry import Registry
from trackbook.registry.rows import (
    ApprovalRow,
    BoardRow,
    ImpactRow,
    MoveRow,
    VersionRow,
)
from trackbook.registry.semver import is_semver, next_after
from trackbook.registry.who import Who, who_is_this

__all__ = [
    "ApprovalRow",
    "Blemish",
    "Board",
    "BoardRow",
    "Chain",
    "Facts",
    "Head",
    "History",
    "ImpactRow",
    "MoveRow",
    "Policy",
    "Registry",
    "Report",
    "SlotThen",
    "VersionRow",
    "Who",
    "approvals",
    "board",
    "differences",
    "history",
    "impact",
    "is_semver",
    "model_name",
    "next_after",
    "reference_of",
    "standing",
    "verify_chain",
    "version_of",
    "versions",
    "who_is_this",
]
