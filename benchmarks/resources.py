"""What sampling a session's use of its machine costs.

Goal: below 0.5 % of one core, in a kernel's busy minute and in an idle one.
Reference: a plain loop that asks psutil every second for processor time and memory of the
process and its children, over the same time.

Each is a process of its own that does a fixed piece of work and then sleeps for the rest
of its time, in which a thread samples; user and system CPU of the whole process, the
median over processes that run side by side, less that of a process in which nothing samples. The piece
of work is the same in all; idle ones have none.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from machine import machine, told

WORK = """
import os, sys, threading, time
seconds, rounds = float(sys.argv[1]), int(sys.argv[2])
ends = time.time() + seconds
import psutil  # in all: what is measured is sampling
"""
OURS = """
from trackbook.book.sampling import Sampling
kept = []
began = time.time() if {busy} else None
sampling = Sampling(lambda *fact: kept.append(fact), began=lambda: began, fault=print)
"""
REFERENCE = """
def loop():
    me = psutil.Process()
    while True:
        for one in (me, *me.children(recursive=True)):
            one.cpu_times(), one.memory_info()
        time.sleep(1)
threading.Thread(target=loop, daemon=True).start()
"""
OFF = "import trackbook.book.sampling\n"
REST = """
used = time.process_time()
total = 0
for number in range(rounds):
    total += number * number
while time.time() < ends:
    time.sleep(min(0.05, max(0.0, ends - time.time())) if rounds else ends - time.time())
print(time.process_time() - used, flush=True)
os._exit(0)
"""


def main() -> None:
    choice = told(__doc__, seconds=0, repeats=0)
    seconds = choice.seconds or (3 if choice.smoke else 60)
    repeats = choice.repeats or (1 if choice.smoke else 3)
    print(machine())
    print(f"load average: {os.getloadavg()[0]:.1f}; {seconds} s, {repeats} times each")
    for name, rounds in (("busy", 2_000_000), ("idle", 0)):
        ours = OURS.format(busy=bool(rounds))
        costs = {"off": OFF, "ours": ours, "reference": OFF + REFERENCE}
        found: dict[str, list[float]] = {which: [] for which in costs}
        for _ in range(repeats):
            # At the same time: each sleeps nearly all of it.
            begun = {
                which: start(WORK + part + REST, seconds, rounds)
                for which, part in costs.items()
            }
            for which, process in begun.items():
                found[which].append(float(process.communicate()[0]))
        off, sampled, plain = (statistics.median(found[which]) for which in costs)
        mine, theirs = (100 * (one - off) / seconds for one in (sampled, plain))
        print(f"{name}: {mine:.3f} % of a core (goal 0.5); a plain loop {theirs:.3f} %")
        if not choice.smoke:
            assert mine < 0.5, f"sampling costs {mine:.2f} % of a core"


def start(source: str, seconds: float, rounds: int) -> subprocess.Popen[str]:
    """Start a process that prints the seconds of CPU that it used."""
    words = [sys.executable, "-c", source, str(seconds), str(rounds)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main()
