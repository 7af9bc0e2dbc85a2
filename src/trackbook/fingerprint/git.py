"""The commit that a folder stands at, read without starting git."""

from __future__ import annotations

import os
import time
from pathlib import Path


def commit_of(start: Path | None = None) -> str | None:
    """Return the 40 hex digits of HEAD for the work tree around `start`, if there is one.

    Without `start` it is the folder that the process works in, be it deleted or not.

    Reading two small files takes microseconds where starting git takes
    milliseconds, and a run asks each time.
    """
    try:
        git = known_folder(str(start.absolute()) if start else os.getcwd())  # noqa: PTH109  a text, and fast
        if git is None:
            return None
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head or None
        return commit_at(git, head.removeprefix("ref: "))
    except (OSError, UnicodeDecodeError):
        return None


LOOK_AGAIN_S = 10.0
known: dict[str, tuple[float, Path | None]] = {}
"""The repository of each folder, and when it was looked for."""


def known_folder(start: str) -> Path | None:
    """Return the repository around a folder, walking up to it every ten seconds at most."""
    looked_at, found = known.get(start, (float("-inf"), None))
    if time.monotonic() - looked_at > LOOK_AGAIN_S:
        found = git_folder(Path(start))
        known[start] = time.monotonic(), found
    return found


def git_folder(start: Path) -> Path | None:
    """Return the repository's own folder, following the `.git` file of a worktree."""
    for folder in (start, *start.parents):
        dot_git = folder / ".git"
        if dot_git.is_dir():
            return dot_git
        if dot_git.is_file():
            words = dot_git.read_text(encoding="utf-8").strip()
            return (folder / words.removeprefix("gitdir: ")).resolve()
    return None


def commit_at(git: Path, ref: str) -> str | None:
    """Return the commit of a branch: a loose file, or a line of packed-refs."""
    common = git
    if (git / "commondir").is_file():
        common = (git / (git / "commondir").read_text(encoding="utf-8").strip()).resolve()
    for place in (git, common):
        loose = place / ref
        if loose.is_file():
            return loose.read_text(encoding="utf-8").strip() or None
    packed = common / "packed-refs"
    if packed.is_file():
        for line in packed.read_text(encoding="utf-8").splitlines():
            commit, _, name = line.partition(" ")
            if name == ref:
                return commit
    return None
