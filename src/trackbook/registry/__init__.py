"""The registry: versions of models, their states, slots, aliases and approvals, in one log."""

from __future__ import annotations

from trackbook.registry.board import Board, board, impact
from trackbook.registry.chain import Blemish, Chain, Head, hash_of
from trackbook.registry.check import differences, verify_chain
from trackbook.registry.history import History, SlotThen, history
from trackbook.registry.log import log_of
from trackbook.registry.names import model_name, reference_of
from trackbook.registry.origins import (
    ApprovalElsewhere,
    RunElsewhere,
    approvals_elsewhere,
    digest_of_facts,
    origins_of,
    run_elsewhere,
)
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
from trackbook.registry.ship import (
    entries_about,
    foreseen,
    must_be_welcome,
    project_id,
    received,
    shipped,
)
from trackbook.registry.who import Who, who_is_this

__all__ = [
    "ApprovalElsewhere",
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
    "RunElsewhere",
    "SlotThen",
    "VersionRow",
    "Who",
    "approvals",
    "approvals_elsewhere",
    "board",
    "differences",
    "digest_of_facts",
    "entries_about",
    "foreseen",
    "hash_of",
    "history",
    "impact",
    "is_semver",
    "log_of",
    "model_name",
    "must_be_welcome",
    "next_after",
    "origins_of",
    "project_id",
    "received",
    "reference_of",
    "run_elsewhere",
    "shipped",
    "standing",
    "verify_chain",
    "version_of",
    "versions",
    "who_is_this",
]
