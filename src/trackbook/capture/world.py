"""The world around a cell as things that are read and written: dice, folder, environment, files."""

from __future__ import annotations

import os
from pathlib import PosixPath, WindowsPath
from typing import TYPE_CHECKING, NamedTuple

from trackbook.fingerprint import dice_now, same_dice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.fingerprint import Thrown

LONGEST_PATH = 300
MOST_FILES = 10_000
DICE = "random numbers of "
FOLDER, ENVIRONMENT = "the working folder", "the environment"


class Seen(NamedTuple):
    """What an execution used and changed of the world around."""

    reads: set[str]
    writes: set[str]
    ambient: bool
    """It changed what every later execution may rest on."""
    dice: dict[str, Thrown]
    """States of generators from before their first use in this session."""
    lost: bool
    """There were more files than are followed."""
    seeded: list[str]
    """Generators that it set anew."""


class World:
    """Remembers how the world stood when the last execution ended."""

    def __init__(self) -> None:
        self._dice = dice_now()
        self._around = around_now()
        self._files: dict[str, tuple[int, ...]] = {}
        self._lost = False
        self._thrown: set[str] = set()
        """Generators whose first use is known."""

    def appeared(self, module: str) -> None:
        """Take in a generator that has just been imported, before anybody throws it."""
        self._dice = dice_now(module) | self._dice

    def thrown_outside(self) -> None:
        """Take generators of random numbers as they are now: somebody set them between cells."""
        self._dice = dice_now()

    def after(self, paths: Iterable[str], began_us: int, *, seeds: bool) -> Seen:
        """Return what an execution that just ended used, and what it changed.

        Args:
            paths: texts it had in hand that may name files
            began_us: when it began, in µs since 1970
            seeds: it sets generators anew, so that it does not rest on their past
        """
        reads: set[str] = set()
        writes: set[str] = set()
        first: dict[str, Thrown] = {}
        seeded: list[str] = []
        dice = dice_now()
        for of, state in dice.items():
            before = self._dice.get(of)
            if before is not None and same_dice(before, state):
                continue
            writes.add(DICE + of)
            if seeds:
                seeded.append(of)
            else:
                reads.add(DICE + of)
                if before is not None and of not in self._thrown:
                    first[of] = before
            self._thrown.add(of)
        self._dice = dice
        around = around_now()
        moved = {thing for thing, state in around.items() if self._around[thing] != state}
        self._around = around
        for path in paths:
            self._look_at(path, began_us, reads, writes)
        return Seen(reads, writes | moved, bool(moved), first, self._lost, seeded)

    def _look_at(self, path: str, began_us: int, reads: set[str], writes: set[str]) -> None:
        """Take in one file: it was written if it changed since the execution began."""
        try:
            facts = os.stat(path)  # noqa: PTH116  a text that may be no path at all
            thing = f"file {os.path.realpath(path)}"
        except (OSError, ValueError):
            return
        state = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        known = self._files.get(thing)
        if known is None and len(self._files) >= MOST_FILES:
            self._lost = True
            return
        self._files[thing] = state
        fresh = known is None and facts.st_mtime_ns // 1000 >= began_us
        if fresh or (known is not None and known != state):
            writes.add(thing)
        if not fresh:
            reads.add(thing)


def around_now() -> dict[str, object]:
    """Return the working folder and the environment's variables; they stay in memory."""
    try:
        folder: object = os.getcwd()  # noqa: PTH109  as text
    except FileNotFoundError:
        folder = None
    # Of the same objects as long as nothing changes, so that comparing costs next to nothing.
    return {FOLDER: folder, ENVIRONMENT: list(getattr(os.environ, "_data", {}).items())}


def paths_among(texts: Iterable[str], values: Iterable[object]) -> set[str]:
    """Return texts and values that may be paths of files."""
    held = (os.fspath(v) for v in values if id(type(v)) in PATHS)  # type: ignore[call-overload]
    return {
        text
        for text in (*texts, *held)
        if 0 < len(text) <= LONGEST_PATH and "\n" not in text and not text.isspace()
    }


PATHS = frozenset(map(id, (str, PosixPath, WindowsPath)))
"""By id: `isinstance` would ask a value for its class, and it may answer anything."""
