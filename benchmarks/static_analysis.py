"""What it costs to read a cell's code before it runs: `statements_in`, as the hook calls it.

Goal: a median of at most 1 ms of thread CPU for 50 lines of code as people write it. Reference, turn
by turn: the least that any such analysis needs, `ast.parse` and `symtable` of the same text.

The code is that of the notebooks in `benchmarks/notebooks`, cut into pieces of about 50 lines, at
the edges of cells; longer cells are left out.
"""

from __future__ import annotations

import ast
import os
import statistics
import symtable
import warnings
from collections.abc import Iterator
from pathlib import Path
from time import thread_time

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from machine import machine, told

from trackbook.code import statements_in

NOTEBOOKS = sorted(Path(__file__).with_name("notebooks").glob("*.ipynb"))
LEAST, MOST = 45, 55
"""Lines of a piece."""
TRANSFORM = TransformerManager().transform_cell


def main() -> None:
    choice = told(__doc__, repeats=0)
    repeats = choice.repeats or (3 if choice.smoke else 25)
    print(machine())
    print(
        f"load average at the start: {os.getloadavg()[0]:.1f}; best of {repeats} each; ms"
    )
    texts = [piece for file in NOTEBOOKS for piece in pieces(file)]
    if choice.smoke:
        texts = texts[:8]
    ours, least = [], []
    for text in texts:
        turns = [(spent(analysed, text), spent(parsed, text)) for _ in range(repeats)]
        ours.append(min(own for own, _ in turns))
        least.append(min(other for _, other in turns))
    ratio = statistics.median(a / b for a, b in zip(ours, least, strict=True))
    print(
        f"{len(texts)} pieces of {LEAST} to {MOST} lines, from {len(NOTEBOOKS)} notebooks"
    )
    for name, found in (("statements_in", ours), ("ast.parse + symtable", least)):
        found.sort()
        print(
            f"{name:<22}p50 {statistics.median(found):.3f}  p95"
            f" {found[len(found) * 95 // 100]:.3f}  max {found[-1]:.3f}"
        )
    print(f"ratio to the reference, median: {ratio:.2f}")
    print(f"goal (median <= 1 ms): {'kept' if statistics.median(ours) <= 1 else 'missed'}")


def pieces(file: Path) -> Iterator[str]:
    """Yield the code of a notebook in pieces of about 50 lines, as IPython executes it."""
    kept: list[str] = []
    for cell in nbformat.read(file, as_version=4).cells:
        source = TRANSFORM(cell.source) if cell.cell_type == "code" else ""
        if "%%" in cell.source[:2] or lines_in(source) > MOST:
            continue
        if kept and lines_in("".join(kept) + source) > MOST:
            kept = []
        kept.append(source)
        if LEAST <= lines_in("".join(kept)) <= MOST:
            yield "".join(kept)
            kept = []


def lines_in(source: str) -> int:
    """Return how many lines of a source hold anything."""
    return sum(1 for line in source.splitlines() if line.strip())


def spent(work, text: str) -> float:
    """Return the thread CPU in ms that a piece of work takes."""
    begun = thread_time()
    work(text)
    return (thread_time() - begun) * 1e3


def analysed(text: str) -> None:
    statements_in(text, TRANSFORM)


def parsed(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)
        symtable.symtable(text, "<cell>", "exec")


if __name__ == "__main__":
    main()
