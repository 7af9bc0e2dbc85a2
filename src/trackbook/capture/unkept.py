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

    def __init__(
        self,
        measures: Measures,
        cell: Cell,
        readings: list[Reading],
        lines: list[str],
    ) -> None:
        self._measures = measures
        self._readings = readings
        first, last = readings[0].statement.line, readings[-1].statement.end_line
        mine = [p for p in cell.pending if p.line is None or first <= p.line <= last]
        self._source = "\n".join(lines[first - 1 : last]) if mine else ""
        self._is_plain = (
            len(readings) == 1 and bool(mine) and is_plain(readings[0], self._source)
        )
        self._named = self._with_names(mine, cell.modules)
        if mine:
            cell.pending = [p for p in cell.pending if p not in mine]

    def give_bound(self) -> set[str]:
        """Write what a loop measured into its names, each as it was made; return the names.

        After a loop `acc` holds the last value only: here are all of them, each with
        the model that it measured.
        """
        if self._is_plain and len({one.run_id for one, _ in self._named}) <= 1:
            return set()
        bound = {name for reading in self._readings for name in reading.statement.computed}
        mine = [(one, name) for one, name in self._named if name in bound]
        self._named = [pair for pair in self._named if pair not in mine]
        for one, name in mine:
            self._write(one, name)
        return {name for _, name in mine}

    def give_rest(self) -> None:
        """Write the measurements that no captured value stands for."""
        caught = [value for reading in self._readings for value in reading.caught]
        if self._is_plain and (
            caught or any(reading.compares for reading in self._readings)
        ):
            return
        for one, name in self._named:
            if self._is_plain or one.measured.values[-1][1] not in caught:
                self._write(one, name)

    def _with_names(
        self, mine: list[Pending], modules: frozenset[str]
    ) -> list[tuple[Pending, str]]:
        """Return measurements with the names of their calls, in order."""
        seen: dict[tuple[str, str | None], int] = {}
        pairs = []
        for one in mine:
            names = names_of_calls(self._source, one.call, modules)
            # Each call made once: in the order of the text, whatever model it measured.
            once = len(names) == sum(each.call == one.call for each in mine)
            key = one.call, None if once else one.run_id
            place = seen.get(key, 0)
            seen[key] = place + 1
            own = one.measured.name  # a report measures several things, by names of its own
            named = bool(names) and own.startswith(one.call)
            name = names[place % len(names)] if named else own
            if not self._measures.rules.silences(name):
                pairs.append((one, name))
        return pairs

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
