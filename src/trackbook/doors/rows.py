"""Runs as rows of a table, with the columns that tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.code import direction_of
from trackbook.table import SIGNS, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    from trackbook.progress import Standing
    from trackbook.records import Run

    Direction = Callable[[str], Literal["max", "min"] | None]

SHORT = 8
"""Last digits of a run's id: the first ones are the time, and runs of a minute share them."""
MOST_SHOWN = 8
"""Metrics, and params, that a table of runs shows at first sight."""


ABOUT = (
    "experiment",
    "started_at",
    "duration_s",
    "parent_run_id",
    "relation",
    "notebook",
    "notebook_hash",
    "user",
    "host",
    "git_commit",
    "session_id",
    "ended_at",
    "origin",
    "reproduced",
)


def runs_table(
    runs: Sequence[Run],
    *,
    direction: Direction = direction_of,
    note: str = "",
    total: int | None = None,
    going: Mapping[str, Standing] | None = None,
) -> Table:
    """Return runs as a table: who they are, then every param and metric that any of them has.

    It shows what tells the runs apart; `.df()` and JSON have every column. `going` is how
    far those are that are not finished.
    """
    words = {run_id: one.words for run_id, one in (going or {}).items() if one.words}
    metrics = names_of([run.metrics for run in runs])
    params = names_of([run.params for run in runs])
    tags = names_of([run.tags for run in runs])
    columns = ["run_id", "name", "status", *["progress"] * bool(words)]
    columns += [f"metrics.{name}" for name in metrics]
    columns += [f"params.{name}" for name in params]
    columns += [f"tags.{name}" for name in tags]
    rows = [
        (
            run.run_id,
            run.name,
            run.status,
            *[words.get(run.run_id)] * bool(words),
            *(run.metrics.get(name) for name in metrics),
            *(typed(run.params.get(name)) for name in params),
            *(run.tags.get(name) for name in tags),
            *(getattr(run, column) for column in ABOUT),
        )
        for run in runs
    ]
    best = best_rows(runs, metrics, direction)
    face = face_of(runs, metrics, params, best, note, total, words)
    return Table([*columns, *ABOUT], rows, note=note, best=best, total=total, face=face)


def face_of(
    runs: Sequence[Run],
    metrics: Sequence[str],
    params: Sequence[str],
    best: dict[str, int],
    note: str,
    total: int | None,
    words: Mapping[str, str],
) -> Table:
    """Return what is shown of runs: names, metrics, the params that differ, when."""
    differing = [n for n in params if len({run.params.get(n) for run in runs}) > 1]
    shown_params = (differing or list(params))[:MOST_SHOWN]
    whole = names_of([run.metrics for run in runs if run.relation != "child"])
    shown_metrics = list(dict.fromkeys([*whole, *metrics]))[:MOST_SHOWN]
    several = len({run.experiment for run in runs}) > 1
    varied = any(run.relation == "variation" for run in runs)
    unlike = any(run.status != "FINISHED" for run in runs)
    proven = any(run.reproduced for run in runs)
    columns = ["run", "name", *["parent"] * varied, *["status"] * unlike, *shown_metrics]
    columns += [
        name if name not in shown_metrics else f"params.{name}" for name in shown_params
    ]
    columns += [*["experiment"] * several, *["reproduced"] * proven]
    rows = [
        (
            run.run_id[-SHORT:],
            ("└ " if run.relation == "child" else "") + run.name,
            *[parent_of(run)] * varied,
            *[", ".join(filter(None, [run.status.lower(), words.get(run.run_id)]))]
            * unlike,
            *(run.metrics.get(name) for name in shown_metrics),
            *(typed(run.params.get(name)) for name in shown_params),
            *[run.experiment] * several,
            *[badge_of(run)] * proven,
            run.started_at,
        )
        for run in runs
    ]
    marked = {n: best[f"metrics.{n}"] for n in shown_metrics if f"metrics.{n}" in best}
    return Table([*columns, "started"], rows, note=note, best=marked, total=total)


def badge_of(run: Run) -> str | None:
    """Return what came of executing a run again, as a sign and a word."""
    return run.reproduced and f"{SIGNS[run.reproduced]} {run.reproduced}"


def parent_of(run: Run) -> str | None:
    """Return the short id of the run that this one varies."""
    return (run.parent_run_id or "")[-SHORT:] if run.relation == "variation" else None


def names_of(maps: Sequence[object]) -> list[str]:
    """Return the keys of some maps, the commonest first."""
    from collections import Counter

    counted: Counter[str] = Counter()
    for one in maps:
        counted.update(dict(one).keys())  # type: ignore[call-overload]
    return [
        name for name, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def typed(text: str | None) -> object:
    """Return a param's value as a number where it is one, for sorting and JSON."""
    if text is None:
        return None
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def best_rows(
    runs: Sequence[Run], metrics: Sequence[str], direction: Direction
) -> dict[str, int]:
    """Return the row of the best value of each metric whose better way is known."""
    best: dict[str, int] = {}
    for name in metrics:
        way = direction(name)
        known = [
            (run.metrics[name], row)
            for row, run in enumerate(runs)
            if name in run.metrics and run.metrics[name] == run.metrics[name]
        ]
        if way is not None and len(known) > 1:
            best[f"metrics.{name}"] = (max if way == "max" else min)(known)[1]
    return best
