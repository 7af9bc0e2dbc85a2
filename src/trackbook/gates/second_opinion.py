"""A second opinion on pickles: what picklescan says, where it is installed."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trackbook.errors import TrackbookError
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.child import run_child
from trackbook.gates.dependencies import in_words
from trackbook.gates.package import MB, files_of
from trackbook.gates.security import PICKLED, PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

SCRIPT = Path(__file__).with_name("second_scan.py")
SUFFIXES = (*PICKLED, ".npy", ".npz", ".zip", ".skops", ".bin", ".7z")
BEGINNINGS = (*PROTOCOLS, b"PK", b"\x93N", b"7z")
"""The first two bytes of what picklescan can read: text it would take for pickles."""
MEMORY_MB = 2_000
LARGEST_NOTE = 50 * MB


class Unscanned(TrackbookError):
    """picklescan did not come to its end."""


class Named(msgspec.Struct, frozen=True):
    """What a file names that is looked up when it is loaded."""

    is_broken: bool
    names: list[tuple[str, str]]
    """How safe each is, and its name."""


def of_picklescan(
    _candidate: Candidate, bench: Bench, *, max_suspicious: int | None = None
) -> Answer:
    """A second scanner, picklescan, finds nothing dangerous, and at most so many suspicious names.

    It works in a process of its own, without network. Beside `security.scan`, which knows what
    may be there, it knows what may not: both have to pass.
    """
    if importlib.util.find_spec("picklescan") is None:
        return skipped("picklescan is not installed: pip install 'trackbook[scan]'")
    files = [name for name, path in files_of(bench.folder) if can_be_read(path)]
    found = scanned(bench, files) if files else {}
    by: dict[str, list[str]] = {"dangerous": [], "suspicious": []}
    for file, one in found.items():
        for safety, name in one.names:
            by.setdefault(safety, []).append(f"{file} names {name}")
    broken = [file for file, one in found.items() if one.is_broken]
    counts = {safety: len(names) for safety, names in by.items()} | {"broken": len(broken)}
    evidence = {"picklescan": version("picklescan"), "files": files, "broken": broken, **by}
    held = {"dangerous": 0, "max_suspicious": max_suspicious}
    if by["dangerous"]:
        return failed(in_words(by["dangerous"], longest=160), counts, held, **evidence)
    if broken:
        said = f"cannot be read to the end: {in_words(broken)}"
        return failed(said, counts, held, **evidence)
    odd = len(by["suspicious"])
    if max_suspicious is not None and odd > max_suspicious:
        said = (
            f"{odd} names that it does not know: {in_words(by['suspicious'], longest=160)}"
        )
        return failed(said, counts, held, **evidence)
    more = f", {odd} names that it does not know" if odd else ""
    return passed(
        f"nothing dangerous in {len(files)} files{more}", counts, held, **evidence
    )


def can_be_read(path: Path) -> bool:
    """Tell whether a file is one that picklescan reads, by its name or its first bytes."""
    if path.is_symlink() or not path.is_file():
        return False
    if path.suffix.lower() in SUFFIXES:
        return True
    with path.open("rb") as opened:
        return opened.read(2) in BEGINNINGS


def scanned(bench: Bench, files: list[str]) -> Mapping[str, Named]:
    """Return what files name, as picklescan sees it.

    Raises:
        Unscanned: it did not come to its end: what it has not seen may be anything
    """
    work = Path(tempfile.mkdtemp(prefix="scan-", dir=bench.scratch))
    (work / "files.json").write_text(json.dumps(files), encoding="utf-8")
    ended = run_child(
        SCRIPT,
        [str(bench.folder.resolve()), str(work)],
        work,
        seconds=bench.seconds_left,
        memory_bytes=MEMORY_MB * MB,
        halt=bench.halt,
        network="closed",
    )
    note = work / "found.json"
    if ended.why == "ended" and ended.code == 0 and note.stat().st_size <= LARGEST_NOTE:
        return msgspec.json.decode(note.read_bytes(), type=dict[str, Named])
    now = work / "now"
    at = now.read_text(encoding="utf-8", errors="replace") if now.is_file() else "its start"
    why = ended.last_line if ended.why == "ended" else f"no {ended.why} was left"
    raise Unscanned(f"picklescan did not come past {at}: {why}")


def no_count(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a number of suspicious names."""
    most = params.get("max_suspicious")
    return (
        "max_suspicious cannot be negative" if isinstance(most, int) and most < 0 else None
    )
