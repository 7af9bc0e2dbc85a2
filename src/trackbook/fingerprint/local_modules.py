"""Modules in use that no package brought: a user's own files, with their source."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_FILES = 500
MOST_BYTES = 1 << 20
"""Of one file; longer ones are data and not code."""
OF_PACKAGES = {"site-packages", "dist-packages"}
OWN = "trackbook"
DICT_OF: Any = vars(ModuleType)["__dict__"]
"""Past a module's own `__getattr__`: a lazy one would import itself."""


class Source(NamedTuple):
    """One local module and what its file holds now."""

    name: str
    path: str
    text: str


def local_modules(before: Collection[str] = (), folder: str | None = None) -> list[Source]:
    """Return the local modules in use, by name.

    Args:
        before: names of modules that were there when the session began: they are whoever
            started it, and left out
        folder: those whose files are in it are the user's all the same
    """
    inside = f"{folder}{os.sep}" if folder is not None else None
    found: dict[str, Source] = {}
    for name, module in sys.modules.copy().items():  # others import meanwhile
        file = file_of(module)
        if file is None or type(name) is not str or name.partition(".")[0] == OWN:
            continue
        if name in before and not (inside is not None and file.startswith(inside)):
            continue
        if is_local(file) and (text := source_of(file)) is not None:
            found[name] = Source(name, file, text)
            if len(found) >= MOST_FILES:
                break
    return [found[name] for name in sorted(found)]


def file_of(module: object) -> str | None:
    """Return the Python file of a module, without asking the module."""
    if not issubclass(type(module), ModuleType):
        return None
    file = DICT_OF.__get__(module).get("__file__")
    return file if type(file) is str and file.endswith(".py") else None


@cache
def library_folders() -> tuple[str, ...]:
    """Return where Python keeps what is not the user's own."""
    paths = sysconfig.get_paths()
    named = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    named += [*site.getsitepackages(), site.getusersitepackages()]
    return tuple(f"{Path(folder).resolve()}/" for folder in named)


@cache
def is_local(file: str) -> bool:
    """Say whether a file is outside Python's own folders and those of packages."""
    path = Path(file)
    if not path.is_absolute() or OF_PACKAGES.intersection(path.parts):
        return False
    return not str(path.resolve()).startswith(library_folders())


read: dict[str, tuple[tuple[int, int], str]] = {}
"""Each file's text, and its size and time when it was read."""


def source_of(file: str) -> str | None:
    """Return a file's text; None where it is gone, or too long to be code."""
    path = Path(file)
    try:
        facts = path.stat()
        state = facts.st_size, facts.st_mtime_ns
        if facts.st_size > MOST_BYTES:
            return None
        if file not in read or read[file][0] != state:
            read[file] = state, path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None
    return read[file][1]
