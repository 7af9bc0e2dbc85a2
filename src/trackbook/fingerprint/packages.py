"""Which packages a process has in use, at which versions."""

from __future__ import annotations

import re
import sys
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution


def packages_in_use(modules: Iterable[str] | None = None) -> list[str]:
    """Return `name==version` of every installed package that is imported, sorted.

    Looking up the installed packages takes some 50 ms the first time: meant for
    a background thread.
    """
    loaded = {name.partition(".")[0] for name in (modules or tuple(sys.modules))}
    found = set()
    for top in loaded - sys.stdlib_module_names:
        for distribution in owners().get(top, ()):
            if (number := version_of(distribution)) is not None:
                found.add(f"{distribution}=={number}")
    return sorted(found, key=str.lower)


def digest_of(packages: Iterable[str]) -> str:
    """Return a digest that is equal for equal packages, whatever their order."""
    whole = "\n".join(sorted(packages)).encode()
    return blake2b(whole, digest_size=16).hexdigest()


@cache
def owners() -> dict[str, list[str]]:
    """Return the distributions that each top-level module comes from."""
    from importlib.metadata import distributions

    found: dict[str, list[str]] = {}
    for each in distributions():
        # Python's own packages_distributions parses each file of each package: half a
        # second of a thread that the user's cells share the interpreter with.
        about = each.read_text("METADATA") or each.read_text("PKG-INFO") or ""
        named = NAMED.search(about)
        for top in modules_of(each) if named else ():
            found.setdefault(top, []).append(named[1].strip())  # type: ignore[index] # it is there
    return found


def modules_of(distribution: Distribution) -> set[str]:
    """Return the top-level modules that a distribution says or shows it has."""
    declared = distribution.read_text("top_level.txt")
    if declared:
        return set(declared.split())
    listed = distribution.read_text("RECORD") or ""
    heads = {line.partition(",")[0].partition("/")[0] for line in listed.splitlines()}
    return {name for head in heads if (name := head.partition(".")[0]).isidentifier()}


NAMED = re.compile(r"^Name: *(.+)$", re.MULTILINE)


@cache
def version_of(distribution: str) -> str | None:
    """Return a distribution's version, or None when it is half installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
