"""The commit that a folder stands at, read without starting git."""

from __future__ import annotations

from pathlib import Path


def commit_of(start: Path | None = None) -> str | None:
    """Return the 40 hex digits of HEAD for the work tree around `start`, if there is one.

    Without `start` it is the folder that the process works in, be it deleted or not.

    Reading two small files takes microseconds where starting git takes
    milliseconds, and a run asks each time.
    """
    try:
        git = git_folder((start or Path.cwd()).absolute())
        if git is None:
            return None
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head or None
        return commit_at(git, head.removeprefix("ref: "))
    except (OSError, UnicodeDecodeError):
        return None


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
