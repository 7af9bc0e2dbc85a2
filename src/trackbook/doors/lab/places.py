"""Where things are that a browser names: always inside of the folder that the server shows."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from trackbook.doors.lab.shapes import Place
from trackbook.errors import NotFound, Refused
from trackbook.settings import FOLDER

NONE_YET = "nothing is recorded here yet: run a cell with %load_ext trackbook"


def inside(root: Path, path: str) -> Path:
    """Return what a path of the server's own means on disk, links followed.

    Args:
        root: the folder that the server shows
        path: with slashes, below it, as the file browser has it

    Raises:
        Refused: it leads out of the folder
    """
    named = PurePosixPath(path.strip("/"))
    if "\0" in path or "\\" in path or ".." in named.parts:
        raise Refused(f"{path!r} is not below the server's folder")
    root = root.resolve()
    found = (root / named).resolve()
    if not found.is_relative_to(root):
        raise Refused(f"{path!r} leads out of the server's folder")
    return found


def project_named(root: Path, path: str) -> Path:
    """Return a project's folder.

    Raises:
        NotFound: there is none, or it lies elsewhere
        Refused: the path leads out of the server's folder
    """
    folder = inside(root, path)
    kept = folder / FOLDER
    if not kept.is_dir():
        raise NotFound(f"no project in {path or 'the folder of the server'!r}: {NONE_YET}")
    if not kept.resolve().is_relative_to(root.resolve()):
        raise Refused(f"the project of {path!r} lies outside of the server's folder")
    return folder


def place_of(root: Path, path: str, *, named: str | None = None) -> Place:
    """Return which project a notebook or a folder belongs to.

    Args:
        root: the folder that the server shows
        path: of the notebook or the folder, below it
        named: the folder that TRACKBOOK_PROJECT names for every kernel, if it does
    """
    root, here = root.resolve(), inside(root, path)
    folder = here if here.is_dir() else here.parent
    if named:
        folder = Path(named).expanduser().resolve()
    notebook = str(here) if here.suffix == ".ipynb" else None
    for one in (folder,) if named else (folder, *folder.parents):
        if (one / FOLDER).is_dir():
            if not (one / FOLDER).resolve().is_relative_to(root):
                words = f"its project is {one}, outside of the folder that Jupyter shows"
                return Place(project=None, notebook=notebook, words=words)
            if not any((one / FOLDER).iterdir()):
                break  # made, and nothing written yet
            below = one.relative_to(root).as_posix()
            project = "" if below == "." else below
            return Place(project=project, notebook=notebook, words="")
    return Place(project=None, notebook=notebook, words=NONE_YET)


def names_of(root: Path, project: Path, path: str) -> list[str]:
    """Return the names under which a notebook's runs may be on record."""
    file = inside(root, path)
    found = [str(file), str(root / path.strip("/")), path.strip("/")]
    return list(dict.fromkeys([*found, os.path.relpath(file, project)]))
