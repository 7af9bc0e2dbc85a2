"""Hearing a library in a process where nobody loaded the extension: for those who ask for it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from trackbook.capture import CallWatch
from trackbook.doors.session import recorder

if TYPE_CHECKING:
    from trackbook.libraries import Library

RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK")
"""What launchers of many processes call the number of each."""


def hear(library: Library) -> None:
    """Hear what a library trains from here on, unless this process hears it already.

    Of many processes that train one model only the first one tells.
    """
    rank = next((os.environ[name] for name in RANKS if os.environ.get(name)), "0")
    heard = [each for watch in CallWatch.started for each in watch.libraries]
    if rank != "0" or library in heard:
        return
    found = recorder()
    if library.rest is not None:
        found.rests = (*found.rests, library.rest)
    CallWatch(
        [*heard, library],
        found=found.found,
        fault=found.fault,
        cell_globals=lambda: vars(sys.modules["__main__"]),
    ).start()
