"""Git tags, set by git itself."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from trackbook.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

GIT_S = 10.0


def tag_commit(folder: Path, commit: str, name: str, message: str) -> None:
    """Tie an annotated tag to a commit.

    Raises:
        Refused: git is not there, or says no: the tag exists, the name or commit is none
    """
    git = shutil.which("git")
    if git is None:
        raise Refused(f"git is not installed: no tag {name!r} was set")
    done = subprocess.run(  # noqa: S603  a list, no shell; the name cannot be an option
        [git, "tag", "--annotate", "--message", message, "--", name, commit],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=GIT_S,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Refused(f"git set no tag {name!r}: {said}")
