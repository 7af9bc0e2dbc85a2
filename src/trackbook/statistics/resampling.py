"""Rows drawn again and again, with replacement, and what a measure of them is each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

RESAMPLES, MOST_RESAMPLES = 2_000, 100_000
MOST_CELLS = 4_096
"""Of rows that are alike. Above it, counting them is slower than drawing rows."""
AT_ONCE = 1 << 17
"""Rows that are drawn at once: more do not stay near the processor."""


def means(
    values: NDArray[Any], rng: Generator, resamples: int, strata: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Return the means of columns in each resample, shape (resamples, columns).

    What is drawn are rows, so that the columns of one resample belong together. Columns of
    few values are drawn as counts of rows that are alike: the same distribution, sooner.

    Args:
        values: finite numbers, shape (rows, columns)
        rng: where the dice come from
        resamples: how often
        strata: the group of each row, shape (rows,); as many rows of each are drawn as there are
    """
    import numpy as np

    rows, columns = values.shape
    codes, alike = cells_of(values)
    total = np.zeros((resamples, columns))
    for members in groups(rows, strata):
        if len(alike) <= MOST_CELLS:
            for at, counts in counted(codes[members], len(alike), rng, resamples):
                total[at] += counts @ alike
        else:
            add_sums(total, values[members], rng)
    return np.asarray(total / rows)


def of_counts(
    measure: Callable[[NDArray[Any]], NDArray[Any]],
    codes: NDArray[Any],
    kinds: int,
    rng: Generator,
    resamples: int,
    strata: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Return a measure of how many rows of each kind are drawn, shape (resamples, …).

    Args:
        measure: of counts, shape (some, kinds), its values, shape (some, …)
        codes: each row's kind, from 0, shape (rows,)
        kinds: how many there are
        rng: where the dice come from
        resamples: how often
        strata: the group of each row
    """
    import numpy as np

    total = np.zeros((resamples, kinds), dtype=np.int64)
    for members in groups(len(codes), strata):
        for at, counts in counted(codes[members], kinds, rng, resamples):
            total[at] += counts
    step = max(1, AT_ONCE // max(1, kinds))
    parts = [measure(total[at : at + step]) for at in range(0, resamples, step)]
    return np.concatenate(parts)


def of_rows(
    measure: Callable[[NDArray[Any]], Any],
    rows: int,
    rng: Generator,
    resamples: int,
    strata: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Return any measure of the rows that are drawn, shape (resamples, …).

    It is asked once per resample, so it takes as long as that: for a measure that sorts
    100,000 rows about a minute for 2,000 resamples.

    Args:
        measure: of the numbers of rows, shape (rows,), one number or several
        rows: how many there are
        rng: where the dice come from
        resamples: how often
        strata: the group of each row
    """
    import numpy as np

    members = list(groups(rows, strata))
    found = []
    for _ in range(resamples):
        drawn = [one[rng.integers(0, len(one), len(one))] for one in members]
        found.append(measure(np.concatenate(drawn)))
    return np.asarray(found, dtype=float)


def cells_of(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return each row's kind, and one row of each kind; at most a little above `MOST_CELLS`."""
    import numpy as np

    rows = len(values)
    codes = np.zeros(rows, dtype=np.int64)
    for column in values.T:
        distinct, code = np.unique(column, return_inverse=True)
        if len(distinct) > MOST_CELLS:
            return codes, np.empty((MOST_CELLS + 1, 0))
        _, codes = np.unique(codes * len(distinct) + code, return_inverse=True)
    _, first = np.unique(codes, return_index=True)
    return codes, values[first]


def counted(
    codes: NDArray[Any], kinds: int, rng: Generator, resamples: int
) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Yield how many rows of each kind are drawn, some resamples at a time."""
    import numpy as np

    share = np.bincount(codes, minlength=kinds) / len(codes)
    step = max(1, AT_ONCE // kinds)
    for start in range(0, resamples, step):
        at = slice(start, min(start + step, resamples))
        yield at, rng.multinomial(len(codes), share, size=at.stop - at.start)


def add_sums(total: NDArray[Any], values: NDArray[Any], rng: Generator) -> None:
    """Add to each resample the sums of as many rows, drawn, as there are."""
    import numpy as np

    rows = len(values)
    columns = [np.ascontiguousarray(column) for column in values.T]
    step = max(1, AT_ONCE // rows)
    for start in range(0, len(total), step):
        some = min(step, len(total) - start)
        drawn = rng.integers(0, rows, (some, rows), dtype=np.uint32)
        for number, column in enumerate(columns):
            total[start : start + some, number] += column[drawn].sum(axis=1)


def groups(rows: int, strata: NDArray[Any] | None) -> Iterator[NDArray[Any]]:
    """Yield the numbers of the rows of each group; all of them where there are no groups.

    Raises:
        Misused: there are no rows, or not as many groups as rows
    """
    import numpy as np

    if rows < 1:
        raise Misused("there are no rows to draw from")
    if strata is None:
        yield np.arange(rows)
        return
    if len(strata) != rows:
        raise Misused(f"{len(strata)} strata for {rows} rows: give one per row")
    _, codes, sizes = np.unique(strata, return_inverse=True, return_counts=True)
    yield from np.split(np.argsort(codes, kind="stable"), np.cumsum(sizes)[:-1])
