"""Versions asked and judged on the same rows: values, verdicts, slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import Misused, TrackbookError
from trackbook.statistics import metric_named
from trackbook.versus.judging import (
    LEVEL,
    Value,
    Verdict,
    judged,
    metric_of,
    task_of,
    usual_metrics,
    value_of,
    verdict_of,
)
from trackbook.versus.lines import Cell, Line, Section, counted, unlike

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


def section(
    sides: Sequence[Side], found: Sequence[Measured], asked: Question, got: Judged
) -> Section:
    """Return what was measured as lines: values, then what they come to."""
    title = "Measured on the same rows"
    if asked.rows is None:
        return Section(
            key="measured", title=title, lines=(), words=[f"not measured: {asked.why}"]
        )
    lines = []
    if any(one.said is None for one in found):
        cells = tuple(
            Cell(value="yes")
            if one.said is not None
            else Cell(words="no", verdict=one.why, tone="missing")
            for one in found
        )
        lines.append(Line(name="could be asked", cells=cells, differs=True))
    lines += [metric_line(sides, name, got) for name in got.metrics]
    lines += [
        slice_line(sides, part, got) for part in dict.fromkeys(v.part for v in got.slices)
    ]
    words = [how(asked, got)]
    if got.left_out:
        words.append(f"slices left out: {'; '.join(got.left_out)}")
    return Section(key="measured", title=title, lines=lines, words=words)


def how(asked: Question, got: Judged) -> str:
    """Say on what rows, and how it was judged."""
    if asked.rows is None:
        return asked.why
    said = (
        f"{counted(len(asked.rows.table), 'row')} of {asked.rows.source} (SHA-256"
        f" {asked.rows.sha256[:12]}), target {asked.evaluation.target if asked.evaluation else ''}"
    )
    count = sum(one.p_holm is not None for one in got.verdicts)
    if not count:
        return said
    return (
        f"{said}; gains over the first version with {100 * LEVEL:g} % intervals of the paired"
        f" bootstrap ({asked.resamples:,} resamples, seed {asked.seed}); p by McNemar's test for"
        f" shares of right rows, else by the bootstrap, adjusted by Holm over"
        f" {counted(count, 'comparison')}; told apart where p is at most 0.05"
    )


def metric_line(sides: Sequence[Side], name: str, got: Judged) -> Line:
    """Return one measure of all versions."""
    values = got.values[name]
    told = {one.version: one for one in got.verdicts if one.metric == name}
    ranked = [told.get(side.name) for side in sides]
    cells = []
    for value, one in zip(values, ranked, strict=True):
        if value.value is None or value.interval is None:
            cells.append(Cell(words=value.why, tone="missing"))
            continue
        span = f"{value.interval.low:.4g} to {value.interval.high:.4g}"
        said = one.words if one is not None else ""
        cells.append(Cell(value=value.value, words=span, verdict=said, tone=tone_of(one)))
    return Line(
        name=name,
        cells=tuple(cells),
        differs=unlike(value.value for value in values),
        details=details_of(values, ranked),
    )


def details_of(
    values: Sequence[Value], ranked: Sequence[Verdict | None]
) -> dict[str, tuple[object, ...]]:
    """Return what stands behind a line, for tables."""
    found: dict[str, tuple[object, ...]] = {
        "low": tuple(one.interval and one.interval.low for one in values),
        "high": tuple(one.interval and one.interval.high for one in values),
    }
    return found | of_verdicts(ranked)


def of_verdicts(ranked: Sequence[Verdict | None]) -> dict[str, tuple[object, ...]]:
    """Return what verdicts say, for tables."""
    names = {
        "gain": "gain", "gain_low": "low", "gain_high": "high", "p": "p_value",
        "p_holm": "p_holm", "test": "test", "only_it": "only_it", "only_first": "only_first",
        "verdict": "outcome",
    }  # fmt: skip
    return {
        name: tuple(getattr(one, of) if one is not None else None for one in ranked)
        for name, of in names.items()
    }


def slice_line(sides: Sequence[Side], part: str, got: Judged) -> Line:
    """Return what can be told on the rows of one slice."""
    told = {one.version: one for one in got.slices if one.part == part}
    ranked = [told.get(side.name) for side in sides]
    first = next(iter(told.values()))
    cells = [Cell(words=f"the reference, {counted(first.n, 'row')}")]
    for one in ranked[1:]:
        if one is None or one.gain is None:
            said = one.words if one is not None else "not measured"
            cells.append(Cell(words=said, tone="missing"))
        else:
            cells.append(
                Cell(
                    value=one.gain,
                    text=f"{one.gain:+.3g}",
                    verdict=one.words,
                    tone=tone_of(one),
                )
            )
    return Line(
        name=f"{first.metric} where {part}",
        cells=tuple(cells),
        differs=any(one is not None and one.outcome != "same" for one in ranked[1:]),
        details=of_verdicts(ranked),
    )


def tone_of(one: Verdict | None) -> Literal["", "better", "worse", "undecided"]:
    """Return how a verdict looks."""
    if one is None or one.outcome in ("unknown", "same"):
        return ""
    return one.outcome  # type: ignore[return-value]  # what is left
