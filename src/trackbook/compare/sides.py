"""Runs side by side, one line for each param and metric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.code import direction_of
from trackbook.errors import Misused
from trackbook.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.records import Run
    from trackbook.store import Store

    Directions = Mapping[str, Literal["max", "min"]]

Of = Literal["all", "params", "metrics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One param or metric over all runs."""

    name: str
    kind: Literal["param", "metric"]
    values: Sequence[str | float | None]
    """One for each run; None where a run lacks it."""
    differs: bool
    best: frozenset[int] = frozenset()
    """Which runs have the best value; none where the way is not known or all are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs side by side."""

    runs: Sequence[Run]
    lines: Sequence[Line]

    def table(self) -> Table:
        """Return a column for each run, what is best marked, what differs said."""
        names = [run.name for run in self.runs]
        rows = [(line.kind, line.name, *line.values, line.differs) for line in self.lines]
        columns = Table(["kind", "name", *names, "differs"], []).columns
        marks: dict[str, set[int]] = {}
        for at, line in enumerate(self.lines):
            for run in line.best:
                marks.setdefault(columns[2 + run], set()).add(at)
        return Table(columns, rows, title=f"{len(self.runs)} runs side by side", best=marks)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def compare(
    store: Store,  # noqa: ARG001  # as every question takes it; runs carry all that is needed today
    runs: Sequence[Run],
    *,
    of: Of = "all",
    changed_only: bool = False,
    directions: Directions | None = None,
) -> Comparison:
    """Return runs side by side: what differs between them, and which is best where.

    Args:
        store: The project's store.
        runs: At least two.
        of: Which lines: params, metrics, or all.
        changed_only: Leave out what is the same in every run.
        directions: Which way is better, for metrics whose name alone does not say so.
    """
    if len(runs) < 2:  # noqa: PLR2004  # side by side
        raise Misused(f"{len(runs)} run given: name at least two to compare (%track runs)")
    lines: list[Line] = []
    if of != "metrics":
        lines += [
            param_line(runs, name) for name in sorted({n for r in runs for n in r.params})
        ]
    if of != "params":
        known = directions or {}
        lines += [
            metric_line(runs, name, known.get(name) or direction_of(name))
            for name in sorted({n for r in runs for n in r.metrics})
        ]
    return Comparison(
        runs=runs, lines=[line for line in lines if line.differs or not changed_only]
    )


def param_line(runs: Sequence[Run], name: str) -> Line:
    """Return one param over all runs."""
    values = [run.params.get(name) for run in runs]
    return Line(name=name, kind="param", values=values, differs=len(set(values)) > 1)


def metric_line(
    runs: Sequence[Run], name: str, direction: Literal["max", "min"] | None
) -> Line:
    """Return one metric over all runs."""
    values = [run.metrics.get(name) for run in runs]
    # NaN is not equal to itself, but two diverged runs do not differ.
    differs = len({"NaN" if v is not None and math.isnan(v) else v for v in values}) > 1
    known = [v for v in values if v is not None and not math.isnan(v)]
    best: frozenset[int] = frozenset()
    if known and differs and direction is not None:
        top = max(known) if direction == "max" else min(known)
        best = frozenset(at for at, value in enumerate(values) if value == top)
    return Line(name=name, kind="metric", values=values, differs=differs, best=best)
