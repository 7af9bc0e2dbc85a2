"""Watching a notebook run, without ever getting in its way."""

from __future__ import annotations

from trackbook.capture.attempt import attempt
from trackbook.capture.calls import CallWatch
from trackbook.capture.cell import TRACK_LINE, request_in
from trackbook.capture.cells import CellReport
from trackbook.capture.ledger import here
from trackbook.capture.measures import Missed, Rules
from trackbook.capture.outputs import Outputs
from trackbook.capture.recorder import Recorder
from trackbook.capture.run import ActiveRun, Status, must_exist
from trackbook.capture.running import aside
from trackbook.capture.saved import SavedNotebook
from trackbook.capture.watched import Site

__all__ = [
    "TRACK_LINE", "ActiveRun", "CallWatch", "CellReport", "Missed", "Outputs", "Recorder", "Rules",
    "SavedNotebook", "Site", "Status", "aside", "attempt", "here", "must_exist", "request_in",
]  # fmt: skip
