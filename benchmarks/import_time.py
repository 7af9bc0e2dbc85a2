"""What `%load_ext trackbook` adds to the start of IPython.

Goal: at most 150 ms of CPU, with no pandas, numpy, plotly, ipywidgets or duckdb imported.
Reference: a process that starts the same IPython shell and loads nothing; fresh processes
in pairs, one after the other, user and system CPU, the median of the pairs' differences.
Also printed: the same for whole processes, which end their session and drain it.

A user's second start finds compiled files, so both kinds run once beforehand, with
compiled files in a folder of this script's own: where PYTHONDONTWRITEBYTECODE is set,
every start would compile all of it again.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import machine, told

BARE = """
import json, resource, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
"""
LOADED = 'shell.run_line_magic("load_ext", "trackbook")\n'
TELL = """
used = resource.getrusage(resource.RUSAGE_SELF)
print("\\n" + json.dumps([used.ru_utime + used.ru_stime, sorted(sys.modules)]))
"""
HEAVY = ("pandas", "numpy", "plotly", "ipywidgets", "duckdb")


def main() -> None:
    choice = told(__doc__, pairs=0)
    pairs = choice.pairs or (3 if choice.smoke else 25)
    print(machine())
    print(f"load average: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="import-time-") as name:
        folder = Path(name)
        for source in (BARE, BARE + LOADED):
            started(source, folder)
        found = [
            (started(BARE, folder), started(BARE + LOADED, folder)) for _ in range(pairs)
        ]
    report("IPython and %load_ext", [(bare[0], loaded[0]) for bare, loaded in found])
    report("the whole process, its end included", [(b[1], w[1]) for b, w in found])
    modules = found[-1][1][2]
    heavy = [module for module in HEAVY if module in modules]
    more = len(modules) - len(found[-1][0][2])
    print(f"{more} more modules; heavy ones: {', '.join(heavy) or 'none'} (goal: none)")
    assert not heavy, f"{heavy} imported by %load_ext trackbook"


def started(source: str, folder: Path) -> tuple[float, float, list[str]]:
    """Return a fresh process's CPU seconds when it was ready and at its end, and its modules."""
    work = tempfile.mkdtemp(dir=folder)
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), "IPYTHONDIR": work}
    child = subprocess.Popen(
        [sys.executable, "-c", source + TELL],
        cwd=work,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    printed = child.stdout.read()
    _pid, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    child.stdout.close()
    assert child.returncode == 0, printed
    ready, modules = json.loads(printed.splitlines()[-1])
    return ready, used.ru_utime + used.ru_stime, modules


def report(what: str, pairs: list[tuple[float, float]]) -> None:
    bare, loaded = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
    more = sorted((with_it - without) * 1e3 for without, with_it in pairs)
    print(
        f"{what}: {bare:.0f} ms without, {loaded:.0f} ms with trackbook; difference"
        f" {statistics.median(more):.0f} ms of CPU, {more[0]:.0f} to {more[-1]:.0f},"
        f" {len(pairs)} pairs (goal: at most 150 ms for the first)"
    )


if __name__ == "__main__":
    main()
