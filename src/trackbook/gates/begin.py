"""Sets a fresh process its limits and executes a script in it; executed as a script itself.

It needs the standard library only, and is given: the most memory in bytes, `closed` or
`open` for the network, the number of a pipe, the script, and what the script is given.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from pathlib import Path

TOLD = "TRACKBOOK_GATE_NETWORK"
"""The variable in which the script finds whether the network is closed."""
SPARE = 2**30

NEW_USER, NEW_NET = 0x1000_0000, 0x4000_0000
"""CLONE_NEWUSER and CLONE_NEWNET of Linux: `os` knows them from Python 3.12 on."""


def main(memory_bytes: int, network: str, pipe: int, script: str) -> None:
    """Set the limits, then be the script."""
    limit(memory_bytes)
    is_closed = network == "closed" and close_network()
    os.environ[TOLD] = "closed" if is_closed else "open"
    end_with(pipe)
    sys.argv[:5] = [script]
    runpy.run_path(script, run_name="__main__")


def limit(memory_bytes: int) -> None:
    """Set what this process may never pass, however fast it grows between two looks."""
    try:
        import resource
    except ImportError:
        return
    # Twice and some more: libraries reserve what they never touch.
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, 2 * memory_bytes + SPARE),
        (resource.RLIMIT_FSIZE, 2 * SPARE),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def close_network() -> bool:
    """Take this process out of every network, where the system lets us; tell whether it did.

    What is loaded in it is not trusted, and has to be whole without one.
    """
    unshare = getattr(os, "unshare", None)  # Linux, from Python 3.12 on
    if unshare is None:
        return False
    user, group = os.getuid(), os.getgid()
    try:
        unshare(NEW_USER | NEW_NET)
    except OSError:
        return False
    maps = {
        "setgroups": "deny",
        "uid_map": f"{user} {user} 1",
        "gid_map": f"{group} {group} 1",
    }
    for name, text in maps.items():
        Path("/proc/self", name).write_text(text, encoding="ascii")
    return True


def end_with(pipe: int) -> None:
    """End this process and its group when whoever started it is gone, killed or not."""

    def wait() -> None:
        os.read(pipe, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
