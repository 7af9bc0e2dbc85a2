"""A fresh Python process that knows no secrets, watched, and ended with all it started."""

from __future__ import annotations

import os
import signal
import site
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from trackbook.clock import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from threading import Event

BEGIN = Path(__file__).with_name("begin.py")
MARK = "TRACKBOOK_GATE"
"""The variable by which every process that came of a child is known."""
HANDED_ON = (
    "PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "TZ", "VIRTUAL_ENV",
    "CONDA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "SYSTEMROOT", "WINDIR",
)  # fmt: skip
"""All that a child gets of our environment: no variable that may hold a secret."""
LOOKS_EVERY_S, TAIL_BYTES, SWEEPS = 0.02, 20_000, 20

Why = Literal["ended", "time", "memory", "halted"]


class Ended(NamedTuple):
    """How a child ended."""

    why: Why
    code: int | None
    """Its exit code, negative for a signal."""
    seconds: float
    peak_bytes: int
    """Most that it and what it started had in memory, as seen from outside."""
    said: str
    """The end of what it wrote to its error output."""

    @property
    def last_line(self) -> str:
        """The last thing that it said; of a traceback the error, of a long error its first line."""
        lines = [line.rstrip() for line in self.said.splitlines() if line.strip()]
        frames = [at for at, line in enumerate(lines) if line.startswith('  File "')]
        after = lines[frames[-1] + 1 :] if frames else []
        named = [line for line in after if not line.startswith(" ")]
        fatal = [line for line in lines if line.startswith("Fatal Python error")]
        told = [*named[:1], *fatal[:1], *(line.strip() for line in lines[-1:])]
        return told[0][:300] if told else f"exit code {self.code}"


def run_child(
    script: Path,
    arguments: Sequence[str],
    work: Path,
    *,
    seconds: float,
    memory_bytes: int,
    halt: Event,
    network: Literal["closed", "open"] = "open",
    variables: Mapping[str, str] | None = None,
) -> Ended:
    """Execute a script that needs no trackbook in a fresh Python, until its end or a limit.

    It works, and has its home, in the empty folder `work`. `memory_bytes` counts all that
    it starts too. `halt` ends it when set. `closed` is the network where that can be.
    `variables` are added to what it has of an environment.
    """
    token = new_id()
    hears, held = os.pipe()
    limits = [str(memory_bytes), network, str(hears)]
    command = [sys.executable, "-P", "-B", str(BEGIN), *limits, str(script), *arguments]
    started, born = time.monotonic(), time.time()
    # Without a name: what the child could put under it, such as a pipe, would be read here.
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(  # noqa: S603  # our script, in our Python
                command,
                cwd=work,
                env=environment(work, token) | dict(variables or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
                pass_fds=(hears,),
            )
            why, peak = until_ended(
                child, token, born, started + seconds, memory_bytes, halt
            )
        finally:
            os.close(hears)
            os.close(held)
        took = time.monotonic() - started
        return Ended(why, child.returncode, took, peak, tail_of(said))


def until_ended(
    child: subprocess.Popen[bytes],
    token: str,
    born: float,
    deadline: float,
    memory_bytes: int,
    halt: Event,
) -> tuple[Why, int]:
    """Watch a child until it has ended or must end, and end all that is left of it."""
    try:
        return watched(child, deadline, memory_bytes, halt)
    finally:
        end_all(child, token, born)


def watched(
    child: subprocess.Popen[bytes], deadline: float, memory_bytes: int, halt: Event
) -> tuple[Why, int]:
    """Wait until a child has ended or must end; return why, and its peak of memory."""
    import psutil

    peak = 0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(child.pid)
        while not has_ended(child):
            peak = max(peak, memory_of(root))
            if peak > memory_bytes:
                return "memory", peak
            if time.monotonic() >= deadline:
                return "time", peak
            if halt.wait(LOOKS_EVERY_S):
                return "halted", peak
    return "ended", peak


def has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Tell whether a child has ended; where it can be, without taking its number from it."""
    if not hasattr(os, "waitid"):  # macOS, before Python 3.13
        return child.poll() is not None
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child.pid, options) is not None


def memory_of(root: object) -> int:
    """Return what a process and all that it started have in memory."""
    import psutil

    total = 0
    with suppress(psutil.NoSuchProcess):
        for one in (root, *root.children(recursive=True)):  # type: ignore[attr-defined]  # psutil has no types
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_info().rss
    return total


def end_all(child: subprocess.Popen[bytes], token: str, born: float) -> None:
    """End a child's whole group, and whatever of it went into a session of its own.

    The child is not waited for before, so that its number still is its own.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for _ in range(SWEEPS):
        left = left_over(token, born)
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            return
        time.sleep(LOOKS_EVERY_S)


def left_over(token: str, born: float) -> list[int]:
    """Return living processes that came of a child, by the mark in their environment."""
    import psutil

    found = []
    for one in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            if (
                one.create_time() >= born - 2
                and one.status() != psutil.STATUS_ZOMBIE
                and one.environ().get(MARK) == token
            ):
                found.append(one.pid)
    return found


def environment(work: Path, token: str) -> dict[str, str]:
    """Return a child's environment: where programs are, a home of its own, nothing else."""
    kept = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    home = str(work)
    return kept | {
        MARK: token,
        "HOME": home,
        "TMPDIR": home,
        "XDG_CACHE_HOME": home,
        "MPLCONFIGDIR": home,
        # Packages of the user's own site are found by it, for home is elsewhere.
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }


def tail_of(file: IO[bytes]) -> str:
    """Return the end of an open file, however long it is."""
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - TAIL_BYTES))
    return file.read(TAIL_BYTES).decode("utf-8", errors="replace")
