"""Scanning model files and packages for what would run code; nothing is ever executed."""

from __future__ import annotations

from trackbook.scan.container import wrong_in_box
from trackbook.scan.extract import extract
from trackbook.scan.files import scan_file, scan_folder
from trackbook.scan.finding import Finding, Scan, Scanned, Severity
from trackbook.scan.limits import Limits
from trackbook.scan.sarif import to_sarif

__all__ = [
    "Finding",
    "Limits",
    "Scan",
    "Scanned",
    "Severity",
    "extract",
    "scan_file",
    "scan_folder",
    "to_sarif",
    "wrong_in_box",
]
