"""A few runs side by side: what differs, and whose metric is best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.fields import best_of, direction_in, fields_of, value_of
from trackbook.table import Table, in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.fields import Field
    from trackbook.records import Run

ORDER = {"metrics": 0, "params": 1, "tags": 2, "about": 3}
MOST_COLUMNS, MOST_ROWS = 12, 12


def beside(runs: Sequence[Run], *, directions: Mapping[str, str]) -> dict[str, object]:
    """Return one row per field with a cell per run: metrics, params, tags, then the rest.

    A row knows whether its cells differ, and where the best of a metric stands.
    """
    fields = [field for field in fields_of(runs) if field.key != "name"]
    fields.sort(key=lambda field: ORDER[field.group])
    return {
        "runs": [{"id": run.run_id, "name": in_short(run.name)} for run in runs],
        "rows": [_row(runs, field, directions) for field in fields],
    }


def still_table(runs: Sequence[Run], *, directions: Mapping[str, str]) -> Table:
    """Return the table that stays in a saved notebook: differing params, then metrics."""
    kept = list(runs[:MOST_ROWS])
    fields = fields_of(kept)
    metrics = [field for field in fields if field.group == "metrics"]
    params = [field for field in fields if field.group == "params"]
    telling = [field for field in params if _differs(kept, field)] or params
    room = MOST_COLUMNS - 2 - min(len(metrics), MOST_COLUMNS // 2)
    shown = [*telling[:room], *metrics][: MOST_COLUMNS - 2]
    best = {
        field.name: best_of(
            [value_of(run, field.key) for run in kept], direction_in(directions, field.name)
        )
        for field in shown
        if field.group == "metrics"
    }
    rows = [
        [run.name, run.status, *(value_of(run, field.key) for field in shown)]
        for run in kept
    ]
    columns = ["run", "status", *(field.name for field in shown)]
    return Table(columns, rows, title="runs compared", total=len(runs), best=best)


def _row(
    runs: Sequence[Run], field: Field, directions: Mapping[str, str]
) -> dict[str, object]:
    values = [value_of(run, field.key) for run in runs]
    row: dict[str, object] = {
        "group": field.group,
        "name": in_short(field.name),
        "cells": [in_short(value) for value in values],
        "titles": ["" if value is None else str(value) for value in values],
        "differs": _differs(runs, field),
        "best": [],
    }
    if field.group == "metrics":
        direction = direction_in(directions, field.name)
        row |= {"metric": field.name, "direction": direction or ""}
        row["best"] = best_of(values, direction)
    return row


def _differs(runs: Sequence[Run], field: Field) -> bool:
    return len({str(value_of(run, field.key)) for run in runs}) > 1
