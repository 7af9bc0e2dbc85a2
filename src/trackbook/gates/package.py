"""Whether a package is whole, and small enough."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.gates.answer import Answer, failed, passed, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

MB = 1_000_000


def intact(candidate: Candidate, bench: Bench) -> Answer:
    """The package's bytes are those that were registered."""
    if candidate.verify is None:
        return skipped("no way to verify packages was given")
    said = tampered(bench)
    digest = candidate.package_digest
    if said is not None:
        return failed(said, threshold=digest)
    return passed(f"every file is as it was registered ({digest[:12]})", digest, digest)


def tampered(bench: Bench) -> str | None:
    """Say in what the package is not as registered; None where it is, or nobody can tell."""
    verify = bench.candidate.verify
    if verify is None:
        return None
    try:
        verify(bench.folder, bench.candidate.package_digest)
    except TrackbookError as error:
        return str(error)
    return None


def size(_candidate: Candidate, bench: Bench, *, max_mb: float = 500.0) -> Answer:
    """The package's files take no more room than `max_mb` megabytes."""
    sizes = {name: path.lstat().st_size for name, path in files_of(bench.folder)}
    total = sum(sizes.values())
    largest = sorted(sizes, key=lambda name: -sizes[name])[:5]
    said = f"{in_mb(total)} in {len(sizes)} files"
    held = {"max_mb": max_mb}
    evidence = {"largest": {name: sizes[name] for name in largest}}
    if total > max_mb * MB:
        return failed(f"{said}, {max_mb:g} MB are allowed", total / MB, held, **evidence)
    return passed(said, total / MB, held, **evidence)


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file of a folder with its name in it; links are files, never followed."""
    for place, folders, names in os.walk(folder, followlinks=False):
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted((*names, *linked)):
            path = Path(place, name)
            yield path.relative_to(folder).as_posix(), path


def in_mb(size_bytes: float) -> str:
    """Return a number of bytes in megabytes."""
    return (
        f"{size_bytes / MB:.3g} MB"
        if size_bytes < 1000 * MB
        else f"{size_bytes / MB:.0f} MB"
    )
