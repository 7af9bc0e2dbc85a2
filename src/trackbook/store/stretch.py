"""What the journals hold beyond what the database knows already."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trackbook.journal import HEAD, Found, frames_in, is_alive
from trackbook.store.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BUDGET_BYTES = 4 << 20
"""Read per transaction, so that the lock is soon free for others."""


class Offset(NamedTuple):
    """How far a journal has been drained, and how much of that was damage."""

    drained_bytes: int = 0
    skipped_bytes: int = 0


class Stretch(NamedTuple):
    """What was read of one journal, and what is to become of it."""

    file: Path
    start: int
    end: int
    size: int
    """Where its bytes end; room that the writer reserved behind them does not count."""
    dead: bool
    """Nothing more will ever come: its process is gone and every byte was looked at."""
    skipped: int
    """Bytes of damage in all of the file so far."""
    mtime_us: int

    @property
    def journal(self) -> str:
        return self.file.stem

    @property
    def session_id(self) -> str:
        return session_of(self.file)

    @property
    def is_torn(self) -> bool:
        return self.end < self.size or self.skipped > 0


def journals_in(folder: Path) -> list[Path]:
    """Return the project's journal files, oldest first; strange names are left alone."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [folder / n for n in sorted(names) if n.endswith(".tbj") and n.isprintable()]


def session_of(file: Path) -> str:
    """Return the session whose journal this is."""
    return file.name.split(".", 1)[0]


def is_branch(file: Path) -> bool:
    """Say whether a forked child of the session wrote this journal."""
    return file.name.split(".")[1].startswith("c")


def sizes_of(folder: Path) -> dict[str, int]:
    """Return each journal's size at this moment, by its name; with room that it reserved."""
    found = {}
    for file in journals_in(folder):
        try:
            found[file.name] = file.stat().st_size
        except FileNotFoundError:  # drained and removed meanwhile
            continue
    return found


def read(
    files: list[Path], offsets: Mapping[str, Offset], upto: Mapping[str, int]
) -> tuple[Batch, list[Stretch], bool]:
    """Read what the journals hold beyond their offsets, up to the budget.

    Also up to `upto`: whoever writes faster than the drain reads would hold it for
    ever. The last of the three says whether something is left.
    """
    batch, left = Batch(), BUDGET_BYTES
    stretches: list[Stretch] = []
    for file in files:
        if left <= 0 or batch.retractions:
            return batch, stretches, True
        offset = offsets.get(file.stem, Offset())
        read_now = read_stretch(file, offset, left, upto=upto[file.name])
        if read_now is None:
            continue
        stretch, found = read_now
        left -= stretch.end - stretch.start
        stretches.append(take(batch, stretch, found))
    more = any(s.start < s.end < min(s.size, upto[s.file.name]) for s in stretches)
    return batch, stretches, more


def read_stretch(
    file: Path, offset: Offset, budget: int, *, upto: int
) -> tuple[Stretch, Found] | None:
    """Read one journal from its offset; a frame larger than the budget is read whole.

    None when the file is gone, or nothing that may be read.
    """
    try:
        # Asked before the size is: what a dead process wrote is then all seen.
        dead = not is_alive(file)
        fd = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, PermissionError):
        return None
    start = offset.drained_bytes
    try:
        facts = os.fstat(fd)
        limit = min(facts.st_size, upto)
        data, found = frames_from(fd, start, limit, budget, is_steady=dead)
    finally:
        os.close(fd)
    end, size, seen = start + found.used, facts.st_size, start + len(data)
    if seen >= size and is_blank(data, found.used):
        size = end
    stretch = Stretch(
        file=file,
        start=start,
        end=end,
        size=size,
        # A dead journal's last half frame never becomes whole: it ends here.
        dead=dead and seen >= facts.st_size,
        skipped=offset.skipped_bytes + found.skipped,
        mtime_us=facts.st_mtime_ns // 1000,
    )
    return stretch, found


def frames_from(
    fd: int, start: int, limit: int, budget: int, *, is_steady: bool
) -> tuple[bytes, Found]:
    """Return bytes from `start`, as many as the budget or one frame wants, and their frames.

    Unless nobody writes any more, damage is looked at twice: for a moment a processor may
    show what another one stores out of its order.
    """
    wanted = max(min(limit - start, budget), 0)
    while True:
        data = read_at(fd, start, wanted)
        found = frames_in(data)
        if found.skipped and not is_steady:
            data = read_at(fd, start, wanted)
            found = frames_in(data)
        if found.used or start + wanted >= limit:
            return data, found
        wanted = min(limit - start, wanted * 4)


def read_at(fd: int, start: int, wanted: int) -> bytes:
    """Return `wanted` bytes from `start` on, or fewer where the file ends."""
    os.lseek(fd, start, os.SEEK_SET)
    parts = []
    while wanted > 0:
        part = os.read(fd, wanted)
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def take(batch: Batch, stretch: Stretch, found: Found) -> Stretch:
    """Put payloads into the batch, stopping behind a retraction.

    A frame that is whole and yet makes no sense is damage of another kind, or a
    newer trackbook's: it is passed over, and the journal kept for people to look at.
    """
    for payload, end in zip(found.payloads, found.ends, strict=True):
        try:
            batch.add(stretch.session_id, payload)
        except (msgspec.MsgspecError, ValueError):
            stretch = stretch._replace(skipped=stretch.skipped + len(payload))
        if batch.retractions and end < found.used:
            return stretch._replace(end=stretch.start + end, dead=False)
    return stretch


def is_blank(data: bytes, start: int = 0) -> bool:
    """Say whether nothing but zeros stands there: room reserved, and not yet written to."""
    return data.count(0, start) == len(data) - start


def is_drained(folder: Path, ends: Mapping[str, int], *, besides: str = "") -> bool:
    """Say whether journals, but a session's, have nothing beyond their ends, and live processes."""
    for file in journals_in(folder):
        if session_of(file) == besides:
            continue
        try:
            if goes_on(file, ends.get(file.stem, 0)) or not is_alive(file):
                return False
        except FileNotFoundError:  # drained and removed meanwhile
            return False
        except PermissionError:
            continue
    return True


def goes_on(file: Path, end: int) -> bool:
    """Say whether a journal has a frame, or the beginning of one, at `end`."""
    fd = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return not is_blank(read_at(fd, end, HEAD.size))
    finally:
        os.close(fd)
