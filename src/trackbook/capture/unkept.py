"""Numbers that a library measured and no name kept: `print(model.score(X, y))`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trackbook.code import names_of_calls

if TYPE_CHECKING:
    from trackbook.capture.cell import Cell, Pending
    from trackbook.capture.measures import Measures
    from trackbook.capture.reading import Reading

COMPOUND = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.If,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.Match,
)


class Unkept:
    """What was measured while some statements ran that share their lines.

    A plain statement whose value was captured has said under which name its
    measurement is to be known. In loops and the like, only the very same number
    is taken to be the captured one.
    """

    def __init__(self, measures: Measures, cell: Cell, readings: list[Reading]) -> None:
        self._measures = measures
        self._cell = cell
        self._readings = readings

    def give(self, lines: list[str], modules: frozenset[str]) -> None:
        """Write the measurements that are left, under the names of their calls."""
        first, last = (
            self._readings[0].statement.line,
            self._readings[-1].statement.end_line,
        )
        mine = [p for p in self._cell.pending if p.line is None or first <= p.line <= last]
        if not mine:
            return
        self._cell.pending = [p for p in self._cell.pending if p not in mine]
        source = "\n".join(lines[first - 1 : last])
        seen: dict[tuple[str, str | None], int] = {}
        for one in self._left(mine, source):
            names = names_of_calls(source, one.call, modules)
            place = seen.get((one.call, one.run_id), 0)
            seen[one.call, one.run_id] = place + 1
            name = names[place % len(names)] if names else one.measured.name
            if not self._measures.rules.silences(name):
                self._write(one, name)

    def _left(self, mine: list[Pending], source: str) -> list[Pending]:
        """Return the measurements that no captured value stands for."""
        caught = [value for reading in self._readings for value in reading.caught]
        compares = any(reading.compares for reading in self._readings)
        if len(self._readings) == 1 and is_plain(self._readings[0], source):
            return [] if caught or compares else mine
        return [p for p in mine if p.measured.values[-1][1] not in caught]

    def _write(self, one: Pending, name: str) -> None:
        flow, reading = self._measures.flow, self._readings[-1]
        if one.run_id is not None:
            owners = frozenset({self._measures.trainings.now(one.run_id)})
        else:
            owners = flow.owners_of(flow.steps[reading.number].reads)
        run = reading.run_for(name, owners, metric_like=True)
        if run is None:
            return
        several = len(one.measured.values) > 1
        for step, value in one.measured.values:
            reading.write(run, name, value, step if several else None, "call")


def is_plain(reading: Reading, source: str) -> bool:
    """Say whether a statement runs once, from top to bottom."""
    if reading.statement.nested:
        return False
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return not any(isinstance(node, COMPOUND) for node in tree.body)
