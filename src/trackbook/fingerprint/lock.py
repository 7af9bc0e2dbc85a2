"""Everything that is installed, at exact versions, and where it came from."""

from __future__ import annotations

import json
import platform
import sysconfig
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from trackbook.fingerprint.distributions import known, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackbook.fingerprint.distributions import Known


class Installed(NamedTuple):
    """What is installed, as name==version, sorted; and for each where it came from."""

    packages: list[str]
    origins: list[str]
    """As pip writes it (`git+https://…@commit`, `-e file:///…`); empty for an index."""


seen: list[tuple[list[Known], Installed]] = []
"""What was made last, and from what."""


def installed() -> Installed:
    """Return everything that is installed; some 20 ms where the folders have changed."""
    now = known()
    if not seen or seen[0][0] is not now:
        seen[:] = [(now, lock_of(now))]
    return seen[0][1]


def lock_of(distributions: Iterable[Known]) -> Installed:
    """Return distributions with their origins; the first of a name counts, as for imports."""
    found: dict[str, tuple[str, str]] = {}
    for name, number, files in distributions:
        if plain(name) not in found:
            origin = origin_of(files.read_text("direct_url.json"))
            found[plain(name)] = f"{name}=={number}", origin
    rows = [found[key] for key in sorted(found)]
    return Installed([package for package, _ in rows], [origin for _, origin in rows])


def environment_hash(packages: Iterable[str], *, surface: Sequence[str] = ()) -> str:
    """Return a digest that is equal for environments that are interchangeable.

    It is the SHA-256, in hex, of one line for each `name==version`, the names as indexes
    compare them, sorted, behind a line each for the implementation, the Python and the platform.

    Args:
        packages: everything installed, as name==version
        surface: those three; this process's own when left out
    """
    split = (package.partition("==") for package in packages)
    lines = sorted(f"{plain(name)}=={version}" for name, _, version in split)
    return sha256("\n".join([*(surface or own_surface()), *lines]).encode()).hexdigest()


def own_surface() -> tuple[str, str, str]:
    """Return this process's implementation, Python and platform."""
    return (
        platform.python_implementation(),
        platform.python_version(),
        sysconfig.get_platform(),
    )


def origin_of(text: str | None) -> str:
    """Return where a distribution came from, from its direct_url.json; empty for an index.

    A folder that is gone is one in which somebody else built the package, as conda does:
    that is an index.
    """
    if not text:
        return ""
    try:
        facts = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(facts, dict) or not isinstance(facts.get("url"), str):
        return ""
    url = without_login(facts["url"])
    if url.startswith("file:") and not Path(unquote(urlsplit(url).path)).exists():
        return ""
    below = facts.get("subdirectory")
    fragment = f"#subdirectory={below}" if isinstance(below, str) else ""
    source = facts.get("vcs_info")
    if isinstance(source, dict):
        return f"{source.get('vcs')}+{url}@{source.get('commit_id')}{fragment}"
    folder = facts.get("dir_info")
    editable = isinstance(folder, dict) and folder.get("editable") is True
    return f"{'-e ' if editable else ''}{url}{fragment}"


def without_login(url: str) -> str:
    """Return an address without the user and password in it; git's `git@host:` stays."""
    try:
        parts = urlsplit(url)
        if not parts.netloc:
            return url
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return ""
