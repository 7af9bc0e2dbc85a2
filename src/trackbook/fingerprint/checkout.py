"""The git work tree around a folder: commit, branch, remote, and what differs from it.

A repository's configuration can name programs that git starts. It may come from anybody:
none of them is started here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from trackbook.fingerprint.lock import without_login

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_S = 5.0
MOST_DIFF = 200_000
"""Characters of a diff that are kept."""
MOST_NAMES = 1000
HARMLESS = (
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "diff.external=",
    "core.attributesFile=/dev/null", "core.quotePath=false", "core.sshCommand=false",
    "credential.helper=", "protocol.allow=never", "safe.bareRepository=explicit",
    "diff.noprefix=false", "diff.mnemonicPrefix=false", "color.ui=false",
)  # fmt: skip
PLAIN_DIFF = (
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--no-color",
    "--no-renames",
)  # fmt: skip
QUIET = {
    "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1", "GIT_PAGER": "cat", "GIT_ASKPASS": "", "LC_ALL": "C.UTF-8",
}  # fmt: skip


class Tree(NamedTuple):
    """A work tree as it stands."""

    git_commit: str | None
    branch: str | None
    remote: str | None
    changed: list[str]
    untracked: list[str]
    diff: str
    diff_is_cut: bool


def checkout(folder: str) -> Tree | None:
    """Return the work tree around a folder; None outside one, or where git does not answer.

    Starts git some times: 20 ms in a small repository, for a background thread.
    """
    tool = shutil.which("git")
    if tool is None:
        return None
    git = Git(tool, folder)
    try:
        git.tame()
        top = git("rev-parse", "--show-toplevel").rstrip("\n")
        git.folder = top
        state = git("status", "--porcelain=v2", "--branch", "-z",
                    "--untracked-files=no", "--ignore-submodules=all", "--no-renames")  # fmt: skip
        facts, changed = state_in(state)
        untracked = names_in(
            git("ls-files", "--others", "--exclude-standard", "-z", "--", "*.py")
        )
        diff = ""
        if changed and facts["oid"] is not None:
            diff = git("diff", *PLAIN_DIFF, "HEAD", "--", ".", ":(exclude)*.ipynb")
    except (OSError, subprocess.SubprocessError):
        return None
    branch = facts["head"]
    return Tree(
        git_commit=facts["oid"],
        branch=branch,
        remote=remote_in(git.settings, branch),
        changed=changed[:MOST_NAMES],
        untracked=untracked[:MOST_NAMES],
        diff=diff[:MOST_DIFF],
        diff_is_cut=len(diff) > MOST_DIFF,
    )


class Git:
    """Starts git so that it starts nothing itself."""

    def __init__(self, tool: str, folder: str) -> None:
        self.tool = tool
        self.folder = folder
        self.settings: list[tuple[str, str]] = []
        self._options = [word for setting in HARMLESS for word in ("-c", setting)]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        self._environ: Mapping[str, str] = kept | QUIET

    def tame(self) -> None:
        """Read the configuration, and switch off the filters that it names."""
        said = self("config", "--list", "-z")
        pairs = (line.partition("\n") for line in said.split("\0") if line)
        self.settings = [(name, value) for name, _, value in pairs]
        drivers = {
            name.rpartition(".")[0]
            for name, _ in self.settings
            if name.startswith("filter.")
        }
        # A name with `=` in it cannot be given with -c: by the environment it can.
        off = [
            (f"{driver}.{what}", "false" if what == "required" else "")
            for driver in sorted(drivers)
            for what in ("clean", "smudge", "process", "required")
        ]
        for number, (name, value) in enumerate(off):
            self._environ = {
                **self._environ,
                f"GIT_CONFIG_KEY_{number}": name,
                f"GIT_CONFIG_VALUE_{number}": value,
            }
        self._environ = {**self._environ, "GIT_CONFIG_COUNT": str(len(off))}

    def __call__(self, *words: str) -> str:
        done = subprocess.run(  # noqa: S603  words of our own only
            [self.tool, "--no-pager", *self._options, *words],
            cwd=self.folder, env=self._environ, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=PATIENCE_S, check=True,
        )  # fmt: skip
        return done.stdout.decode("utf-8", errors="replace")


def state_in(text: str) -> tuple[dict[str, str | None], list[str]]:
    """Return commit (oid) and branch (head), and the tracked files that differ."""
    facts: dict[str, str | None] = {"oid": None, "head": None}
    changed: list[str] = []
    for line in text.split("\0"):
        words = line.split(" ")
        if line.startswith("# branch.") and len(words) > 2:  # noqa: PLR2004  sign, name, value
            name, value = words[1].removeprefix("branch."), words[2]
            if name in facts and value not in ("(initial)", "(detached)"):
                facts[name] = value
        elif words[0] == "1":
            changed.append(line.split(" ", 8)[-1])
        elif words[0] == "u":
            changed.append(line.split(" ", 10)[-1])
    return facts, changed


def names_in(text: str) -> list[str]:
    """Return the names in a list that ends each with a NUL."""
    return [name for name in text.split("\0") if name]


def remote_in(settings: list[tuple[str, str]], branch: str | None) -> str | None:
    """Return the address that a branch is pushed to, without user and password."""
    known = dict(settings)
    names = [name for name in known if name.startswith("remote.") and name.endswith(".url")]
    own = f"remote.{known.get(f'branch.{branch}.remote', 'origin')}.url"
    chosen = own if own in known else next(iter(names), None)
    return without_login(known[chosen]) or None if chosen else None
