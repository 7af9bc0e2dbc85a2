"""Which packages a process has in use, at which versions."""

from __future__ import annotations

import sys
from hashlib import blake2b
from typing import TYPE_CHECKING

from trackbook.fingerprint.distributions import known, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import Distribution

    from trackbook.fingerprint.distributions import Known


seen: list[tuple[list[Known], dict[str, list[str]]]] = []
"""The modules found last, and in what."""


def packages_in_use(modules: Iterable[str] | None = None) -> list[str]:
    """Return `name==version` of every installed package that is imported, sorted.

    Looking up the installed packages takes some 40 ms the first time: meant for
    a background thread.
    """
    loaded = {name.partition(".")[0] for name in (modules or tuple(sys.modules))}
    of_module, numbers = owners(), versions()
    found = {
        f"{name}=={numbers[plain(name)]}"
        for top in loaded - sys.stdlib_module_names
        for name in of_module.get(top, ())
    }
    return sorted(found, key=str.lower)


def digest_of(packages: Iterable[str]) -> str:
    """Return a digest that is equal for equal packages, whatever their order."""
    whole = "\n".join(sorted(packages)).encode()
    return blake2b(whole, digest_size=16).hexdigest()


def owners() -> dict[str, list[str]]:
    """Return the distributions that each top-level module comes from."""
    now = known()
    if not seen or seen[0][0] is not now:
        found: dict[str, list[str]] = {}
        for name, _, files in now:
            # Python's own packages_distributions parses each file of each package: half a second.
            for top in modules_of(files):
                found.setdefault(top, []).append(name)
        seen[:] = [(now, found)]
    return seen[0][1]


def versions() -> dict[str, str]:
    """Return the version of each distribution by its plain name; the first of a name counts."""
    return {plain(name): number for name, number, _ in reversed(known())}


def modules_of(distribution: Distribution) -> set[str]:
    """Return the top-level modules that a distribution says or shows it has."""
    declared = distribution.read_text("top_level.txt")
    if declared:
        return set(declared.split())
    listed = distribution.read_text("RECORD") or ""
    heads = {line.partition(",")[0].partition("/")[0] for line in listed.splitlines()}
    return {name for head in heads if (name := head.partition(".")[0]).isidentifier()}
