"""A project from a template: everything is looked at first, nothing is overwritten."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.templates.manifest import Template

BLANK = b"{{project}}"
NOT_A_NAME = re.compile(r"[^\w-]+")
LONGEST, MOST_SHOWN = 60, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One folder or file that a template makes."""

    path: str
    """In the project."""
    what: Literal["folder", "file"]
    is_there: bool
    """A folder that stays as it is."""
    content: bytes = b""


def project_name(folder: Path) -> str:
    """Return a project's name from its folder's: letters, digits, _ and - only."""
    name = NOT_A_NAME.sub("_", folder.resolve().name).strip("_-")
    return name[:LONGEST] or "project"


def planned(
    template: Template, folder: Path, project: str, *, also: Sequence[str] = ()
) -> list[Planned]:
    """Return what a template makes in a folder, folders before what is in them.

    Args:
        template: the template
        folder: the project's
        project: its name, where the template leaves a blank for it
        also: further folders

    Raises:
        Refused: something of it is there, or a folder leads elsewhere
    """
    root = folder.resolve()
    if root.exists() and not root.is_dir():
        raise Refused(f"{folder} is no folder: name another")
    there = [path for path in template.files if os.path.lexists(root / path)]
    if there:
        more = f" and {len(there) - MOST_SHOWN} more" if len(there) > MOST_SHOWN else ""
        raise Refused(
            f"{', '.join(there[:MOST_SHOWN])}{more} in {folder} would be overwritten: move"
            " it away, or name another folder; nothing was written"
        )
    parents = {str(one) for path in template.files for one in parents_of(path)}
    found = [
        folder_at(root, path, is_filled=path in parents)
        for path in sorted({*parents, *also})
    ]
    files = [
        Planned(
            path=path,
            what="file",
            is_there=False,
            content=content.replace(BLANK, project.encode())
            if path in template.fill
            else content,
        )
        for path, content in template.files.items()
    ]
    return [*found, *files]


def parents_of(path: str) -> list[str]:
    """Return the folders that a file needs."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def folder_at(root: Path, path: str, *, is_filled: bool) -> Planned:
    """Return a folder as it is to be, refusing to fill one that leads elsewhere."""
    place = root / path
    is_there = os.path.lexists(place)
    if is_there and ((is_filled and place.is_symlink()) or not place.is_dir()):
        raise Refused(
            f"{path} is there and no folder of the project's own: move it away, or name"
            " another folder; nothing was written"
        )
    return Planned(path=path, what="folder", is_there=is_there)


def make(plan: Sequence[Planned], folder: Path) -> None:
    """Make what was planned; where that fails midway, what was made is taken away again.

    Raises:
        Refused: the folder cannot be written to, or something came up there meanwhile
    """
    root = folder.resolve()
    made: list[Path] = []
    try:
        for missing in [one for one in (*reversed(root.parents), root) if not one.exists()]:
            missing.mkdir()
            made.append(missing)
        for one in plan:
            if one.is_there:
                continue
            place = root / one.path
            if one.what == "folder":
                place.mkdir()
                made.append(place)
            else:
                with place.open("xb") as opened:  # never through a link, never over a file
                    made.append(place)
                    opened.write(one.content)
    except OSError as error:
        take_away(made)
        raise Refused(
            f"cannot write to {error.filename or folder} ({error.strerror or error});"
            " nothing was kept: name another folder"
        ) from error


def take_away(made: Sequence[Path]) -> None:
    """Remove what was just made, as far as nobody put anything into it."""
    for place in reversed(made):
        try:
            if place.is_dir():
                place.rmdir()
            else:
                place.unlink()
        except OSError:
            continue  # it is in use by now: it stays
