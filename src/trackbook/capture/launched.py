"""A session that was launched as one run, and learns of it from its environment."""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from trackbook.capture.given import must_be_name
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from trackbook.capture.recorder import Recorder

LAUNCH = "TRACKBOOK_LAUNCH"
"""The variable that tells a process as which run it was launched."""
GUARD = "TRACKBOOK_GUARD"
"""A launched program finds in this variable, as JSON, which folders it must leave as they are."""
RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """As which run a session was launched; everything that it records belongs to it."""

    run_id: str
    name: str
    experiment: str | None = None
    parent_run_id: str | None = None
    relation: Literal["child"] | None = None
    params: dict[str, Any] = {}
    is_named: bool = True
    """Somebody chose its name; else a `start_run("name")` inside may."""
    is_begun: bool = False
    """Another process has written that it began, and will write how it ended."""

    def text(self) -> str:
        """Return it as the environment holds it."""
        told = {name: spoken(value) for name, value in self.params.items()}
        return msgspec.json.encode(
            msgspec.structs.replace(self, params=told), enc_hook=str
        ).decode()


def spoken(value: object) -> object:
    """Return a value as JSON has it; it has no infinities."""
    is_odd = isinstance(value, float) and not math.isfinite(value)
    return str(value) if is_odd else value


def launch_of(environ: Mapping[str, str] = os.environ) -> Launch | None:
    """Return as which run this process was launched; None where it was not.

    Raises:
        Misused: the environment says something that cannot be meant
    """
    text = environ.get(LAUNCH)
    return None if text is None else launch_in(text)


def take_launch(
    recorder: Recorder,
    launch: Launch | None,
    environ: MutableMapping[str, str] = os.environ,
) -> None:
    """Let everything that a session records belong to the run as which it was launched.

    A notebook's run begins with its first cell, so that it has a slice; a script's at once.
    Processes that this one starts join the run: they begin and end nothing.
    """
    if launch is None:
        return
    recorder.ledger.launch = launch
    environ[LAUNCH] = msgspec.structs.replace(launch, is_begun=True).text()
    if not recorder.has_cells:
        recorder.ledger.open_launched(None)


def launch_in(text: str) -> Launch:
    """Return what the variable says."""
    try:
        found = msgspec.json.decode(text, type=Launch)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise misunderstood(str(error)) from None
    for what, run_id in (("run_id", found.run_id), ("parent_run_id", found.parent_run_id)):
        if run_id is not None and not RUN_ID.fullmatch(run_id):
            raise misunderstood(f"{what} is {run_id[:60]!r}, which is no run's id")
    if found.relation is not None and found.parent_run_id is None:
        raise misunderstood("it is a child and names no parent_run_id")
    try:
        must_be_name(found.name, "run")
        for name in found.params:
            must_be_name(name, "param")
    except Misused as error:
        raise misunderstood(str(error)) from None
    return found


def misunderstood(what: str) -> Misused:
    """Return the error for a variable that nobody but a launcher should set."""
    return Misused(
        f"{LAUNCH} is not what `trackbook run` writes ({what}): nothing is recorded; unset it"
    )
