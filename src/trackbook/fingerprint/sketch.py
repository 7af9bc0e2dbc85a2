"""A sketch of a column: enough to see what changed, and later how far it drifted.

Numbers: count, missing, infinite, zeros, least and greatest, mean, deviation and the edges of
200 equally filled bins, by an evenly spaced sample where there are more than 50,000 values.
Texts, and numbers of which there are few: those most seen and how often.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from trackbook.fingerprint.data import digest_of_data, is_missing
from trackbook.fingerprint.marks import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.fingerprint.column import Columns, Part
    from trackbook.fingerprint.data import Digested

BINS = 200
SAMPLE = 50_000
"""Values of a column that its bins go by."""
MOST_DISTINCT = 10_000
TOP = 20
FEW = 50
"""Distinct numbers, up to which they are counted as well."""
LONGEST_SHOWN = 80
KINDS = {"f": "number", "i": "number", "u": "number", "b": "flag", "M": "time", "m": "span"}


def sketched(
    found: Columns,
    *,
    most: int,
    hides: Callable[[str], bool] = lambda _name: False,
    masked: Callable[[str], str] = lambda text: text,
) -> tuple[Digested, list[str]]:
    """Return the fingerprint of data, and the sketches of its first columns, in one pass.

    Args:
        found: the data
        most: how many columns are sketched
        hides: tells of which columns, by name, no value may be shown
        masked: returns a text value as it may be shown
    """
    import numpy as np

    sketches = [Sketch(found.row_count) for _ in found.columns[:most]]

    def watch(at: int, part: Part) -> None:
        if at < len(sketches):
            sketches[at].take(part)

    with np.errstate(all="ignore"):  # a warning would stand in the user's notebook
        digested = digest_of_data(found, watch)
        named = zip(found.columns, sketches, strict=False)
        return digested, [
            one.as_json(hidden=hides(column.name), masked=masked) for column, one in named
        ]


class Sketch:
    """One column's sketch, taken part by part."""

    def __init__(self, row_count: int) -> None:
        self._every = max(1, row_count // SAMPLE)
        self._kind = "text"
        self._count = self._missing = self._infinite = self._zeros = 0
        self._mean = self._square = 0.0
        self._low, self._high = math.inf, -math.inf
        self._sample: list[Any] = []
        self._seen: Counter[object] = Counter()
        self._is_full = False
        """More distinct values than are counted."""

    def take(self, part: Part) -> None:
        """Take in the next rows."""
        if isinstance(part.values, list):
            self._take_texts(part.values)
        elif part.values.dtype.kind in KINDS:
            self._take_numbers(part)

    def _take_numbers(self, part: Part) -> None:
        import numpy as np

        values = part.values
        kind = values.dtype.kind
        self._kind = KINDS[kind]
        self._count += values.size
        if kind in "Mm":
            values = values[~np.isnat(values)].astype(f"{kind}8[us]").astype("f8") / 1e6
        elif part.missing is not None:
            values = values[~part.missing]
        values = values.astype("f8")
        values = values[~np.isnan(values)]
        self._missing += part.values.size - values.size
        finite = values[np.isfinite(values)]
        self._infinite += values.size - finite.size
        if not finite.size:
            return
        self._zeros += int((finite == 0).sum())
        self._add_moments(finite)
        some = finite[:: self._every]
        self._sample.append(some)
        if not self._is_full:
            distinct, counts = np.unique(some, return_counts=True)
            self._count_seen(dict(zip(distinct.tolist(), counts.tolist(), strict=True)))

    def _add_moments(self, values: Any) -> None:
        """Take in mean and squares by Chan, Golub and LeVeque's rule for joining two parts."""
        before = self._count - self._missing - self._infinite - values.size
        count, mean = values.size, float(values.mean())
        apart = mean - self._mean
        whole = max(1, before + count)
        self._square += float(((values - mean) ** 2).sum())
        self._square += apart * apart * before * count / whole
        self._mean += apart * count / whole
        self._low = min(self._low, float(values.min()))
        self._high = max(self._high, float(values.max()))

    def _take_texts(self, values: list[Any]) -> None:
        there = [value for value in values if not is_missing(value)]
        self._count += len(values)
        self._missing += len(values) - len(there)
        if not self._is_full:
            texts = [v if type(v) is str else place_of(type(v))[1] for v in there]
            self._count_seen(Counter(texts))

    def _count_seen(self, counts: dict[object, int]) -> None:
        if len(self._seen) + len(counts) > MOST_DISTINCT:
            self._is_full = len(self._seen.keys() | counts.keys()) > MOST_DISTINCT
        if not self._is_full:
            self._seen.update(counts)

    def as_json(
        self, *, hidden: bool = False, masked: Callable[[str], str] = lambda text: text
    ) -> str:
        """Return the sketch as JSON; numbers with seven digits, times in s since 1970."""
        said: dict[str, object] = {
            "kind": self._kind, "count": self._count, "missing": self._missing,
        }  # fmt: skip
        if hidden:
            return json.dumps(said)
        if self._kind != "text":
            said |= self._numbers()
        if not self._is_full and (self._kind == "text" or len(self._seen) <= FEW):
            top = self._seen.most_common(TOP)
            said["distinct"] = len(self._seen)
            said["top"] = [
                [masked(value)[:LONGEST_SHOWN] if isinstance(value, str) else value, count]
                for value, count in top
            ]
            said["counted"] = self._seen.total()
        elif self._kind == "text":
            said["distinct"] = None
        return json.dumps(said, ensure_ascii=False)

    def _numbers(self) -> dict[str, object]:
        import numpy as np

        said: dict[str, object] = {"infinite": self._infinite, "zeros": self._zeros}
        real = self._count - self._missing - self._infinite
        if not real:
            return said
        sample = np.concatenate(self._sample)
        edges = np.quantile(sample, np.linspace(0, 1, BINS + 1))
        edges[0], edges[-1] = self._low, self._high
        return said | {
            "least": self._low, "greatest": self._high, "mean": self._brief(self._mean),
            "deviation": self._brief(math.sqrt(self._square / real)),
            "edges": [self._brief(edge) for edge in edges.tolist()],
        }  # fmt: skip

    def _brief(self, number: float) -> float:
        return float(f"{number:.12g}" if self._kind == "time" else f"{number:.7g}")
