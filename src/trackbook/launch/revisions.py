"""A target as it was at a revision of its git repository, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 300.0


@contextmanager
def at_revision(target: Path, revision: str | None) -> Iterator[Path]:
    """Give a target as it was at a revision; itself where none is asked for.

    Git makes a second work tree of the local repository, which is gone afterwards; its hooks
    are not run, nothing is fetched, and the user's own work tree stays as it is.
    """
    if revision is None:
        yield target
        return
    home = target if target.is_dir() else target.parent
    if not home.is_dir():
        raise NotFound(f"no folder {str(home)!r}: name a target inside a git repository")
    root = Path(asked(home, "rev-parse", "--show-toplevel")).resolve()
    inner = target.resolve().relative_to(root)
    wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    commit = asked(
        home, *wanted, f"{revision}^{{commit}}", what=f"no revision {revision!r}"
    )
    with tempfile.TemporaryDirectory(
        prefix="trackbook-", ignore_cleanup_errors=True
    ) as made:
        tree = Path(made).resolve() / root.name
        asked(root, "worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            if not (tree / inner).exists():
                raise NotFound(f"no {str(inner)!r} at revision {revision!r} of {root}")
            yield tree / inner
        finally:
            asked(root, "worktree", "remove", "--force", str(tree))


def asked(folder: Path, *words: str, what: str = "") -> str:
    """Return what git answers in a folder."""
    command = ["git", "-c", "core.hooksPath=/dev/null", *words]
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  # our own words, and a revision behind its sign
            command,
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Misused(f"git did not answer in {folder}: {error}") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["nothing"]
        told = what or f"git {words[0]}: {said[-1].strip()[:300]}"
        raise Misused(f"{told} (in {folder})")
    return done.stdout.strip()
