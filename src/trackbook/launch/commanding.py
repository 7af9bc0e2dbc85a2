"""A command executed as one run: Python programs record themselves, others do not."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import msgspec

from trackbook.capture import LAUNCH
from trackbook.launch.places import environ_with, with_own_package
from trackbook.launch.processes import Text, ran

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trackbook.launch.desk import Desk, Outcome
    from trackbook.launch.targets import Plan

CHILD = "trackbook.doors.launched"
"""The module that executes a Python program with trackbook recording it."""
PYTHON = re.compile(r"python(3(\.\d+)?)?")
HARMLESS = {"-u", "-O", "-OO", "-B", "-q"}
OUTPUT = "output.txt"


def command_run(
    desk: Desk,
    plan: Plan,
    python: str,
    scratch: Path,
    timeout_s: float | None,
    echo: Callable[[str], None],
) -> Outcome:
    """Execute a command; what it puts out is kept, however that ends.

    A Python program begins the run itself, with all that libraries tell of its trainings.
    For any other the run begins here; what it starts that uses trackbook joins it.
    """
    recorded = with_recording(plan.command, python)
    launch = desk.launch
    if recorded is None:
        desk.begin(None)
        launch = msgspec.structs.replace(launch, is_begun=True)
    env = environ_with(python) | {
        "TRACKBOOK_PROJECT": str(desk.project),
        "PYTHONUNBUFFERED": "1",
        LAUNCH: launch.text(),
        **(plan.env or {}),
    }
    if python != sys.executable:
        env = with_own_package(env, scratch)
    heard = Text()
    try:
        ended = ran(
            recorded or plan.command,
            plan.folder,
            env,
            output=heard,
            timeout_s=timeout_s,
            echo=echo,
        )
    finally:
        if heard.head and desk.settings.outputs:
            desk.keep(desk.secrets.in_text(str(heard)), OUTPUT)
    if ended.is_late:
        return "FAILED", f"it took more than {timeout_s:g} s", None
    if ended.exit_code == 0:
        return "FINISHED", None, 0
    return "FAILED", ended.error, ended.exit_code


def with_recording(command: Sequence[str], python: str) -> list[str] | None:
    """Return a command that executes a Python program recorded; None for any other.

    `python -u train.py …` and `python -m package …`; code behind -c is no program.
    """
    first, *rest = command
    if not PYTHON.fullmatch(first) and first not in (sys.executable, python):
        return None
    flags = []
    while rest and rest[0] in HARMLESS:
        flags.append(rest.pop(0))
    if not rest or (rest[0].startswith("-") and (rest[0] != "-m" or len(rest) == 1)):
        return None
    return [python, *flags, "-m", CHILD, *rest]
