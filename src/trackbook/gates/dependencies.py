"""Whether what a package needs is pinned, and whether this environment has it."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from trackbook.gates.answer import Answer, failed, passed, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

PLACES = ("environment/requirements.txt", "requirements.txt")
LARGEST = 1_000_000
COMMENT = re.compile(r"(^|\s)#.*$")
HASHES = re.compile(r"\s--hash[= ]\S+")
FIXED = re.compile(r"@[0-9a-f]{40}(#|$)|#(.*&)?(sha256|sha512)=[0-9a-f]{64,}")
"""An address that always gives the same bytes: a whole commit, or a digest."""
BRINGS = re.compile(r"(-r|-e|-c|--requirement|--editable|--constraint)\b")
"""Options that bring requirements of their own; all others say where from, and how."""


class Line(NamedTuple):
    """One line of a requirements file."""

    text: str
    need: Requirement | None
    """None where the line is none: an option, a folder, something else."""


def pinned(_candidate: Candidate, bench: Bench) -> Answer:
    """Every requirement of the package names one exact version."""
    file = file_in(bench.folder)
    if file is None:
        return failed(f"the package has no {PLACES[0]}")
    lines = list(lines_of(file))
    if not lines:
        return failed(f"{PLACES[0]} names nothing: not even what loads the model")
    loose = [line.text for line in lines if not is_exact(line)]
    if loose:
        return failed(
            f"{len(loose)} of {len(lines)} requirements not pinned with ==: {in_words(loose)}",
            len(lines) - len(loose),
            len(lines),
            loose=loose,
        )
    return passed(
        f"every requirement has its version ({len(lines)})", len(lines), len(lines)
    )


def resolves(_candidate: Candidate, bench: Bench) -> Answer:
    """Everything that the package requires is installed here, in a version that goes."""
    file = file_in(bench.folder)
    if file is None:
        return skipped(f"the package has no {PLACES[0]}")
    lines = [line for line in lines_of(file) if applies(line)]
    faults = [fault for line in lines if (fault := fault_of(line)) is not None]
    if faults:
        return failed(f"not as here: {in_words(faults)}", len(faults), 0, faults=faults)
    return passed(f"every requirement is installed here ({len(lines)})", 0, 0)


def fault_of(line: Line) -> str | None:
    """Say in what this environment does not have a requirement; None where it has."""
    need = line.need
    if need is None:
        return f"{line.text} is no requirement that can be looked up"
    try:
        here = version_of(need.name)
    except PackageNotFoundError:
        return f"{need.name} is not installed"
    if need.specifier and not need.specifier.contains(here, prereleases=True):
        return f"{need.name} {here} is installed, {need.specifier} is required"
    return None


def applies(line: Line) -> bool:
    """Tell whether a line is meant for this system and this Python."""
    marker = line.need.marker if line.need is not None else None
    return marker is None or marker.evaluate()


def is_exact(line: Line) -> bool:
    """Tell whether a line always brings the same."""
    need = line.need
    if need is None:
        return False
    if need.url is not None:
        return FIXED.search(need.url) is not None
    specs = list(need.specifier)
    return (
        len(specs) == 1
        and specs[0].operator in {"==", "==="}
        and not specs[0].version.endswith("*")
    )


def file_in(folder: Path) -> Path | None:
    """Return the package's requirements file; a link is none."""
    files = (folder / place for place in PLACES)
    return next((f for f in files if f.is_file() and not f.is_symlink()), None)


def lines_of(file: Path) -> Iterator[Line]:
    """Yield what a requirements file asks for, one by one."""
    with file.open("rb") as opened:
        text = opened.read(LARGEST).decode("utf-8-sig", errors="replace")
    for raw in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        line = HASHES.sub("", COMMENT.sub("", raw)).strip()
        if not line or (line.startswith("-") and not BRINGS.match(line)):
            continue
        try:
            yield Line(line, Requirement(line))
        except InvalidRequirement:
            yield Line(line, None)


def in_words(names: Sequence[str], *, longest: int = 80) -> str:
    """Return the first names of a list, and how many more there are."""
    few = 4
    more = f" and {len(names) - few} more" if len(names) > few else ""
    return ", ".join(name[:longest] for name in names[:few]) + more
