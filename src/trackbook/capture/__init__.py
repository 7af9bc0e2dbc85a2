"""Watching a notebook run, without ever getting in its way."""

from __future__ import annotations

from trackbook.capture.attempt import attempt
from trackbook.capture.calls import CallWatch, Site
from trackbook.capture.ledger import here
from trackbook.capture.measures import Missed, Rules
from trackbook.capture.recorder import CellReport, Recorder
from trackbook.capture.run import ActiveRun

__all__ = [
    "ActiveRun", "CallWatch", "CellReport", "Missed", "Recorder", "Rules", "Site", "attempt", "here",
]  # fmt: skip
