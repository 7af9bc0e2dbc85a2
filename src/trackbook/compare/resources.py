"""What runs used of their machine, along the time since each began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.records import Curve
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store import Store

SQL = queries_of("trackbook.compare")
SHOWN = {
    "CPU, % of a core": "cpu_percent",
    "memory, MB": "memory_mb",
    "disk, MB/s": "disk_mb_s",
    "GPU, %": "gpu_percent",
    "GPU memory, MB": "gpu_memory_mb",
}


def resources(store: Store, run_ids: Sequence[str]) -> list[Curve]:
    """Return a curve for each thing that was sampled and each run, in that order.

    x is in seconds since the run began. What no sample of a run has is left out.
    """
    answer = store.rows(SQL["resources_of"], runs=list(run_ids))
    found: list[Curve] = []
    for title, column in SHOWN.items():
        at = answer.columns.index(column)
        for run_id in run_ids:
            points = [
                (row[1], row[at])
                for row in answer.rows
                if row[0] == run_id and row[at] is not None
            ]
            if points:
                xs, ys = [x for x, _ in points], [y for _, y in points]
                count = len(points)
                found.append(
                    Curve(run_id=run_id, name=title, x=xs, y=ys, low=ys, high=ys,
                          point_count=count)
                )  # fmt: skip
    return found
