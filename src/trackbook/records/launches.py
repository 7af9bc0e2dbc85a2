"""Runs that were launched: what was executed, with what, and how its process ended."""

from __future__ import annotations

from typing import Literal

from trackbook.records.base import Record, kind

TargetKind = Literal["notebook", "script", "entry point"]


@kind("launch")
class LaunchStart(Record, frozen=True, kw_only=True):
    """A notebook, a script or an entry point of a project executed as one run."""

    target: str
    """Its file, or the project's folder, as a whole path."""
    target_kind: TargetKind
    target_digest: str
    """`b3-` and the BLAKE3 of the file: of an entry point, of its MLproject."""
    entry_point: str | None
    command: list[str]
    """What was started, word by word, secrets masked; of a notebook, its kernel's Python."""
    params: str
    """As JSON: the params as they were handed over, defaults included, secrets masked."""
    folder: str
    """Where it worked."""
    python: str
    """The interpreter."""
    environment: Literal["current", "project"]
    git_commit: str | None
    revision: str | None = None
    """The revision that was asked for, where the repository was put back to one."""


@kind("launch_end")
class LaunchEnd(Record, frozen=True, kw_only=True):
    """How the process of a launched run ended."""

    exit_code: int | None
    """None where it was ended, or is a notebook's kernel."""
    error: str | None
    """The last line of its error, or why it was ended."""
    wall_s: float
