"""Versions asked and judged on the same rows: values, verdicts, slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import Misused, TrackbookError
from trackbook.statistics import metric_named
from trackbook.versus.judging import (
    Value,
    Verdict,
    judged,
    metric_of,
    misfit,
    task_of,
    usual_metrics,
    value_of,
    verdict_of,
)
from trackbook.versus.lines import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.gates import Measured, Rows
    from trackbook.statistics import Metric
    from trackbook.versus.question import Question
    from trackbook.versus.side import Side

    Progress = Callable[[str], object]

FEWEST_ROWS, MOST_SLICES = 30, 100
MISSING = "(missing)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was measured on the same rows."""

    metrics: Sequence[str] = ()
    values: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    """Of each measure, one for each version."""
    verdicts: Sequence[Verdict] = ()
    """On all rows: by measure, then by version, without the first."""
    slices: Sequence[Verdict] = ()
    """In the first measure, on the rows of one slice each."""
    left_out: Sequence[str] = ()
    """Slices of which nothing can be told, and why."""
    directions: Mapping[str, Literal["max", "min"]] = field(default_factory=dict)


def judge(
    sides: Sequence[Side], found: Sequence[Measured], asked: Question, progress: Progress
) -> Judged:
    """Hold every version against the first, in every measure.

    Raises:
        Misused: some give labels and others numbers: they answer different questions
    """
    rows = asked.rows
    known = [one.said for one in found if one.said is not None]
    if rows is None or not known:
        return Judged()
    task = same_task(sides, found, rows)
    names = list(asked.metrics)
    if not asked.is_exact:
        names = list(dict.fromkeys([*names, *usual_metrics(task, known)]))
    values: dict[str, list[Value]] = {}
    verdicts: list[Verdict] = []
    for at, name in enumerate(names):
        progress(f"comparing {name} ({at + 1} of {len(names)})")
        try:
            metric = metric_of(name, task)
        except TrackbookError as error:
            values[name] = [Value(value=None, why=str(error))] * len(sides)
            continue
        values[name] = [
            value_of(metric, rows.target, one.said, asked)
            if one.said is not None
            else Value(value=None, why="not measured")
            for one in found
        ]
        verdicts += against_first(sides, found, metric, rows.target, asked)
    measurable = [name for name in names if any(v.value is not None for v in values[name])]
    slices, left_out = sliced(sides, found, measurable[:1], asked, progress)
    return Judged(
        metrics=names,
        values=values,
        verdicts=judged(verdicts),
        slices=judged(slices),
        left_out=left_out,
        directions={name: metric_named(name).direction for name in names},
    )


def fitting(found: Sequence[Measured], asked: Question) -> list[Measured]:
    """Return what versions said, without what answers another question than the target's."""
    if asked.rows is None:
        return list(found)
    truth = asked.rows.target
    whys = [misfit(one.said, truth) if one.said is not None else "" for one in found]
    return [
        one._replace(said=None, why=why) if why else one
        for one, why in zip(found, whys, strict=True)
    ]


def same_task(
    sides: Sequence[Side], found: Sequence[Measured], rows: Rows
) -> Literal["labels", "numbers"]:
    """Return what all versions give, or refuse to compare what is not the same."""
    tasks = {
        side.name: task_of(one.said, rows.target)
        for side, one in zip(sides, found, strict=True)
        if one.said is not None
    }
    kinds = {task: name for name, task in tasks.items()}
    if len(kinds) > 1:
        said = " and ".join(f"{name} gives {task}" for task, name in sorted(kinds.items()))
        raise Misused(f"{said}: they answer different questions and cannot be compared")
    return next(iter(kinds))


def against_first(
    sides: Sequence[Side],
    found: Sequence[Measured],
    metric: Metric,
    truth: Any,
    asked: Question,
    *,
    part: str = "",
    at: Any = None,
) -> list[Verdict]:
    """Return one verdict for each version but the first, on all rows or on some."""
    first = found[0]
    verdicts = []
    for side, one in zip(sides[1:], found[1:], strict=True):
        lacking = one if one.said is None else first if first.said is None else None
        if lacking is not None or one.said is None or first.said is None:
            who = "it" if one.said is None else "the first"
            why = f"cannot be told: {who} was not measured"
            verdicts.append(
                Verdict(metric=metric.name, version=side.name, outcome="unknown", words=why,
                        n=0, part=part)
            )  # fmt: skip
            continue
        ours, theirs = one.said, first.said
        true = truth
        if at is not None:
            ours, theirs, true = ours.of(at), theirs.of(at), truth[at]
        verdicts.append(
            verdict_of(metric, true, ours, theirs, asked, version=side.name, part=part)
        )
    return verdicts


def sliced(
    sides: Sequence[Side],
    found: Sequence[Measured],
    metrics: Sequence[str],
    asked: Question,
    progress: Progress,
) -> tuple[list[Verdict], list[str]]:
    """Return verdicts for each value of the policy's columns, and what was left out."""
    rows = asked.rows
    verdicts: list[Verdict] = []
    left_out: list[str] = []
    if rows is None or not metrics or found[0].said is None:
        return verdicts, left_out
    metric = metric_named(metrics[0])
    known = [str(one) for one in rows.table.columns]
    for column in asked.slices:
        if column not in known:
            left_out.append(f"{column}: these rows have no such column")
            continue
        parts = parts_of(rows, column)
        if len(parts) > MOST_SLICES:
            left_out.append(
                f"{column}: {len(parts)} values, {MOST_SLICES} at most can be told"
            )
            continue
        for name, at in parts.items():
            if len(at) < FEWEST_ROWS:
                left_out.append(
                    f"{name}: {counted(len(at), 'row')}, fewer than {FEWEST_ROWS}"
                )
                continue
            progress(f"comparing {metric.name} where {name}")
            verdicts += [
                one
                for one in against_first(
                    sides, found, metric, rows.target, asked, part=name, at=at
                )
                if one.n
            ]
    return verdicts, left_out


def parts_of(rows: Rows, column: str) -> dict[str, Any]:
    """Return the numbers of the rows of each value of a column, by COLUMN=VALUE."""
    import numpy as np

    names = [str(one) for one in rows.table.columns]
    values = rows.table.iloc[:, names.index(column)]
    texts = values.astype(object).where(values.notna(), MISSING).astype(str).to_numpy()
    distinct, codes = np.unique(texts, return_inverse=True)
    return {
        f"{column}={name}": np.flatnonzero(codes == at) for at, name in enumerate(distinct)
    }
