"""What earlier runs gave, as far as the cards under the cells need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal

    from trackbook.book.recall import Remembered
    from trackbook.capture import ActiveRun


class Earlier(NamedTuple):
    """An earlier run's values."""

    params: Mapping[str, str]
    metrics: Mapping[str, float]


class Past:
    """Earlier runs by id, and the best value so far of each experiment's metrics."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str], tuple[float, str]] = {}
        """The best value of each experiment's metrics, and whose it is."""
        self._runs: dict[str, Earlier] = {}

    def of(self, run_id: str | None) -> Earlier | None:
        """Return an earlier run's values, if they are at hand."""
        return self._runs.get(run_id) if run_id else None

    def best_beside(self, run: ActiveRun, metric: str) -> float | None:
        """Return the best value so far of a metric, if it is another run's."""
        value, run_id = self._best.get((run.experiment, metric), (None, None))
        return value if run_id != run.run_id else None

    def best_of(self, run: ActiveRun, metric: str) -> str | None:
        """Return whose a metric's best value in a run's experiment is."""
        return self._best.get((run.experiment, metric), (0.0, None))[1]

    def learn(
        self, run: ActiveRun, direction: Callable[[str], Literal["max", "min"] | None]
    ) -> None:
        """Take in a run of this process."""
        self._runs[run.run_id] = Earlier(dict(run.params), dict(run.metrics))
        self._rank(run.run_id, run.experiment, run.metrics, direction)

    def read(
        self,
        runs: Iterable[Remembered],
        direction: Callable[[str], Literal["max", "min"] | None],
    ) -> None:
        """Take in runs of earlier sessions."""
        for run in runs:
            if run.run_id not in self._runs:
                self._runs[run.run_id] = Earlier(run.params, run.metrics)
                self._rank(run.run_id, run.experiment, run.metrics, direction)

    def _rank(
        self,
        run_id: str,
        experiment: str,
        metrics: Mapping[str, float],
        direction: Callable[[str], Literal["max", "min"] | None],
    ) -> None:
        for name, value in metrics.items():
            way, known = direction(name), self._best.get((experiment, name))
            if way is None or value != value:  # noqa: PLR0124  NaN is never the best
                continue
            if known is None or (
                value != known[0] and (value > known[0]) == (way == "max")
            ):
                self._best[experiment, name] = value, run_id
