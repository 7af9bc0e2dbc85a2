"""One statement's values, on their way to the runs they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.values import number_of, series_of
from trackbook.code import is_metric_name, names_of_calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.cell import Cell, Pending
    from trackbook.capture.measures import Measures
    from trackbook.capture.run import ActiveRun
    from trackbook.code import Statement

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
        self._statement = statement
        self._number = number
        self._namespace = namespace
        self._opens = opens
        self._compares = False
        """The statement sets several runs against each other: it measures none of them."""

    def run(self, shown: object, lines: list[str], modules: frozenset[str]) -> None:
        """Capture what the statement bound, grew, showed, or had measured."""
        caught = [self._scalar(name) for name in sorted(self._measured_names())]
        for name in sorted(self._series_names()):
            self._series(name)
        label = self._statement.displayed
        if label is not None and (value := number_of(shown)) is not None:
            caught.append(self._give(label, value, self._owners(), "displayed"))
        pending = self._pending()
        if not any(caught) and not self._compares:
            self._name_pending(pending, lines, modules)

    def _measured_names(self) -> set[str]:
        """Return the names that a number may have been measured into."""
        s = self._statement
        names = {n for n in s.computed - s.loops if not self._measures.rules.silences(n)}
        forced = {n for n in s.binds if self._measures.rules.forces_metric(n)}
        return names | forced

    def _series_names(self) -> set[str]:
        s, rules = self._statement, self._measures.rules
        names = (s.computed | s.touches | s.accumulators | s.passed) - s.loops
        return {
            n
            for n in names
            if not rules.silences(n)
            and (is_metric_name(n) or rules.forces_metric(n) or n in HISTORIES)
        }

    def _scalar(self, name: str) -> bool:
        value = self._namespace.get(name)
        number = number_of(value)
        if number is None:
            return self._leaves(name, value)
        origin = "forced" if self._measures.rules.forces_metric(name) else "computed"
        return self._give(name, number, self._owners(name), origin)

    def _leaves(self, name: str, value: object) -> bool:
        """Capture the numbers of a small dict of measures, `{'acc': 0.9, 'f1': 0.8}`."""
        if type(value) is not dict or not 0 < len(value) <= 50:
            return False
        leaves = {k: number_of(v) for k, v in value.items() if type(k) is str}
        caught = [
            self._give(f"{name}.{key}", number, self._owners(name), "computed")
            for key, number in leaves.items()
            if number is not None and (is_metric_name(key) or is_metric_name(name))
        ]
        return any(caught)

    def _series(self, name: str) -> None:
        value = self._namespace.get(name)
        if self._measures.flow.run_of(value) is not None:
            return  # a library's own result, written by its card
        for path, points in series_in(name, value):
            run = self._run_for(path, self._owners(name), metric_like=True)
            if run is None:
                continue
            start = 0
            new = points
            if path == name:
                new = self._measures.new_points(run, name, value)
                start = len(points) - len(new)
            for place, point in enumerate(new, start):
                run.log_metric(path, point, place, origin="series")
            if new:
                self._cell.fresh.setdefault(run.run_id, []).append(path)

    def _owners(self, name: str | None = None) -> frozenset[str]:
        flow = self._measures.flow
        if name is not None:
            return flow.owners_of([name])
        trained = frozenset(
            run_id for run_id, steps in self._cell.touched.items() if self._number in steps
        )
        return trained or flow.owners_of(flow.steps[self._number].reads)

    def _give(self, name: str, value: float, owners: frozenset[str], origin: str) -> bool:
        """Write a number to the run it belongs to; say whether there was one."""
        like = is_metric_name(name) or origin == "forced"
        run = self._run_for(name, owners, metric_like=like)
        if run is None:
            return False
        run.log_metric(name, value, origin=origin)
        self._cell.fresh.setdefault(run.run_id, []).append(name)
        self._cell.touched.setdefault(run.run_id, set()).add(self._number)
        return True

    def _run_for(
        self, name: str, owners: frozenset[str], *, metric_like: bool
    ) -> ActiveRun | None:
        """Return the run that a measure belongs to: by data flow, by hand, or its own."""
        ledger, s, cell = self._measures.ledger, self._statement, self._cell
        known = [ledger.runs[run_id] for run_id in owners if run_id in ledger.runs]
        if len(known) == 1:
            return known[0]
        if len(known) > 1:
            names = ", ".join(sorted(run.name for run in known))
            self._measures.miss(name, f"rests on several runs ({names})")
            self._compares = True
            return None
        by_hand = cell.by_hand_at(s.line, s.end_line)
        if by_hand is not None:
            return by_hand
        if not metric_like:
            return None
        if cell.run is not None:
            return cell.run
        if not self._opens:
            self._measures.miss(name, "no run is open")
            return None
        cell.run = ledger.open_of_cell(cell, None, label=name)
        return cell.run

    def _pending(self) -> list[Pending]:
        """Take what a library measured in this statement's lines."""
        s = self._statement
        mine = [
            p
            for p in self._cell.pending
            if p.line is None or s.line <= p.line <= s.end_line
        ]
        self._cell.pending = [p for p in self._cell.pending if p not in mine]
        return mine

    def _name_pending(
        self, pending: list[Pending], lines: list[str], modules: frozenset[str]
    ) -> None:
        """Write measures that the statement did not keep under the names of their calls."""
        source = "\n".join(lines[self._statement.line - 1 : self._statement.end_line])
        seen: dict[tuple[str, str | None], int] = {}
        for one in pending:
            names = names_of_calls(source, one.call, modules)
            place = seen.get((one.call, one.run_id), 0)
            seen[one.call, one.run_id] = place + 1
            name = names[place % len(names)] if names else one.measured.name
            if not self._measures.rules.silences(name):
                self._give_pending(one, name)

    def _give_pending(self, one: Pending, name: str) -> None:
        flow, trainings = self._measures.flow, self._measures.trainings
        owners = flow.owners_of(flow.steps[self._number].reads)
        if one.run_id is not None:
            owners = frozenset({trainings.now(one.run_id)})
        for step, value in one.measured.values:
            at = step if len(one.measured.values) > 1 else None
            run = self._run_for(name, owners, metric_like=True)
            if run is None:
                return
            run.log_metric(name, value, at, origin="call")
            self._cell.fresh.setdefault(run.run_id, []).append(name)
            self._cell.touched.setdefault(run.run_id, set()).add(self._number)


def series_in(name: str, value: object) -> list[tuple[str, list[float]]]:
    """Return the series that a value holds, by name.

    A list or array of numbers is one; a training history (a Keras `History`, an
    `evals_result`, a dict of lists) is one for each of its lists.
    """
    points = series_of(value)
    if points is not None:
        return [(name, points)] if is_metric_name(name) else []
    if type(value) is not dict:
        inside = type.__getattribute__(type(value), "__name__") == "History"
        value = vars(value).get("history") if inside else None
    if type(value) is not dict or len(value) > 50:
        return []
    found: list[tuple[str, list[float]]] = []
    for key, part in value.items():
        if type(key) is not str:
            continue
        points = series_of(part)
        if points is not None and len(points) > 1:
            found.append((key, points))
        elif type(part) is dict:
            found += [(f"{key}.{path}", inner) for path, inner in series_in(key, part)]
    return found
