"""Runs as columns of numbers and words, small enough to send ten thousand of them."""

from __future__ import annotations

import math
from array import array
from datetime import datetime
from typing import TYPE_CHECKING

from trackbook.panels.fields import Field, best_of, direction_in, fields_of, value_of
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.records import Run

Message = dict[str, object]
ALWAYS = {"name", "status", "started_at", "reproduced"}
MOST_SHOWN, MOST_METRICS = 12, 5


def packed(
    runs: Sequence[Run],
    changed: Sequence[Run],
    *,
    directions: Mapping[str, str],
    gone: Sequence[str] = (),
    reset: bool = False,
) -> tuple[Message, list[bytes]]:
    """Return a message with the changed rows, and one buffer for each column.

    Args:
        runs: All that the table shall hold; the best of each metric is sought here.
        changed: Those that are new or not as they were.
        directions: Which way a metric is better, where the user said so.
        gone: Ids of runs to take out.
        reset: Whether the table shall forget what it holds.
    """
    fields = fields_of(runs)
    shown = most_varying(runs, fields)
    columns: list[Message] = []
    buffers: list[bytes] = []
    for field in fields:
        column, buffer = _column(field, [value_of(run, field.key) for run in changed])
        column |= {"key": field.key, "name": in_short(field.name), "group": field.group}
        column["shown"] = field.key in shown
        column["best"] = _best(runs, field, directions)
        columns.append(column)
        buffers.append(buffer)
    ids = [run.run_id for run in changed]
    return {"columns": columns, "ids": ids, "gone": list(gone), "reset": reset}, buffers


def most_varying(runs: Sequence[Run], fields: Sequence[Field]) -> set[str]:
    """Return the keys of about a dozen fields that tell most of these runs apart."""
    told: list[tuple[float, Field]] = []
    for field in fields:
        known = [value for run in runs if (value := value_of(run, field.key)) is not None]
        kinds = len({str(value) for value in known})
        told.append((len(known) * min(kinds - 1, 8) if kinds else -1.0, field))
    told.sort(key=lambda pair: -pair[0])
    metrics = [
        field.key for score, field in told if field.group == "metrics" and score >= 0
    ]
    kept = ALWAYS | set(metrics[:MOST_METRICS])
    rest = [field.key for score, field in told if field.group == "params" and score > 0]
    if len(runs) == 1:
        rest = [field.key for field in fields if field.group == "params"]
    room = MOST_SHOWN - len(kept)
    kept |= set(rest[:room])
    if len(kept) < MOST_SHOWN:
        kept.add("duration_s")
    return kept


def _column(field: Field, values: list[object]) -> tuple[Message, bytes]:
    if field.key == "started_at":
        return _numbers("time", [_ms(value) for value in values])
    is_number = field.group == "metrics" or field.key == "duration_s"
    if is_number or (field.group == "params" and all(map(_is_canonical, values))):
        return _numbers("number", [_float(value) for value in values])
    places: dict[str, int] = {}
    codes = array("i", (places.setdefault(in_short(v), len(places)) for v in values))
    return {"type": "text", "words": list(places)}, codes.tobytes()


def _numbers(kind: str, values: list[float | None]) -> tuple[Message, bytes]:
    """Return a column in which NaN stands for nothing, and where it is the value itself."""
    diverged = [at for at, v in enumerate(values) if v is not None and math.isnan(v)]
    packed_values = array("d", (math.nan if v is None else v for v in values))
    return {"type": kind, "nan": diverged}, packed_values.tobytes()


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float, str)) else None


def _ms(value: object) -> float | None:
    return value.timestamp() * 1000 if isinstance(value, datetime) else None


def _is_canonical(value: object) -> bool:
    """Return whether a param's text is just what its number would be shown as."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    try:
        number = float(value)
    except ValueError:
        return False
    return math.isfinite(number) and value in {repr(number), str(int(number))}


def _best(runs: Sequence[Run], field: Field, directions: Mapping[str, str]) -> list[str]:
    if field.group != "metrics":
        return []
    direction = direction_in(directions, field.name)
    places = best_of([value_of(run, field.key) for run in runs], direction)
    return [runs[at].run_id for at in places]
