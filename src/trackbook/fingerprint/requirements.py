"""A recorded environment as texts from which pip and conda build it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from trackbook.fingerprint.distributions import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SAFE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
SAFE_VERSION = re.compile(r"[A-Za-z0-9.!+_-]+")
SAFE_ORIGIN = re.compile(r"(-e )?[a-z+]+:[!-~]+")


class Pins(NamedTuple):
    """Packages as lines that pip reads, and what cannot be built."""

    lines: list[str]
    remarks: list[str]
    """Why a package is not, or not exactly, in the lines."""

    def text(self, head: Iterable[str] = ()) -> str:
        """Return a requirements.txt; `head` are sentences that stand over it."""
        said = [f"# {one_line(words)}" for words in (*head, *self.remarks)]
        return "\n".join([*said, *self.lines]) + "\n"


def pins(
    packages: Iterable[str], origins: Mapping[str, str] | None = None, *, local: bool = True
) -> Pins:
    """Return recorded packages as lines for pip.

    Args:
        packages: as name==version
        origins: by name, where those came from that came from no index
        local: whether folders of this machine can be reached where it is built
    """
    known = {plain(name): origin for name, origin in (origins or {}).items() if origin}
    found = Pins([], [])
    for package in sorted(set(packages), key=str.lower):
        name, _, version = package.partition("==")
        if not (SAFE_NAME.fullmatch(name) and SAFE_VERSION.fullmatch(version)):
            found.remarks.append(f"{package}: left out, pip knows no such name")
        elif origin := known.get(plain(name)):
            direct(found, package, name, origin, local=local)
        else:
            from_index(found, name, version)
    return found


def direct(found: Pins, package: str, name: str, origin: str, *, local: bool) -> None:
    """Add a package that came from a folder, a file, an address or version control."""
    where = origin.removeprefix("-e ")
    if not SAFE_ORIGIN.fullmatch(origin):
        found.remarks.append(f"{package}: left out, it came from {where}")
    elif where.startswith("file:") and not local:
        found.remarks.append(f"{package}: left out, it is in a folder of its own: {where}")
    elif where.startswith("file:"):
        found.remarks.append(f"{package}: as it is in its folder now, not as it was")
        # `-e` takes no `name @`: the folder itself says its name.
        found.lines.append(origin if origin != where else f"{name} @ {where}")
    else:
        found.lines.append(f"{name} @ {where}")


def from_index(found: Pins, name: str, version: str) -> None:
    """Add a package of an index; of a build of its own (`+cpu`) the public version."""
    public, _, build = version.partition("+")
    if not build:
        found.lines.append(f"{name}=={version}")
    else:
        found.lines.append(f"{name}=={public}")
        found.remarks.append(
            f"{name}=={version}: the public version; for that build, name its own index"
        )


def one_line(words: str) -> str:
    """Return a text that cannot leave its comment."""
    return "".join(c if c.isprintable() else " " for c in words)
