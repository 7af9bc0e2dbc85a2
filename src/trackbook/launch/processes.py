"""A command as a process of its own: what it puts out is kept and passed on, and it ends."""

from __future__ import annotations

import codecs
import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

MOST = 1 << 20
"""Characters of what a process puts out that are kept, half of them its last."""
GRACE_S = 5.0
"""How long a process that is asked to end may take."""
POLL_S = 0.1


@dataclass(slots=True)
class Text:
    """The beginning and the end of a text that may grow for hours."""

    head: str = ""
    tail: str = ""
    left_out: int = 0

    def add(self, more: str) -> None:
        """Add to its end."""
        room = MOST // 2 - len(self.head)
        self.head += more[:room]
        self.tail += more[room:] if room < len(more) else ""
        if len(self.tail) > MOST:  # not for each line anew
            self._cut()

    def _cut(self) -> None:
        over = max(0, len(self.tail) - MOST // 2)
        self.left_out += over
        self.tail = self.tail[over:]

    def __str__(self) -> str:
        self._cut()
        if not self.left_out:
            return self.head + self.tail
        return f"{self.head}\n… {self.left_out} characters were not kept …\n{self.tail}"


@dataclass(slots=True)
class Ended:
    """How a process ended."""

    exit_code: int
    output: Text
    is_late: bool = False
    """It was ended, for it took too long."""

    @property
    def error(self) -> str | None:
        """The last line that it put out, with its exit code; None where it went well."""
        if self.exit_code == 0 and not self.is_late:
            return None
        lines = [line.strip() for line in str(self.output).splitlines() if line.strip()]
        said = f": {lines[-1][:500]}" if lines else ""
        if self.exit_code < 0:
            return f"ended by {signal_name(-self.exit_code)}{said}"
        return f"exit code {self.exit_code}{said}"


def ran(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    *,
    output: Text,
    timeout_s: float | None = None,
    echo: Callable[[str], None] = lambda _text: None,
) -> Ended:
    """Run a command in a process group of its own, until it and its children have ended.

    Args:
        command: its words; no shell reads them
        folder: where it works
        env: all variables of its environment
        output: takes what it puts out
        timeout_s: how long it may take
        echo: told what it puts out, as it comes

    Raises:
        Misused: it cannot be started
        KeyboardInterrupt: somebody stopped it; it has ended
    """
    process = started(command, folder, env)
    found = Ended(exit_code=-1, output=output)
    reader = threading.Thread(target=listen, args=(process, output, echo), daemon=True)
    reader.start()
    try:
        found.is_late = not waited(process, timeout_s)
    finally:
        end_group(process)
        reader.join(GRACE_S)
        found.exit_code = process.returncode
    return found


def started(
    command: Sequence[str], folder: Path, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a command, at the head of a process group of its own."""
    try:
        return subprocess.Popen(  # noqa: S603  # what a project says, each value one word
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise Misused(f"cannot start {command[0][:200]!r}: {what}") from None


def listen(
    process: subprocess.Popen[bytes], output: Text, echo: Callable[[str], None]
) -> None:
    """Read what a process puts out, until nobody can write there any more."""
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    stream = process.stdout
    while stream is not None and (chunk := os.read(stream.fileno(), 1 << 16)):
        text = decoder.decode(chunk)
        output.add(text)
        echo(text)


def waited(process: subprocess.Popen[bytes], timeout_s: float | None) -> bool:
    """Wait for a process; say whether it ended in time."""
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    while process.poll() is None:
        if deadline is not None and time.monotonic() > deadline:
            return False
        with suppress(subprocess.TimeoutExpired):
            process.wait(POLL_S)
    return True


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started: first politely, as Ctrl-C does."""
    if process.poll() is None:
        for asked in (signal.SIGINT, signal.SIGTERM):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, asked)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S)
                break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # what it left behind
    process.wait()


@contextmanager
def ended_politely() -> Iterator[None]:
    """Take a request to end this process for an interrupt, so that what it started ends too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Interrupt whatever goes on."""
    raise KeyboardInterrupt


def signal_name(number: int) -> str:
    """Return what a signal is called."""
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"
