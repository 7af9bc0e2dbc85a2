"""The world around a cell as things that are read and written: dice, folder, environment, files."""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import PosixPath, WindowsPath
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_PATH = 300
MOST_FILES = 100
DICE = "random numbers of "
FOLDER, ENVIRONMENT = "the working folder", "the environment"


Thrown = tuple[Any, ...]
"""The state of a generator of random numbers: numbers, a name, and arrays of numbers."""


class Seen(NamedTuple):
    """What an execution used and changed of the world around."""

    reads: set[str]
    writes: set[str]
    ambient: bool
    """It changed what every later execution may rest on."""
    dice: dict[str, Thrown]
    """States of generators from before their first use in this session."""


class World:
    """Remembers how the world stood when the last execution ended."""

    def __init__(self) -> None:
        self._dice = dice_now()
        self._around = around_now()
        self._files: dict[str, tuple[int, ...]] = {}
        self._thrown: set[str] = set()
        """Generators whose first use is known."""

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
        dice = dice_now()
        for of, state in dice.items():
            before = self._dice.get(of)
            if before is not None and same(before, state):
                continue
            writes.add(DICE + of)
            if not seeds:
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
        return Seen(reads, writes | moved, bool(moved), first)

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
            return
        self._files[thing] = state
        fresh = known is None and facts.st_mtime_ns // 1000 >= began_us
        if fresh or (known is not None and known != state):
            writes.add(thing)
        if not fresh:
            reads.add(thing)


def dice_now() -> dict[str, Thrown]:
    """Return the state of each shared generator of random numbers."""
    found: dict[str, Thrown] = {"random": random.getstate()}
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        found["numpy"] = numpy.get_state()
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "default_generator"):
        found["torch"] = (torch.default_generator.get_state().numpy(),)
    return found


def same(a: Thrown, b: Thrown) -> bool:
    """Say whether two states of a generator are one."""
    if len(a) != len(b):
        return False
    # The position behind the numbers moves first: from the end a change shows soonest.
    for one, other in zip(reversed(a), reversed(b), strict=True):
        if one is not other and bytes_of(one) != bytes_of(other):
            return False
    return True


def bytes_of(part: Any) -> object:
    """Return an array as its bytes, and anything else as it is."""
    return part.tobytes() if hasattr(part, "tobytes") else part


def as_json(state: Thrown) -> str:
    """Return a generator's state as JSON: numbers only, so that reading it runs nothing."""
    plain = [p.tolist() if hasattr(p, "tolist") else p for p in state]
    return json.dumps(plain)


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
