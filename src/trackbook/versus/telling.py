"""What was measured on the same rows as lines: values, verdicts, slices, and how it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trackbook.versus.judging import ALPHA, LEVEL, too_few
from trackbook.versus.lines import Cell, Line, Section, counted, unlike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.gates import Measured
    from trackbook.versus.judging import Value, Verdict
    from trackbook.versus.measured import Judged
    from trackbook.versus.question import Question
    from trackbook.versus.side import Side


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
    words += [too_few(one, asked.resamples) for one in (got.verdicts, got.slices)]
    if got.left_out:
        words.append(f"slices left out: {'; '.join(got.left_out)}")
    return Section(
        key="measured", title=title, lines=lines, words=list(filter(None, words))
    )


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
        f" {counted(count, 'comparison')}; told apart where p is at most {ALPHA:g}"
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
