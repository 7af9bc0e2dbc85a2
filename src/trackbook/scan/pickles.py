"""Scans pickles, plain ones and those that joblib writes; nothing is ever unpickled."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from trackbook.scan.allowed import is_dangerous
from trackbook.scan.arrays import quiet, read_array
from trackbook.scan.effects import EFFECTS
from trackbook.scan.limits import Unclear
from trackbook.scan.machine import Machine
from trackbook.scan.reader import Reader

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

MOST_STREAMS = 16
ZIP = b"PK\x03\x04"


def scan_pickle(blob: Blob, desk: Desk) -> None:
    """Tell what loading a pickle would do that loading a model does not need."""
    reader = Reader(blob.file, blob.size)
    for number in range(MOST_STREAMS):
        follow(reader, blob, desk)
        if not reader.left:
            return
        if number == 0:
            desk.unclear(blob.path, f"has {reader.left} bytes behind the end of its pickle")
        if reader.twin().byte() not in EFFECTS:
            return


def follow(reader: Reader, blob: Blob, desk: Desk) -> None:
    """Follow one pickle to its end."""
    machine = Machine(reader, desk, blob.path, torch=blob.inside == "torch")
    machine.read_array = read_array
    machine.run()


def is_pickle(blob: Blob, desk: Desk, *, is_text: bool) -> bool:
    """Tell whether the unpickler would do anything with bytes that do not look like a pickle.

    It acts as it reads: what comes after the first call need not even be a pickle. Texts can
    begin as if they named something (`cython`, a line, `numpy`): of them more is asked.
    """
    if blob.size == 0 or blob.head(1)[0] not in EFFECTS:
        return False
    if blob.head(4) == ZIP:
        return False  # P asks for something outside; who has nothing there ends at once
    machine = Machine(Reader(blob.file, blob.size), quiet(desk), blob.path)
    is_whole = False
    with suppress(Unclear):
        machine.run()
        is_whole = True
    if machine.calls or any(map(is_dangerous, machine.unlisted)):
        return True
    return bool(machine.names) and (is_whole or not is_text)
