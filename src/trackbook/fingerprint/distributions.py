"""What is installed, read once as long as nothing is installed or taken away."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import Distribution

    State = tuple[tuple[str, int], ...]

NAMED = re.compile(r"^Name: *(.+)$", re.MULTILINE)
NUMBERED = re.compile(r"^Version: *(.+)$", re.MULTILINE)
RUNS = re.compile(r"[-_.]+")


class Known(NamedTuple):
    """An installed distribution, as it calls itself."""

    name: str
    version: str
    files: Distribution


def known() -> list[Known]:
    """Return what is installed, as the search path has it; 15 ms where it has changed."""
    return _known(state_of(sys.path))


def state_of(folders: Sequence[object]) -> State:
    """Return what changes when something is installed into a folder or taken out of it."""
    found = []
    for folder in tuple(folders):
        if type(folder) is str:
            try:
                found.append((folder, Path(folder).stat().st_mtime_ns))
            except (OSError, ValueError):
                continue
    return tuple(found)


def plain(name: str) -> str:
    """Return a distribution's name as indexes compare it: lower case, runs of -_. as one -."""
    return RUNS.sub("-", name.lower())


@lru_cache(maxsize=1)
def _known(_state: State) -> list[Known]:
    from importlib.metadata import distributions

    found = []
    for each in distributions():
        # Python's own parser of these files, made for mail, takes six times as long: of a
        # thread that the user's cells share the interpreter with.
        text = next(filter(None, map(each.read_text, ("METADATA", "PKG-INFO", ""))), "")
        head = text.partition("\n\n")[0]
        name, version = NAMED.search(head), NUMBERED.search(head)
        if name and version:  # else it is half installed
            found.append(Known(name[1].strip(), version[1].strip(), each))
    return found
