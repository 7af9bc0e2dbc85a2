"""Which packages a process has in use, at which versions."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def packages_in_use(modules: Iterable[str] | None = None) -> list[str]:
    """Return `name==version` of every installed package that is imported, sorted.

    Looking up the installed packages takes some 100 ms the first time: meant for
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
    from importlib.metadata import packages_distributions

    return dict(packages_distributions())


@cache
def version_of(distribution: str) -> str | None:
    """Return a distribution's version, or None when it is half installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
