"""How long versions take, measured in the processes that had loaded them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.fingerprint import computer
from trackbook.statistics import quantile
from trackbook.versus.lines import Cell, Line, Section, counted, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.gates import Measured, Times
    from trackbook.statistics import Quantile

LEVEL = 0.95
MB = 1_000_000


class Timed(NamedTuple):
    """Quantiles of how long a call took, in milliseconds."""

    calls: int
    p50: Quantile
    p99: Quantile


def timed(nanoseconds: Sequence[int]) -> Timed:
    """Return the quantiles of some durations."""
    import numpy as np

    found = np.asarray(nanoseconds, dtype=float) / 1e6
    return Timed(len(found), quantile(found, 0.5, LEVEL), quantile(found, 0.99, LEVEL))


def latency(found: Sequence[Measured]) -> Section:
    """Return how long each version takes for one row and for a batch, to load, and its memory."""
    lines = []
    for kind in ("one row", "batch"):
        each = [timed_of(one.times, kind) for one in found]
        lines += [
            time_line(f"{kind}, {name}", each, name, found) for name in ("p50", "p99")
        ]
    lines.append(spent("loading", [one.load_s for one in found], "s", found))
    memory = [one.peak_bytes / MB if one.peak_bytes else None for one in found]
    lines.append(spent("memory at its peak", memory, "MB", found))
    return Section(
        key="latency", title="Latency", lines=lines, words=[circumstances(found)]
    )


def timed_of(times: Times | None, kind: str) -> Timed | None:
    """Return the quantiles of one kind of calls; None where there were none."""
    if times is None:
        return None
    return timed(times.one_ns if kind == "one row" else times.batch_ns)


def time_line(
    name: str, each: Sequence[Timed | None], which: str, found: Sequence[Measured]
) -> Line:
    """Return one quantile of all versions, in ms, each against the first."""
    spots = [None if one is None else getattr(one, which) for one in each]
    first = spots[0]
    cells = []
    for at, spot in enumerate(spots):
        if spot is None:
            cells.append(Cell(words=f"not timed: {found[at].times_why}", tone="missing"))
            continue
        times = ratio(spot.value, first.value if at and first is not None else None)
        cells.append(
            Cell(
                value=spot.value,
                text=f"{spot.value:.3g} ms",
                words="; ".join(filter(None, (span(spot), times))),
            )
        )
    return Line(
        name=name,
        cells=tuple(cells),
        differs=any(apart(first, spot) for spot in spots[1:]),
        details={
            "low_ms": tuple(spot and spot.low for spot in spots),
            "high_ms": tuple(spot and spot.high for spot in spots),
            "calls": tuple(one and one.calls for one in each),
        },
    )


def span(spot: Quantile) -> str:
    """Return between which bounds a quantile lies."""
    low = "0" if spot.low is None else f"{spot.low:.3g}"
    return f"{low} or more" if spot.high is None else f"{low} to {spot.high:.3g}"


def apart(first: Quantile | None, other: Quantile | None) -> bool:
    """Tell whether two quantiles differ by more than their bounds allow."""
    if first is None or other is None:
        return first is not other
    ends = [one if one is not None else inf for one, inf in (
        (first.low, 0.0), (first.high, float("inf")), (other.low, 0.0), (other.high, float("inf")),
    )]  # fmt: skip
    return ends[1] < ends[2] or ends[3] < ends[0]


def spent(
    name: str, values: Sequence[float | None], unit: str, found: Sequence[Measured]
) -> Line:
    """Return what each version took of something."""
    cells = tuple(
        Cell(words=one.times_why or one.why or "not told", tone="missing")
        if value is None
        else Cell(value=value, text=f"{value:.3g} {unit}")
        for value, one in zip(values, found, strict=True)
    )
    return Line(name=name, cells=cells, differs=any(one is None for one in values))


def circumstances(found: Sequence[Measured]) -> str:
    """Say how it was measured, and on what machine."""
    here = computer()
    times = [one.times for one in found if one.times is not None]
    if not times:
        return "no version was timed"
    calls = sorted({len(one.one_ns) for one in times})
    many = f"{calls[0]:,} to {calls[-1]:,}" if len(calls) > 1 else f"{calls[0]:,}"
    batches = sorted({one.batch_rows for one in times})
    rows = " or ".join(counted(size, "row") for size in batches)
    usable = times[0].processors
    cores = f", {usable} of {here.cpu_count} processors usable" if usable else ""
    return (
        f"{many} calls with one row, batches of {rows}, after warming up, each version in a"
        f" process of its own, one after another; bounds at {100 * LEVEL:g} % from the order of"
        f" the times; on {here.cpu or 'an unknown processor'}{cores}, {here.os}, Python"
        f" {here.python}"
    )
