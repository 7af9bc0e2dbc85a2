"""Looks at one file or member: says what it is by its bytes, and has that kind scanned."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

from trackbook.scan.gguf import scan_gguf
from trackbook.scan.hdf5 import scan_hdf5
from trackbook.scan.kinds import ENDINGS, INERT, PICKLED, kind_of, suffix
from trackbook.scan.limits import Unclear
from trackbook.scan.npy import scan_npy
from trackbook.scan.onnx import scan_onnx
from trackbook.scan.paths import tell_tricks
from trackbook.scan.pickles import is_pickle, scan_pickle
from trackbook.scan.programs import scan_program
from trackbook.scan.safetensors import scan_safetensors
from trackbook.scan.tars import scan_tar
from trackbook.scan.texts import scan_json, scan_text
from trackbook.scan.unwrap import UNPACKERS, scan_packed
from trackbook.scan.zips import ends_as_zip, scan_zip

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

BROKEN = (
    OSError, ValueError, TypeError, LookupError, EOFError, OverflowError, NotImplementedError,
    RuntimeError, struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
    tarfile.TarError, MemoryError,
)  # fmt: skip
"""What the standard library's readers raise on bytes that are not what they read."""
TEXTUAL = {"text", "json", "unknown", "script"}
HARMLESS = INERT | {"text", "json"}
SCANNERS: dict[str, Callable[[Blob, Desk], object]] = {
    "pickle": scan_pickle, "npy": scan_npy, "tar": scan_tar, "safetensors": scan_safetensors,
    "onnx": scan_onnx, "gguf": scan_gguf, "hdf5": scan_hdf5, "json": scan_json, "text": scan_text,
}  # fmt: skip


def look(blob: Blob, desk: Desk) -> None:
    """Look at one blob and all that is in it; what cannot be understood is a finding."""
    desk.budget.look()
    tell_tricks(blob.path, desk)
    kind = "file"
    try:
        desk.budget.descend(blob.depth)
        kind = disguised(kind_of(blob), blob, desk)
        scan_kind(kind, blob, desk)
    except Unclear as fault:
        desk.unclear(blob.path, str(fault))
    except BROKEN as fault:
        words = str(fault).splitlines()[:1] or [type(fault).__name__]
        desk.unclear(blob.path, f"cannot be read as {kind}: {words[0]}")


def disguised(kind: str, blob: Blob, desk: Desk) -> str:
    """Return the kind, or pickle for what the unpickler takes for one; tell of two-faced files."""
    if kind in TEXTUAL and (
        suffix(blob.name) in PICKLED or is_pickle(blob, desk, is_text=True)
    ):
        return "pickle"
    if kind not in TEXTUAL | {"pickle"} and is_pickle(blob, desk, is_text=False):
        desk.error(
            blob.path, "two-faced", f"is {kind} and also a pickle: it depends on the reader"
        )
        scan_pickle(blob, desk)
    if kind != "zip" and ends_as_zip(blob):
        words = f"is {kind} and also a zip: it depends on the reader"
        desk.error(blob.path, "two-faced", words)
    return kind


def scan_kind(kind: str, blob: Blob, desk: Desk) -> None:
    """Have a blob scanned as what it is, and compare that with what its name says."""
    if kind == "zip":
        found = scan_zip(blob, desk)
        check_ending({"zip", found}, blob, desk)
        return
    desk.kind(blob, kind)
    check_ending({kind}, blob, desk)
    if kind in UNPACKERS:
        scan_packed(blob, desk, kind)
    elif kind in SCANNERS:
        SCANNERS[kind](blob, desk)
    elif kind not in INERT:
        scan_program(kind, blob, desk)


def check_ending(kinds: set[str], blob: Blob, desk: Desk) -> None:
    """Tell that a file is not what its name says."""
    expected = ENDINGS.get(suffix(blob.name))
    if expected is None or kinds & expected or "empty" in kinds:
        return
    kind = min(kinds - {"zip"} or kinds)
    words = f"is {kind} by its bytes, and called {suffix(blob.name)}"
    if kinds <= HARMLESS:
        desk.tell(blob.path, "warning", "mismatch", words)
    else:
        desk.error(blob.path, "mismatch", words)
