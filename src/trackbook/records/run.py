"""Runs and the sessions in which they were made."""

from __future__ import annotations

from typing import Literal

from trackbook.records.base import Record, kind

Status = Literal["RUNNING", "FINISHED", "FAILED", "KILLED"]


@kind("session")
class Session(Record, frozen=True, kw_only=True):
    """One process that records, from its first breath."""

    program: Literal["notebook", "ipython", "script"]
    notebook: str | None
    """Path of the notebook or script, where it could be had; a label, not a key."""
    login: str
    host: str
    pid: int
    python: str
    platform: str
    version: str
    """Of trackbook."""
    folder: str | None = None
    """Where the process works, from which relative paths count."""
    forked_from: str | None = None
    """The session whose process it was split off, with all that was executed there before."""


@kind("session_end")
class SessionEnd(Record, frozen=True, kw_only=True):
    """How a session ended: by itself, or found dead by whoever looked next."""

    outcome: Literal["ended", "killed"]


@kind("run")
class RunStart(Record, frozen=True, kw_only=True):
    """One trial begins; the stamp's run id is its own."""

    name: str
    experiment: str
    origin: Literal["auto", "cell", "manual", "card", "launch"]
    """Who set its bounds: data flow, `%%track`, a start/stop, a library card, or who launched
    the whole session as one run."""
    parent_run_id: str | None = None
    relation: Literal["variation", "child"] | None = None
    """To the parent: the same cell executed again, or a part of a larger run."""
    cell_key: str | None = None
    """The cell that opened it: its id, or else a hash of its source."""
    notebook: str | None = None
    git_commit: str | None = None
    began_us: int | None = None
    """When the cell that it belongs to began; None for the moment of writing. µs since 1970."""


@kind("run_end")
class RunEnd(Record, frozen=True, kw_only=True):
    """One trial is over."""

    status: Status
    error: str | None = None
    """The last line of the error that ended it."""


@kind("amendment")
class Amendment(Record, frozen=True, kw_only=True):
    """What turned out about a run after it began; the last word on each field counts."""

    name: str | None = None
    parent_run_id: str | None = None


@kind("trash")
class Trash(Record, frozen=True, kw_only=True):
    """A run put into the trash, or taken out again."""

    trashed: bool


@kind("notebook")
class Notebook(Record, frozen=True, kw_only=True):
    """The notebook as it stood when a run ended."""

    path: str | None
    notebook_hash: str
    cell_count: int


@kind("fault")
class Fault(Record, frozen=True, kw_only=True):
    """A failure of trackbook's own, recorded once and shown once."""

    place: str
    message: str
    trace: str
