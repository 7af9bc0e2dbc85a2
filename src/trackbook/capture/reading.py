"""One statement's values, on their way to the runs they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.values import (
    DEEPEST,
    MOST_ITEMS,
    attributes_of,
    number_of,
    place_of,
    series_of,
)
from trackbook.code import is_count_name, is_metric_name, is_weak_name, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from trackbook.capture.cell import Cell
    from trackbook.capture.measures import Measures
    from trackbook.capture.run import ActiveRun
    from trackbook.code import Statement

PARTS_OF_DATA = {"train", "training", "test", "val", "valid", "validation", "dev"}
EACH_ROWS = {"squared", "absolute", "abs", "sq", "relative", "percentage"}
"""Words of an array that has an error for each row: `squared_errors`."""
HISTORIES = ("history", "hist", "evals_result", "log", "logs")


class Reading:
    """One statement's values on their way to runs."""

    def __init__(
        self,
        measures: Measures,
        cell: Cell,
        statement: Statement,
        number: int,
        namespace: Mapping[str, object],
        *,
        opens: bool,
    ) -> None:
        self._measures = measures
        self._cell = cell
        self.statement = statement
        self.number = number
        self._namespace = namespace
        self._opens = opens
        self.compares = False
        """What it computed is nobody's: it sets several runs against each other, or is silenced."""
        self.caught: list[float] = []
        """Numbers that were written to a run."""

    def run(self, shown: object, named: Collection[str] = ()) -> None:
        """Capture what the statement bound, grew or showed.

        Args:
            shown: the value that the cell displayed, if this is its last statement
            named: names whose measurements were written one by one, as they were made
        """
        self.compares = self._silences_a_number()
        for name in sorted(self._measured_names() - set(named)):
            self._scalar(name)
        for name in sorted(self._series_names()):
            self._series(name)
        label = self.statement.displayed
        if label is not None and (value := number_of(shown)) is not None:
            self._give(label, value, self._owners(), "displayed")

    def _silences_a_number(self) -> bool:
        """Say whether the statement kept a measure under a name that is to be left alone."""
        rules = self._measures.rules
        return any(
            rules.silences(name) and number_of(self._namespace.get(name)) is not None
            for name in self.statement.computed
        )

    def _measured_names(self) -> set[str]:
        """Return the names that a number may have been measured into."""
        s = self.statement
        rules = self._measures.rules
        names = {
            n
            for n in s.computed - s.loops
            if not rules.silences(n) and not is_count_name(n)
        }
        names |= {  # `scores[kind] = …` in a loop
            n
            for n in s.touches
            if is_metric_name(n)
            and not rules.silences(n)
            and type(self._namespace.get(n)) is dict
        }
        forced = {n for n in s.binds if self._measures.rules.forces_metric(n)}
        return names | forced

    def _series_names(self) -> set[str]:
        s, rules = self.statement, self._measures.rules
        names = (s.computed | s.touches | s.accumulators | s.passed) - s.loops
        reached = self._measures.flow.steps[self.number].reads - s.reads
        names |= {  # `train(net)` may have grown a list that its function appends to
            n for n in reached if is_metric_name(n) and type(self._namespace.get(n)) is list
        }
        return {
            n
            for n in names
            if not rules.silences(n)
            and (is_metric_name(n) or rules.forces_metric(n) or n in HISTORIES)
        }

    def _scalar(self, name: str) -> None:
        value = self._namespace.get(name)
        number = number_of(value)
        if number is None:
            self._leaves(name, value)
            return
        origin = "forced" if self._measures.rules.forces_metric(name) else "computed"
        self._give(name, number, self._owners(name), origin)

    def _leaves(self, name: str, value: object) -> None:
        """Capture the numbers of a small dict of measures, `{'acc': 0.9, 'f1': 0.8}`."""
        if type(value) is not dict or not 0 < len(value) <= MOST_ITEMS:
            return
        leaves = {k: number_of(v) for k, v in value.copy().items() if type(k) is str}
        for key, number in leaves.items():
            if number is not None and (is_metric_name(key) or is_metric_name(name)):
                told = f"{name}.{key}"
                if is_metric_name(key) and not set(words_of(name)) & PARTS_OF_DATA:
                    told = key  # `r1 = evaluate(a)`: the same metric in every run
                self._give(told, number, self._owners(name), "computed")

    def _series(self, name: str) -> None:
        value = self._namespace.get(name)
        if self._measures.flow.run_of(value) is not None:
            return  # a library's own result, written by its card
        for path, points in series_in(name, value):
            run = self.run_for(path, self._owners(name), metric_like=True)
            if run is None:
                continue
            start = 0
            new = points
            if path == name:
                new = self._measures.new_points(run, name, value)
                start = len(points) - len(new)
            if new:
                run.log_series(path, new, range(start, start + len(new)), origin="series")
                self._belongs(run, path)

    def _owners(self, name: str | None = None) -> frozenset[str]:
        flow = self._measures.flow
        if name is not None:
            return flow.owners_of([name])
        trained = frozenset(
            run_id for run_id, steps in self._cell.touched.items() if self.number in steps
        )
        return trained or flow.owners_of(flow.steps[self.number].reads)

    def _give(self, name: str, value: float, owners: frozenset[str], origin: str) -> None:
        """Write a number to the run it belongs to, if there is one."""
        like = is_metric_name(name) or origin == "forced"
        run = self.run_for(name, owners, metric_like=like)
        if run is not None:
            self.caught.append(value)
            self.write(run, name, value, None, origin)

    def write(
        self, run: ActiveRun, name: str, value: float, step: int | None, origin: str
    ) -> None:
        """Write a point, and remember that this cell gave it."""
        run.log_metric(name, value, step, origin=origin)
        self._belongs(run, name)

    def _belongs(self, run: ActiveRun, name: str) -> None:
        self._cell.fresh.setdefault(run.run_id, {})[name] = None
        self._cell.touched.setdefault(run.run_id, set()).add(self.number)

    def run_for(
        self, name: str, owners: frozenset[str], *, metric_like: bool
    ) -> ActiveRun | None:
        """Return the run that a measure belongs to: by data flow, by hand, or its own."""
        ledger, s, cell = self._measures.ledger, self.statement, self._cell
        flow = self._measures.flow
        if not owners and metric_like and cell.by_hand_at(s.line, s.end_line) is None:
            owners = flow.made_in({*flow.steps[self.number].reads, *s.touches})
        known = [ledger.runs[run_id] for run_id in owners if run_id in ledger.runs]
        if len(known) == 1:
            return known[0]
        whole = self._whole_of(known) if is_metric_name(name) else None
        if whole is not None:
            return whole
        if len(known) > 1:
            names = ", ".join(sorted(run.name for run in known))
            self._measures.miss(name, f"rests on several runs ({names})")
            self.compares = True
            return None
        by_hand = cell.by_hand_at(s.line, s.end_line)
        if by_hand is not None or not metric_like:
            return by_hand
        return cell.run or self._opened(name)

    def _whole_of(self, runs: list[ActiveRun]) -> ActiveRun | None:
        """Return the run whose parts some runs are, when they are parts of one: folds."""
        parents = {
            run.start.parent_run_id if run.start.relation == "child" else None
            for run in runs
        }
        parent = next(iter(parents)) if len(runs) > 1 and len(parents) == 1 else None
        return self._measures.ledger.runs.get(parent) if parent is not None else None

    def _opened(self, name: str) -> ActiveRun | None:
        """Open a run for a metric that belongs to none, if that is wanted."""
        if not self._opens:
            self._measures.miss(name, "no run is open")
            return None
        if self.statement.summary and is_weak_name(name):
            self._measures.miss(name, "sums up data, and no run is open")
            return None
        cell = self._cell
        cell.run = self._measures.ledger.open_of_cell(cell, None, label=name)
        return cell.run


def series_in(name: str, value: object, depth: int = 0) -> list[tuple[str, list[float]]]:
    """Return the series that a value holds, by name.

    A list or array of numbers is one; a training history (a Keras `History`, an
    `evals_result`, a dict of lists) is one for each of its lists.
    """
    points = series_of(value)
    if points is not None:
        # `error = X @ w - y` is an array of residuals, `errors` may be a series.
        bare = name.rstrip("0123456789_")
        of_rows = not bare.endswith("s") or not EACH_ROWS.isdisjoint(words_of(name))
        left_alone = type(value) not in (list, tuple) and of_rows
        return [(name, points)] if is_metric_name(name) and not left_alone else []
    if type(value) is not dict:
        is_history = place_of(type(value))[1] == "History"
        value = (attributes_of(value) or {}).get("history") if is_history else None
    if type(value) is not dict or len(value) > MOST_ITEMS:
        return []
    found: list[tuple[str, list[float]]] = []
    for key, part in value.copy().items():
        if type(key) is not str:
            continue
        points = series_of(part)
        if points is not None and len(points) > 1:
            found.append((key, points))
        elif type(part) is dict and depth < DEEPEST:
            parts = series_in(key, part, depth + 1)
            found += [(f"{key}.{path}", inner) for path, inner in parts]
    return found
