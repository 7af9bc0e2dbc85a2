"""Scans files and folders on disk, without following links and without running anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound
from trackbook.scan.desk import Desk
from trackbook.scan.finding import Scan
from trackbook.scan.limits import Budget, Limits, Spent
from trackbook.scan.look import look
from trackbook.scan.paths import fold, trick_in_part
from trackbook.scan.reader import Blob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""A pipe that took the place of a file must not hold the scan up."""


def scan_file(
    path: Path | str,
    *,
    allow: Iterable[str] = (),
    secrets: Callable[[str], str] | None = None,
    limits: Limits | None = None,
) -> Scan:
    """Return what speaks against a file; it is read, never executed and never unpickled.

    `allow`: further names, such as `shop.models.Basket`, that pickles may use: code that you
    trust. `secrets`: what masks secrets in a text, beside the forms that are known here.
    """
    file = Path(path)
    if file.is_dir():
        raise Misused(f"{str(file)!r} is a folder: scan it with scan_folder")
    if not file.exists():
        raise NotFound(f"no file {str(file)!r}")
    desk = desk_of(allow, secrets, limits)
    # A link that the user names is followed; links that a package holds never are.
    whole = file.resolve()

    def scan() -> None:
        scan_open(whole.name, os.fspath(whole), None, desk, shown_name=file.name)

    return timed(scan, desk, file.name)


def scan_folder(
    path: Path | str,
    *,
    allow: Iterable[str] = (),
    secrets: Callable[[str], str] | None = None,
    limits: Limits | None = None,
) -> Scan:
    """Return what speaks against a folder and every file below it; as `scan_file`."""
    folder = Path(path)
    if not folder.exists():
        raise NotFound(f"no folder {str(folder)!r}")
    if not folder.is_dir():
        raise Misused(f"{str(folder)!r} is a file: scan it with scan_file")
    desk = desk_of(allow, secrets, limits)
    top = os.fspath(folder.resolve())
    return timed(lambda: walk(top, desk), desk, ".")


def desk_of(
    allow: Iterable[str], secrets: Callable[[str], str] | None, limits: Limits | None
) -> Desk:
    """Return a desk for one scan."""
    return Desk(Budget(limits or Limits()), look, allow=frozenset(allow), mask=secrets)


def timed(scan: Callable[[], None], desk: Desk, path: str) -> Scan:
    """Return what a scan found; a limit that was reached is a finding too."""
    begun = monotonic()
    try:
        scan()
    except Spent as fault:
        desk.last(path, str(fault))
    order = {"error": 0, "warning": 1, "note": 2}
    return Scan(
        findings=tuple(
            sorted(desk.findings, key=lambda f: (order[f.severity], f.path, f.code))
        ),
        files=tuple(desk.files),
        duration_s=monotonic() - begun,
    )


def walk(top: str, desk: Desk) -> None:
    """Scan all that is in a folder."""
    count = 0

    def unreadable(fault: OSError) -> None:
        desk.unclear(os.path.relpath(fault.filename or top, top), "cannot be opened")

    for folder, folders, files, fd in os.fwalk(top, onerror=unreadable):
        inside = os.path.relpath(folder, top)
        prefix = "" if inside == "." else inside.replace(os.sep, "/") + "/"
        seen: set[str] = set()
        for name in sorted(folders + files):
            desk.budget.spend()
            path = prefix + name
            tell_of_name(name, path, seen, desk)
            mode = mode_of(name, fd)
            if stat.S_ISREG(mode):
                count += 1
                scan_open(name, name, fd, desk, shown_name=path)
            elif not stat.S_ISDIR(mode):
                desk.error(
                    path, "link", "is a link, or no plain file, or gone: it is not followed"
                )
        folders.sort()
    if not count:
        desk.unclear(".", "holds no file")


def mode_of(name: str, folder: int) -> int:
    """Return what something in an open folder is; 0 where it is gone."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return 0


def tell_of_name(name: str, path: str, seen: set[str], desk: Desk) -> None:
    """Tell what is wrong with a name in a folder."""
    trick = trick_in_part(name)
    if trick:
        desk.error(path, "path-trick", trick)
    if fold(name) in seen:
        desk.error(
            path, "duplicate-name", "differs from another name in its folder by case only"
        )
    seen.add(fold(name))


def scan_open(
    name: str, path: str, folder: int | None, desk: Desk, *, shown_name: str
) -> None:
    """Open one file, and scan it if it still is a plain one."""
    try:
        fd = os.open(path, READ, dir_fd=folder)
    except OSError as fault:
        desk.unclear(shown_name, f"cannot be opened: {fault.strerror}")
        return
    with open(fd, "rb") as file:  # noqa: PTH123  opened already, without following links
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            desk.error(shown_name, "link", "is no plain file")
            return
        called = shown_name.rpartition("/")[2]
        desk.look(Blob(shown_name, called or name, file, facts.st_size), desk)
