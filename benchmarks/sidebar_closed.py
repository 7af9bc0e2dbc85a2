"""Milliseconds of CPU a minute that a Jupyter server takes with trackbook while no sidebar is open.

Against the same server without trackbook's extension, turn by turn, each at rest beside a
project of runs after its start is over. Goal: no measurable difference.
Run: `python benchmarks/sidebar_closed.py [--smoke]`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine, told
from runs_table import built

SETTLE_S, TURNS = 4, 4
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    choice = told(__doc__, runs=0)
    rest, turns = (2, 1) if choice.smoke else (30, TURNS)
    print(f"{turns} turns of {rest} s each, in alternating order; {machine()}")
    spent: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "root").mkdir()
        built(root / "root/.trackbook", 100).close()
        for turn in range(turns):
            for with_it in (True, False) if turn % 2 else (False, True):
                spent[with_it].append(at_rest(root, with_it, rest) * 60 / rest)
    without, having = (statistics.median(spent[one]) for one in (False, True))
    print(f"without trackbook: {without:.0f} ms of CPU a minute  {shown(spent[False])}")
    print(f"with trackbook:    {having:.0f} ms of CPU a minute  {shown(spent[True])}")
    print(
        f"ratio: {(having + 1) / (without + 1):.2f}, one tick is {1000 / TICKS * 60 / rest:.0f} ms"
    )


def shown(values: list[float]) -> str:
    """Return all turns."""
    return " ".join(f"{value:.0f}" for value in values)


def at_rest(root: Path, with_it: bool, rest: float) -> float:
    """Return the milliseconds of CPU that a server takes while nobody asks it anything."""
    home = Path(tempfile.mkdtemp(dir=root))
    extensions = {"trackbook": with_it}
    config = {"ServerApp": {"jpserver_extensions": extensions, "open_browser": False,
                            "allow_root": True, "root_dir": str(root / "root"), "port": 0}}  # fmt: skip
    (home / "jupyter_server_config.json").write_text(json.dumps(config))
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(home)}
    env |= {f"JUPYTER_{name}_DIR": str(home / name) for name in ("DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyter_server"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=root, stdout=log, stderr=log)
    try:
        while not list((home / "RUNTIME").glob("jpserver-*.json")):
            if server.poll() is not None:
                raise RuntimeError((home / "log").read_text())
            time.sleep(0.1)
        time.sleep(SETTLE_S)
        begun = cpu_ms(server.pid)
        time.sleep(rest)
        return cpu_ms(server.pid) - begun
    finally:
        server.terminate()
        server.wait(20)


def cpu_ms(pid: int) -> float:
    """Return the milliseconds of CPU that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS * 1000


if __name__ == "__main__":
    main()
