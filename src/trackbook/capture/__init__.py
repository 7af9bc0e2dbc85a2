"""Watching a notebook run, without ever getting in its way."""

from __future__ import annotations

from trackbook.capture.adoption import Adoption
from trackbook.capture.attempt import attempt
from trackbook.capture.calls import CallWatch
from trackbook.capture.cell import TRACK_LINE, request_in
from trackbook.capture.cells import CellReport
from trackbook.capture.launched import GUARD, LAUNCH, Launch, launch_of, take_launch
from trackbook.capture.ledger import here
from trackbook.capture.measures import Missed, Rules
from trackbook.capture.outputs import Outputs
from trackbook.capture.recorder import Recorder
from trackbook.capture.run import ActiveRun, Status, must_exist, written_params
from trackbook.capture.running import aside
from trackbook.capture.saved import SavedNotebook
from trackbook.capture.watched import Site

__all__ = [
    "GUARD", "LAUNCH", "TRACK_LINE", "ActiveRun",
    "Adoption", "CallWatch", "CellReport", "Launch", "Missed", "Outputs",
    "Recorder", "Rules", "SavedNotebook", "Site", "Status", "aside", "attempt", "here",
    "launch_of", "must_exist", "request_in", "take_launch", "written_params",
]  # fmt: skip
