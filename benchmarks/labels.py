"""The labelled corpus: sessions, and what a person who reads them would write down.

A file of `benchmarks/labelled` has its labels in the lines that begin with `#` at its top, then its
cells, each behind a line `# %%`. Labels are separated by commas; `a|b` is one thing that may go by
either name, `*` stands for anything in a name, and what ends with `?` may be left out. `runs: none`:
no run should be opened. `notebook: NAME` has its cells in `benchmarks/notebooks`.

They were written by reading the code, before any of it was run.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from players import cells_of

FOLDER = Path(__file__).with_name("labelled")
ANYHOW = """
model random_state seed n_jobs nthread verbose shuffle cv scoring estimator best.* cv.* estimator.*
"""
"""Params that nobody would miss and nobody would mind."""
BESIDES = "*_folds *_std"
"""Metrics of which the same holds: what stands beside a mean over folds."""


class Label(NamedTuple):
    """One thing that was chosen or measured."""

    names: tuple[str, ...]
    """Patterns of the names that it may go by."""
    optional: bool = False

    def fits(self, name: str) -> bool:
        """Tell whether a name is this; `clf.C` of a step is as good as `C`."""
        inner = name.rpartition(".")[2]
        return any(fnmatchcase(n, p) for p in self.names for n in (name, inner))


class Labelled(NamedTuple):
    """One session with its labels."""

    name: str
    cells: list[str]
    params: list[Label]
    metrics: list[Label]
    runs: bool
    """Whether any run should be opened."""


class Score(NamedTuple):
    """How names that were captured compare with labels."""

    right: int = 0
    wrong: tuple[str, ...] = ()
    found: int = 0
    missed: tuple[str, ...] = ()

    def plus(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(self, other, strict=True)))

    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))

    def recall(self) -> float:
        return self.found / max(1, self.found + len(self.missed))


def sessions(part: str) -> list[Labelled]:
    """Return the sessions of a part of the corpus: dev, held_out."""
    return [read(file) for file in sorted((FOLDER / part).glob("*.txt"))]


def read(file: Path) -> Labelled:
    """Return one session with its labels."""
    head, *cells = file.read_text().split("# %%\n")
    told = dict(
        line.removeprefix("# ").split(": ", 1) for line in head.splitlines() if line
    )
    if "notebook" in told:
        cells = list(cells_of(told["notebook"]).values())
    return Labelled(
        file.stem,
        [cell.strip("\n") for cell in cells],
        [*labels(told.get("params", "")), Label(tuple(ANYHOW.split()), optional=True)],
        [*labels(told.get("metrics", "")), Label(tuple(BESIDES.split()), optional=True)],
        told.get("runs") != "none",
    )


def labels(text: str) -> list[Label]:
    """Return the labels of a line; an alternative with `?` makes the whole optional."""
    found = []
    for part in text.split(", ") if text else ():
        names = part.strip().split("|")
        optional = any(name.endswith("?") for name in names)
        found.append(Label(tuple(name.removesuffix("?") for name in names), optional))
    return found


def score(captured: set[str], wanted: list[Label]) -> Score:
    """Compare names with labels; what fits an optional one only counts for nothing."""
    needed = [label for label in wanted if not label.optional]
    right = {name for name in captured if any(label.fits(name) for label in needed)}
    wrong = {n for n in captured - right if not any(label.fits(n) for label in wanted)}
    missed = [label.names[0] for label in needed if not any(map(label.fits, captured))]
    return Score(len(right), tuple(sorted(wrong)), len(needed) - len(missed), tuple(missed))
