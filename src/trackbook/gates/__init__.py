"""Gates: what a version is asked before it enters staging, production or anything else."""

from __future__ import annotations

from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.bench import Bench
from trackbook.gates.candidate import Approval, Candidate, Champion, Finding, Scan, Used
from trackbook.gates.catalogue import GROUP, Check, checks
from trackbook.gates.custom import CheckFailed
from trackbook.gates.evaluate import Cancelled, Step, evaluate
from trackbook.gates.evaluation import Evaluation, Rows, read
from trackbook.gates.loading import Clock, Times
from trackbook.gates.measuring import Measured, measure
from trackbook.gates.own import check
from trackbook.gates.past import last_reports, report_named, reports_of
from trackbook.gates.policy import Policy, Target, Want
from trackbook.gates.policy_text import POLICY_FILE, Gate, ask, built_in, gates, read_policy
from trackbook.gates.report import Report, Result

__all__ = [
    "GROUP",
    "POLICY_FILE",
    "Answer",
    "Approval",
    "Bench",
    "Cancelled",
    "Candidate",
    "Champion",
    "Check",
    "CheckFailed",
    "Clock",
    "Evaluation",
    "Finding",
    "Gate",
    "Measured",
    "Policy",
    "Report",
    "Result",
    "Rows",
    "Scan",
    "Step",
    "Target",
    "Times",
    "Used",
    "Want",
    "ask",
    "built_in",
    "check",
    "checks",
    "evaluate",
    "failed",
    "gates",
    "last_reports",
    "measure",
    "passed",
    "read",
    "read_policy",
    "report_named",
    "reports_of",
    "skipped",
]
