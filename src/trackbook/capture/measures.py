"""After a cell: which of its values are whose params and metrics."""

from __future__ import annotations

import builtins
import re
from fnmatch import fnmatchcase
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from trackbook.capture.flow import NOBODY
from trackbook.capture.reading import Reading
from trackbook.capture.unkept import Unkept
from trackbook.capture.values import is_configuration, number_of, params_in, series_of
from trackbook.code import Closures, statements_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trackbook.capture.cell import Cell
    from trackbook.capture.flow import Flow
    from trackbook.capture.ledger import Ledger
    from trackbook.capture.run import ActiveRun
    from trackbook.capture.trainings import Trainings
    from trackbook.code import Statement

BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
WORD = re.compile(r"[^\W\d]\w*")


class Rules(NamedTuple):
    """What the user forces and silences, as name patterns."""

    metrics: Sequence[str] = ()
    params: Sequence[str] = ()
    ignore: Sequence[str] = ()

    def silences(self, name: str) -> bool:
        if name.startswith("_"):
            return True
        return bool(self.ignore) and any(fnmatchcase(name, p) for p in self.ignore)

    def forces_metric(self, name: str) -> bool:
        return bool(self.metrics) and any(fnmatchcase(name, p) for p in self.metrics)

    def forces_param(self, name: str) -> bool:
        return bool(self.params) and any(fnmatchcase(name, p) for p in self.params)


class Missed(NamedTuple):
    """A value that was looked at and not captured, and why."""

    name: str
    why: str


class Measures:
    """Reads a finished cell, statement by statement."""

    def __init__(self, ledger: Ledger, flow: Flow, trainings: Trainings) -> None:
        self.ledger = ledger
        self.flow = flow
        self.trainings = trainings
        self._accumulators: set[str] = set()
        self._lengths: dict[tuple[str, str], tuple[int, int]] = {}
        """Identity and length of each list when it was last written as a series."""
        self._everywhere: set[int] = set()
        """Steps of `parameters` cells: part of every slice."""
        self._fitted: dict[int, dict[str, object]] = {}
        self.rules = Rules()
        self.missed: list[Missed] = []
        self.missed_here: list[Missed] = []
        """Those of the cell that ended last."""

    def fitted(self, line: int | None, params: Mapping[str, object]) -> None:
        """Keep the params of a fitted helper for the runs that will rest on it."""
        found = self._fitted.setdefault(line or 0, {})
        found |= params

    def examine(
        self, cell: Cell, namespace: Mapping[str, object], transform: Callable[[str], str]
    ) -> list[Statement]:
        """Read a cell's code: what it is made of, and what its words stand for.

        Args:
            cell: the execution, before or after it ran: after it, if it imports something
            namespace: the user's names
            transform: IPython's, for magics inside magics
        """
        cell.modules, rebound = special_words_in(cell.transformed, namespace)
        cell.statements = statements_in(
            cell.transformed, transform, modules=cell.modules, rebound=rebound
        )
        return cell.statements

    def read(
        self,
        cell: Cell,
        namespace: Mapping[str, object],
        transform: Callable[[str], str],
        *,
        shown: object,
        failed_line: int | None,
        opens: bool,
    ) -> list[Statement]:
        """Give every captured value of a cell to its run; return the statements that ran.

        Args:
            cell: the finished execution
            namespace: the user's names
            transform: IPython's, for magics inside magics
            shown: the value that the cell displayed, if any
            failed_line: where it stopped, counted in the transformed source
            opens: whether a metric without a run may open one
        """
        whole = cell.statements
        if whole is None:
            whole = self.examine(cell, namespace, transform)
        statements = [s for s in whole if failed_line is None or s.line <= failed_line]
        self._accumulators.update(*(s.accumulators for s in statements))
        lines = cell.transformed.splitlines()
        closures = cell.closures = Closures(namespace)
        alone = written_once(statements)
        for group in sharing_lines(statements):
            numbers = [self._advance(cell, s, namespace, closures, alone) for s in group]
            readings = [
                Reading(self, cell, statement, number, namespace, opens=opens)
                for statement, number in zip(group, numbers, strict=True)
            ]
            unkept = Unkept(self, cell, readings, lines) if cell.pending else None
            named = unkept.give_bound() if unkept is not None else ()
            for reading in readings:
                last = reading.statement is statements[-1] and failed_line is None
                reading.run(shown if last else None, named)
            if unkept is not None:
                unkept.give_rest()
        self._fitted.clear()
        self.flow.end_cell()
        return statements

    def params_for(self, numbers: Iterable[int]) -> dict[str, object]:
        """Return the params inside the slice of some steps."""
        return self.flow.params_of({*numbers, *self._everywhere})

    def _advance(
        self,
        cell: Cell,
        statement: Statement,
        namespace: Mapping[str, object],
        closures: Closures,
        alone: frozenset[str],
    ) -> int:
        reads = frozenset(closures.of(statement.reads))
        trained = NOBODY
        if cell.trained:
            trained = frozenset(
                self.trainings.now(t.run_id)
                for t in cell.trained
                if t.line is None or statement.line <= t.line <= statement.end_line
            )
        number = self.flow.advance(
            statement,
            cell.execution_id,
            reads=reads,
            chosen=self._chosen(statement, namespace),
            trained=trained,
            namespace=namespace,
            alone=alone,
        )
        for run_id in trained:
            cell.touched.setdefault(run_id, set()).add(number)
        cell.ran.append((number, statement))
        if cell.parameters:
            self._everywhere.add(number)
        return number

    def _chosen(
        self, statement: Statement, namespace: Mapping[str, object]
    ) -> dict[str, object]:
        """Return the params that a statement chose, taken apart with dots."""
        found = self._typed(statement)
        for name in statement.binds - statement.chosen.keys():
            if self.rules.silences(name) or name in statement.loops:
                continue
            value = namespace.get(name)
            if (
                name in statement.constants
                or is_configuration(value)
                or self.rules.forces_param(name)
            ):
                found |= dict(params_in(name, value))
        for call in statement.given:
            given = call.params_of(namespace)
            for name in (name for name in given if not self.rules.silences(name)):
                found |= dict(params_in(name, given[name]))
        for line, params in self._fitted.items():
            if statement.line <= line <= statement.end_line:
                found |= params
        return found

    def _typed(self, statement: Statement) -> dict[str, object]:
        """Return the names that a statement binds to literals, taken apart with dots."""
        found: dict[str, object] = {}
        for name, value in statement.chosen.items():
            left_alone = name in self._accumulators or self.rules.forces_metric(name)
            forced = self.rules.forces_param(name)
            left_alone = left_alone or (not forced and spells_out_data(value))
            if not self.rules.silences(name) and not left_alone:
                found |= dict(params_in(name, value))
        return found

    def new_points(self, run: ActiveRun, name: str, value: object) -> list[float]:
        """Return the points of a series that were not written yet; lists grow in place."""
        points = series_of(value) or []
        key = run.run_id, name
        identity, length = self._lengths.get(key, (0, 0))
        self._lengths[key] = id(value), len(points)
        if identity == id(value) and length <= len(points):
            return points[length:]
        return points

    def force(self, name: str, value: object, what: str) -> ActiveRun | None:
        """Write a name's present value to the run it rests on, if there is one; return that run."""
        owners = [
            self.ledger.runs[o]
            for o in self.flow.owners_of([name])
            if o in self.ledger.runs
        ]
        run = owners[0] if len(owners) == 1 else self.ledger.by_hand
        if run is None:
            return None
        number = number_of(value)
        if what == "metric" and number is not None:
            run.log_metric(name, number, origin="forced")
        elif what == "param" and dict(params_in(name, value)):
            run.log_params(dict(params_in(name, value)), origin="forced")
        else:
            return None
        return run

    def miss(self, name: str, why: str) -> None:
        """Remember a value that was not captured, for `%track`."""
        self.missed.append(Missed(name, why))
        self.missed_here.append(self.missed[-1])
        del self.missed[:-20], self.missed_here[:-20]


def spells_out_data(value: object) -> bool:
    """Tell whether a literal is data rather than a choice: some sentences, a table of numbers."""
    if type(value) is dict:
        value = list(value.values())
    if type(value) is not list or not value:
        return False
    if len(value) >= FEW and all(type(text) is str for text in value):
        return sum(len(text.split()) for text in value) >= WORDS * len(value)
    return len(value) >= FEW and all(is_row(row) for row in value)


def is_row(value: object) -> bool:
    """Tell whether a literal is a row of a table: numbers only, more than one."""
    return (
        type(value) is list
        and len(value) > 1
        and all(type(number) in (int, float) for number in value)
    )


FEW, WORDS = 3, 3
"""Of so many texts or rows, and so many words a text, nobody chooses one."""


def written_once(statements: list[Statement]) -> frozenset[str]:
    """Return the names that only one of some statements binds or changes."""
    seen: set[str] = set()
    again: set[str] = set()
    for statement in statements:
        written = statement.binds | statement.touches
        again |= seen & written
        seen |= written
    return frozenset(seen - again)


def sharing_lines(statements: list[Statement]) -> list[list[Statement]]:
    """Return statements in groups that share a line: `a = f(); b = g()`, a magic's body."""
    groups: list[list[Statement]] = []
    for statement in statements:
        if groups and statement.line <= groups[-1][-1].end_line:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def special_words_in(
    source: str, namespace: Mapping[str, object]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a source that stand for modules, and those for rebound builtins.

    A builtin is rebound when the notebook gave it another meaning: `max = 3`.
    """
    known = [word for word in set(WORD.findall(source)) if word in namespace]
    modules = frozenset(word for word in known if type(namespace[word]) is ModuleType)
    return modules, BUILTINS.intersection(known)
