"""What one `log_metric` call costs, against a bare `os.write` of 64 bytes.

Goal: at most 2.5 times. Same process, thread CPU time, interleaved rounds, median of
the rounds' ratios. Run: python benchmarks/log_metric.py [--smoke]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path
from time import thread_time

from machine import machine


def rounds(count: int, calls: int) -> list[tuple[float, float, float]]:
    """Return (bare write, log_metric, dict of four) in ns a call, for each round."""
    import trackbook

    raw = os.open("raw.bin", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
    data = b"x" * 64
    found = []
    four = {"loss": 0.1, "acc": 0.9, "f1": 0.8, "lr": 0.001}
    with trackbook.start_run("bench"):
        log = trackbook.log_metric
        several = trackbook.log_metrics
        log("loss", 0.5, step=0)
        for _ in range(count):
            begun = thread_time()
            for _ in range(calls):
                os.write(raw, data)
            bare = thread_time()
            for step in range(calls):
                log("loss", 0.5, step)
            logged = thread_time()
            for step in range(calls // 4):
                several(four, step)
            ended = thread_time()
            found.append(
                tuple(
                    (b - a) / n * 1e9
                    for a, b, n in (
                        (begun, bare, calls),
                        (bare, logged, calls),
                        (logged, ended, calls // 4),
                    )
                )
            )
    return found


def main() -> None:
    """Print the ratio."""
    smoke = "--smoke" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = rounds(5 if smoke else 41, 2_000 if smoke else 10_000)
        journal = sum(f.stat().st_size for f in Path(".trackbook/journal").glob("*"))
        os.chdir("/")
    bare, logged, several = (
        statistics.median(column) for column in zip(*found, strict=True)
    )
    ratio = statistics.median(log / raw for raw, log, _ in found)
    print(machine())
    print(f"os.write of 64 bytes      {bare:8.0f} ns")
    print(f"log_metric(key, value, n) {logged:8.0f} ns   {ratio:.2f} x (goal <= 2.5 x)")
    print(
        f"log_metrics of four       {several:8.0f} ns   {several / bare / 4:.2f} x a metric"
    )
    print(f"journal written           {journal / 1e6:8.1f} MB")


if __name__ == "__main__":
    main()
