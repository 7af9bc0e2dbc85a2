"""Whether a package can be loaded without executing what somebody hid in it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.dependencies import in_words
from trackbook.gates.package import files_of

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

PICKLED = (
    ".pkl",
    ".pickle",
    ".joblib",
    ".dill",
    ".cloudpickle",
    ".pt",
    ".pth",
    ".ckpt",
    ".mar",
)
PROTOCOLS = tuple(bytes([0x80, number]) for number in range(2, 6))
"""How a pickle of each protocol since 2 begins."""
MOST_SHOWN = 50


def safe_format(candidate: Candidate, bench: Bench) -> Answer:
    """The model is kept in a form that cannot execute code when it is loaded."""
    suspects = [name for name, path in files_of(bench.folder) if is_pickled(path)]
    if suspects:
        return failed(
            f"loading it can execute code: {in_words(suspects)};"
            " keep it as skops, safetensors, the library's own text, or ONNX",
            len(suspects),
            0,
            files=suspects,
        )
    if candidate.is_unsafe:
        return failed(
            f"its flavour {candidate.flavour!r} can execute code when it is loaded"
        )
    return passed("no file of it executes code when it is loaded", 0, 0)


def is_pickled(path: Path) -> bool:
    """Tell whether a file is a pickle, or holds one, by its name or its first bytes."""
    if path.is_symlink() or not path.is_file():
        return False
    if path.suffix.lower() in PICKLED:
        return True
    with path.open("rb") as opened:
        if opened.read(2) in PROTOCOLS:
            return True
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as inside:
            names = inside.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False  # what a broken archive hides is the scanner's to say
    return any(name.endswith(PICKLED) for name in names)


def scan(_candidate: Candidate, bench: Bench, *, max_warnings: int | None = None) -> Answer:
    """The scanner finds nothing dangerous in the package, and at most so many warnings."""
    found = bench.scanned()
    if found is None:
        return skipped("no scanner was given")
    by_severity: dict[str, list[str]] = {}
    for finding in found.findings:
        said = f"{finding.path}: {finding.words}"
        by_severity.setdefault(finding.severity, []).append(said)
    errors, warnings = by_severity.get("error", []), by_severity.get("warning", [])
    counts = {severity: len(said) for severity, said in sorted(by_severity.items())}
    evidence = {
        "findings": [
            {"path": f.path, "severity": f.severity, "code": f.code, "words": f.words}
            for f in list(found.findings)[:MOST_SHOWN]
        ]
    }
    if errors or not found.is_safe:
        said = errors[0] if errors else "the scanner does not call it safe"
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        return failed(f"{said}{more}", counts, {"error": 0}, **evidence)
    if max_warnings is not None and len(warnings) > max_warnings:
        return failed(
            f"{len(warnings)} warnings, {max_warnings} are allowed: {warnings[0]}",
            counts,
            {"warning": max_warnings},
            **evidence,
        )
    count = f"{len(warnings)} warning" + ("s" if len(warnings) > 1 else "")
    said = f"nothing dangerous, {count}" if warnings else "nothing found"
    return passed(said, counts, {"error": 0}, **evidence)
