"""The vocabulary: every kind of fact trackbook keeps, one file per subject."""

from __future__ import annotations

from trackbook.records.base import KINDS, Record, kind
from trackbook.records.contract import Conformance
from trackbook.records.data import Dataset, Digest, Input, Model
from trackbook.records.doubts import CodeCell, Doubt, DoubtCode, Made, Ran, Sheet
from trackbook.records.execution import Execution, ExecutionEnd, Outcome, Output
from trackbook.records.gates import (
    GateOutcome,
    GateReport,
    GateResult,
    GateVerdict,
    Severity,
)
from trackbook.records.lineage import (
    Cause,
    Contribution,
    Dice,
    Noise,
    Reproduction,
    Tie,
    Verdict,
)
from trackbook.records.progress import Progress
from trackbook.records.registry import (
    Approval,
    Command,
    Env,
    Packaged,
    Role,
    State,
    Transition,
    Version,
)
from trackbook.records.rows import Curve, Run
from trackbook.records.run import (
    Amendment,
    Fault,
    Notebook,
    RunEnd,
    RunStart,
    Session,
    SessionEnd,
    Status,
    Trash,
)
from trackbook.records.shipments import Origin, Shipment, Way
from trackbook.records.surroundings import (
    Checkout,
    Computer,
    Environment,
    LocalModule,
    Lock,
)
from trackbook.records.told import Collected, Label, Objective, Thing
from trackbook.records.usage import Usage
from trackbook.records.value import Artifact, Metric, Note, Param, Retraction, Tag

__all__ = [
    "KINDS",
    "Amendment",
    "Approval",
    "Artifact",
    "Cause",
    "Checkout",
    "CodeCell",
    "Collected",
    "Command",
    "Computer",
    "Conformance",
    "Contribution",
    "Curve",
    "Dataset",
    "Dice",
    "Digest",
    "Doubt",
    "DoubtCode",
    "Env",
    "Environment",
    "Execution",
    "ExecutionEnd",
    "Fault",
    "GateOutcome",
    "GateReport",
    "GateResult",
    "GateVerdict",
    "Input",
    "Label",
    "LocalModule",
    "Lock",
    "Made",
    "Metric",
    "Model",
    "Noise",
    "Note",
    "Notebook",
    "Objective",
    "Origin",
    "Outcome",
    "Output",
    "Packaged",
    "Param",
    "Progress",
    "Ran",
    "Record",
    "Reproduction",
    "Retraction",
    "Role",
    "Run",
    "RunEnd",
    "RunStart",
    "Session",
    "SessionEnd",
    "Severity",
    "Sheet",
    "Shipment",
    "State",
    "Status",
    "Tag",
    "Thing",
    "Tie",
    "Transition",
    "Trash",
    "Usage",
    "Verdict",
    "Version",
    "Way",
    "kind",
]
