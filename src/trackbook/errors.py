"""Everything trackbook raises on purpose.

TrackbookError
├── NotFound      a run, a verb, a project or a file that is not there
├── Refused       a rule said no (a write in a read-only question, a path outside the project)
├── Conflict      somebody else decided first; the message names who, what and when
├── Busy          somebody else holds the database; trying again may succeed
├── Damaged       what is on disk is not what was written
│   └── Tampered      a model's package was changed (packages/verify.py)
├── Misused       the call itself cannot be meant; nothing was done
└── CellFailed    a cell of a notebook that trackbook executes raised (reproduce/kernel.py)

Each message says three things: what happened, to which thing, what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class TrackbookError(Exception):
    """Base of every error trackbook raises on purpose."""


class NotFound(TrackbookError):
    """A name was looked up and is not there."""

    @classmethod
    def named(
        cls, what: str, name: str, *, known: Iterable[str] = (), see: str = ""
    ) -> NotFound:
        """Return the error for one name, with the nearest known one as a hint."""
        from difflib import get_close_matches

        near = get_close_matches(name, list(known), n=1, cutoff=0.65)
        hint = f": did you mean {near[0]!r}?" if near else ""
        where = f" ({see})" if see else ""
        return cls(f"no {what} named {name!r}{hint}{where}")


class Refused(TrackbookError):
    """A rule said no; the message names the rule and the way past it."""


class Conflict(TrackbookError):
    """What a decision rested on has changed meanwhile; nothing was done."""


class Busy(TrackbookError):
    """Somebody else holds the database; nothing is lost, trying again may succeed."""


class Damaged(TrackbookError):
    """What is on disk is not what was written; nothing was deleted."""


class Misused(TrackbookError):
    """The call cannot be meant; nothing was done."""
