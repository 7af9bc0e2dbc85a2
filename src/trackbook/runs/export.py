"""Runs as a file for other programs: Parquet, CSV or JSON."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused, NotFound, Refused
from trackbook.store import quoted
from trackbook.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.records import Run
    from trackbook.store import Store

FORMATS = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
    ".csv": "FORMAT csv, HEADER true",
}
JSON = ".json"
COLUMNS = (
    "run_id", "name", "experiment", "notebook", "status", "parent_run_id", "relation",
    "origin", "session_id", "started_at", "ended_at", "duration_s", "notebook_hash", "user",
    "host", "git_commit",
)  # fmt: skip
TYPES = {"started_at": "TIMESTAMPTZ", "ended_at": "TIMESTAMPTZ", "duration_s": "DOUBLE"}
WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})", re.ASCII)
REAL = re.compile(r"-?\d+\.\d*(e[+-]?\d+)?|-?\d+e[+-]?\d+|-?inf|nan", re.ASCII)


class Exported(NamedTuple):
    """What was written."""

    file: Path
    rows: int
    size_bytes: int


def export(
    store: Store,
    runs: Sequence[Run],
    file: Path,
    *,
    points: bool = False,
    overwrite: bool = False,
) -> Exported:
    """Write runs into a .parquet, .csv or .json file, with flat columns: `params.lr`.

    A param's column holds numbers where all its values are some. With `points`, each
    measured point is a row instead: run_id, run, metric, step, value, logged_at.

    Raises:
        Misused: the ending is none of these
        Refused: the file is already there, and `overwrite` was not said
    """
    suffix = file.suffix.lower()
    known = [*FORMATS] if points else [*FORMATS, JSON]
    if suffix not in known:
        raise Misused(
            f"cannot export to {file.name!r}: end the name with {', '.join(known)}"
        )
    if file.exists() and not overwrite:
        raise Refused(
            f"{str(file)!r} is already there: choose another name, or say --overwrite"
        )
    if not file.parent.is_dir():
        raise NotFound(
            f"no folder {str(file.parent)!r} to write {file.name} into: make it first"
        )
    part = file.with_name(f".{file.stem[:100]}.{secrets.token_hex(4)}{suffix}")
    try:
        if points:
            count = write_points(store, runs, part)
        elif suffix == JSON:
            count = write_json(runs, part)
        else:
            count = write_table(store, runs, part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return Exported(file, count, file.stat().st_size)


def write_json(runs: Sequence[Run], file: Path) -> int:
    """Write an array of flat objects."""
    names = [*COLUMNS, "params", "metrics", "tags"]
    table = Table(names, [[getattr(run, name) for name in names] for run in runs])
    file.write_text(json.dumps(table.dicts(), allow_nan=False, indent=1), encoding="utf-8")
    return len(table)


def write_table(store: Store, runs: Sequence[Run], file: Path) -> int:
    """Write one row for each run."""
    columns, types = columns_of(runs)
    arrays = {f"c{n}": texts(values) for n, values in enumerate(columns.values())}
    selected = ", ".join(
        f"CAST(c{n} AS {types[name]}) AS {quoted(name)}" for n, name in enumerate(columns)
    )
    with store.reading() as db:
        db.register("exported", arrays)
        try:
            db.execute(copied(f"SELECT {selected} FROM exported", file))  # noqa: S608  # quoted names
        finally:
            db.unregister("exported")
    return len(runs)


def write_points(store: Store, runs: Sequence[Run], file: Path) -> int:
    """Write one row for each measured point, in order of runs, metrics and steps."""
    import numpy as np

    exported = {
        "place": np.arange(len(runs), dtype="i8"),
        "run_id": texts([run.run_id for run in runs]),
        "run": texts([run.name for run in runs]),
    }
    with store.reading() as db:
        db.register("exported", exported)
        try:
            sql = (
                "SELECT m.run_id, x.run, m.name AS metric, m.step, m.value, m.logged_at"
                " FROM tb.metrics m JOIN exported x ON x.run_id = m.run_id"
                " ORDER BY x.place, m.name, m.step, m.logged_at"
            )
            ((count,),) = db.execute(copied(sql, file)).fetchall()
        finally:
            db.unregister("exported")
    return int(count)


def copied(sql: str, file: Path) -> str:
    """Return the statement that writes a question's answer into a file."""
    path = str(file).replace("'", "''")
    return f"COPY ({sql}) TO '{path}' ({FORMATS[file.suffix]})"


def columns_of(runs: Sequence[Run]) -> tuple[dict[str, list[object]], dict[str, str]]:
    """Return flat columns, and the type of each.

    Everything travels as text and is cast by DuckDB, which takes a NaN in an array of
    numbers for NULL.
    """
    columns: dict[str, list[object]] = {}
    types = {name: TYPES.get(name, "VARCHAR") for name in COLUMNS}
    for name in COLUMNS:
        columns[name] = [getattr(run, name) for run in runs]
    for group in ("params", "metrics", "tags"):
        for name in sorted({name for run in runs for name in getattr(run, group)}):
            values = [getattr(run, group).get(name) for run in runs]
            column = f"{group}.{name}"
            columns[column] = values
            types[column] = "DOUBLE" if group == "metrics" else "VARCHAR"
            if group == "params":
                types[column] = type_of([value for value in values if value is not None])
    return columns, types


def type_of(values: Sequence[str]) -> str:
    """Return the narrowest type that loses nothing of any value."""
    if all(WHOLE.fullmatch(value) for value in values):
        return "BIGINT"
    if all(WHOLE.fullmatch(value) or REAL.fullmatch(value) for value in values):
        return "DOUBLE"
    return "BOOLEAN" if set(values) <= {"True", "False"} else "VARCHAR"


def texts(values: Sequence[object]) -> Any:
    """Return values as an array of texts, None where there is none."""
    import numpy as np

    made = np.empty(len(values), dtype=object)
    made[:] = [None if value is None else str(value) for value in values]
    return made
