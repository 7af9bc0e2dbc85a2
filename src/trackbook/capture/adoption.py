"""Cells executed again as a part of something larger: their run gets the place kept for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.ledger import Ledger
    from trackbook.capture.run import ActiveRun
    from trackbook.records import RunStart


class Adoption:
    """Makes one of the runs that open the one that is waited for, and the others parts of it.

    Args:
        ledger: where runs open
        cell: the cell whose execution opens the run that is waited for
        kind: `child` where that is a part of another run, `launch` where the trial is
            launched as it, so that none is waited for, else empty
        place: among the runs of that kind that the cell opens
        group: the run to which all belong until a trial begins
    """

    def __init__(
        self, ledger: Ledger, *, cell: int, kind: str, place: int, group: str
    ) -> None:
        self.cell = -1
        """The cell that executes now."""
        self._ledger = ledger
        self._wanted = cell, kind, place
        self._counts: dict[tuple[int, str], int] = {}
        self._group = group
        self._run: Mapping[str, str] | None = None
        ledger.opening = self._opening

    def begin(self, run: Mapping[str, str]) -> None:
        """Wait for the run of a trial.

        Args:
            run: its `run_id`, `name`, `experiment` and `parent_run_id`
        """
        self._run = run
        self._group = run["run_id"]

    def end(self, params: Mapping[str, Any]) -> ActiveRun | None:
        """Write the params of the trial into its run, and return that, if it opened."""
        found = self._ledger.runs.get(self._group)
        if found is not None:
            found.log_params(params, origin="sweep")
        return found

    def _opening(self, run_id: str, start: RunStart) -> tuple[str, RunStart]:
        kind = "child" if start.relation == "child" else ""
        key = self.cell, kind
        place = self._counts[key] = self._counts.get(key, -1) + 1
        if self._run is not None and (*key, place) == self._wanted:
            given = {name: value for name, value in self._run.items() if name != "run_id"}
            changed = msgspec.structs.replace(start, relation="child", **given)
            return self._run["run_id"], changed
        if kind:
            return run_id, start
        return run_id, msgspec.structs.replace(
            start, relation="child", parent_run_id=self._group
        )
