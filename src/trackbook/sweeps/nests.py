"""Processes that have executed what trials share, from the side of whoever gives the orders."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from trackbook.capture import LAUNCH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PROGRAM = "trackbook.doors.nest"
POLL_S = 0.1
PATIENCE_S = 5.0
"""How long an interrupted trial may take to write what it has."""
Words = dict[str, Any]


class NestDied(BrokenExecutor):
    """The process that trials are split off died; what it did can be done again."""


class Nest:
    """One such process: told what to execute, and then asked for trials by any thread."""

    def __init__(self, order: Words, folder: Path, env: Mapping[str, str]) -> None:
        own = {name: value for name, value in os.environ.items() if name != LAUNCH}
        self._process = subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**own, "PYTHONPATH": import_path(), **env},
            start_new_session=True,
        )
        self.is_alive = True
        self._turn = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[Words]] = {}
        self._ready: queue.SimpleQueue[Words] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._say(order)
        said = self._ready.get()
        self.is_ready: bool = said.get("ready", False)
        self.why: str = said.get("why", "")
        """Why trials cannot be split off behind the shared cells; empty where they can."""

    def try_once(
        self,
        order: Words,
        *,
        timeout_s: float | None,
        is_pruned: Callable[[], bool],
    ) -> tuple[str, Words | None]:
        """Have a trial made; return how it ended, and what it says of itself.

        It ends as `done`, `late`, `pruned`, or `died`.

        Raises:
            NestDied: the process that it would be split off is gone
        """
        mine: queue.SimpleQueue[Words] = queue.SimpleQueue()
        with self._turn:
            if not self.is_alive:
                raise NestDied(f"the process that trials are split off died: {self.why}")
            self._waiting[order["number"]] = mine
        self._say(order)
        begun, pid, ended = time.monotonic(), 0, ""
        while True:
            with suppress(queue.Empty):
                said = mine.get(timeout=POLL_S)
                if said.get("gone"):
                    raise NestDied("the process that trials are split off died")
                pid = said.get("pid", pid)
                if "exit" in said:
                    return self._result(order, said["exit"], ended)
                continue
            took = time.monotonic() - begun
            if pid and not ended:
                if timeout_s is not None and took > timeout_s:
                    ended = "late"
                elif is_pruned():
                    ended = "pruned"
                if ended:
                    interrupt(pid)

    def _result(self, order: Words, code: int, ended: str) -> tuple[str, Words | None]:
        with self._turn:
            self._waiting.pop(order["number"], None)
        try:
            with open(order["outcome"], encoding="utf-8") as file:  # noqa: PTH123  a plain path
                found: Words | None = json.load(file)
            os.remove(order["outcome"])  # noqa: PTH107
        except FileNotFoundError:
            found = None
        return ended or ("died" if found is None or code else "done"), found

    def _say(self, order: Words) -> None:
        pipe = self._process.stdin
        try:
            with self._turn:
                if pipe is not None:
                    pipe.write(json.dumps(order).encode() + b"\n")
                    pipe.flush()
        except OSError:
            raise NestDied("the process that trials are split off died") from None

    def _read(self) -> None:
        """Hand out what the process says; when it is gone, tell all who wait."""
        pipe = self._process.stdout
        for line in pipe or ():
            said: Words = json.loads(line)
            if "ready" in said:
                self._ready.put(said)
                continue
            with self._turn:
                mine = self._waiting.get(said["number"])
            if mine is not None:
                mine.put(said)
        last = (self._process.stderr.read() if self._process.stderr else b"").splitlines()[
            -1:
        ]
        says = last[0].decode(errors="replace") if last else ""
        says = says or f"its process died, with exit code {self._process.wait()}"
        with self._turn:
            self.is_alive = False
            self._ready.put({"ready": False, "why": says})
            for mine in self._waiting.values():
                mine.put({"gone": True})

    def end(self) -> None:
        """End it, and every trial that runs."""
        self.is_alive = False
        with self._turn:
            waiting = list(self._waiting.values())
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(0.5 if waiting else PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(PATIENCE_S)


def import_path() -> str:
    """Return where this process finds modules, whatever folder another one starts in."""
    return os.pathsep.join(os.path.abspath(one) for one in sys.path if one)  # noqa: PTH100


def interrupt(pid: int) -> None:
    """End a trial: as Ctrl-C does at first, so that it writes what it has."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGINT)

    def kill() -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    timer = threading.Timer(PATIENCE_S, kill)
    timer.daemon = True
    timer.start()
