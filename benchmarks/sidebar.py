"""Milliseconds to answer the sidebar in a project of 10,000 runs, 20 params and 20 metrics each.

Against the newest hundred rows of the view `runs` alone. Goal: a page within 200 ms, so that
the list scrolls; a look for news that found none within 5 ms, for it is made twice a second.
Run: `python benchmarks/sidebar.py [--smoke]`.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

import msgspec
from board import built as built_board
from machine import machine, told
from runs_table import NAMES, built

from trackbook.book import Book
from trackbook.doors.lab.lines import experiments_of, page_of
from trackbook.doors.lab.shelf import board_of
from trackbook.doors.lab.watch import state_of

ROUNDS = 9


def main() -> None:
    choice = told(__doc__, runs=0)
    count = choice.runs or (300 if choice.smoke else 10_000)
    with tempfile.TemporaryDirectory() as folder:
        built(Path(folder) / ".trackbook", count).close()
        book = Book(Path(folder))
        first = page_of(book)
        have = [line.mark for line in first.runs]
        print(f"{count:,} runs, {NAMES} params and {NAMES} metrics each; {machine()}")
        print(f"load average: {os.getloadavg()[0]:.1f}; medians of {ROUNDS}")
        plain = taken(
            lambda: book.store.rows(
                "SELECT * FROM tb.run_facts ORDER BY started_at DESC LIMIT 100"
            )
        )
        print(f"reference, 100 rows of the runs' facts alone: {plain * 1e3:.1f} ms")
        for label, ask in {
            "the first page": lambda: page_of(book),
            "the first page, nothing new": lambda: page_of(book, have=have),
            "the next page": lambda: page_of(book, after=first.next),
            "a page of what meets a filter": lambda: page_of(
                book, filter="metrics.m3 > 0.5"
            ),
            "all experiments": lambda: experiments_of(book),
            "a look for news": lambda: state_of(Path(folder)),
        }.items():
            seconds = taken(ask)
            size = len(msgspec.json.encode(ask())) / 1e3
            print(
                f"{label}: {seconds * 1e3:.2f} ms ({seconds / plain:.2f} x), {size:.1f} kB"
            )
        book.close()
    with tempfile.TemporaryDirectory() as folder:
        versions = count // 10
        built_board(Path(folder) / ".trackbook", versions)[0].close()
        book = Book(Path(folder))
        plain = taken(lambda: book.store.rows("SELECT * FROM tb.versions"))
        seconds = taken(lambda: board_of(book))
        print(
            f"the registry, {versions:,} versions: {seconds * 1e3:.0f} ms, {seconds / plain:.1f} x"
            f" the rows of the view alone ({plain * 1e3:.0f} ms)"
        )
        book.close()


def taken(work) -> float:
    """Return the median of seconds that some work takes."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
