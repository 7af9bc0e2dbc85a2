"""Tells of programs, and of kinds of files that are known but not looked into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.scan.kinds import suffix
from trackbook.scan.texts import scan_text

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.finding import Severity
    from trackbook.scan.reader import Blob

PROGRAMS = {
    "elf": "a program or library for Linux", "pe": "a program or library for Windows",
    "macho": "a program or library for macOS, or a Java class", "wasm": "a WebAssembly program",
    "dex": "an Android program", "ar": "a library of machine code",
    "pyc": "compiled Python, which is code that cannot be read",
    "java": "a serialised Java object, which runs code when it is read",
    "r": "a saved R object, which can run code when it is read",
}  # fmt: skip
MACRO = re.compile(rb"V\0B\0A\0|_VBA_PROJECT|A\0t\0t\0r\0i\0b\0u\0t")
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|OpenAction|EmbeddedFile)\b")
GRAPH_CODE = re.compile(rb"\b(?:PyFunc|PyFuncStateless|EagerPyFunc|ReadFile|WriteFile)\b")
MOST_SEARCHED = 1 << 26


def scan_program(kind: str, blob: Blob, desk: Desk) -> None:
    """Tell what a file is that no model needs, or that is not understood here."""
    if kind in PROGRAMS:
        desk.error(blob.path, "program", f"is {PROGRAMS[kind]}")
    elif kind == "script":
        severity: Severity = "note" if suffix(blob.name) == ".py" else "warning"
        desk.tell(blob.path, severity, "script", "is a script that a shell can start")
        scan_text(blob, desk)
    elif kind == "ole":
        if MACRO.search(blob.head(MOST_SEARCHED)):
            desk.error(blob.path, "macro", "is an old Office document with macros")
        else:
            desk.unclear(blob.path, "is an old Office document, which is not looked into")
    elif kind == "pdf":
        if ACTIVE_PDF.search(blob.head(MOST_SEARCHED)):
            desk.tell(
                blob.path, "warning", "active", "is a PDF that starts something when opened"
            )
    elif kind == "tensorflow" and GRAPH_CODE.search(blob.head(MOST_SEARCHED)):
        desk.error(
            blob.path, "graph-code", "is a TensorFlow graph that runs Python or opens files"
        )
    elif kind == "unknown":
        desk.unclear(blob.path, "is of no kind that is known here")
    else:
        desk.unclear(blob.path, f"is {kind}, which is not looked into")
