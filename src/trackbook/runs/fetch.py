"""Runs out of the database: facts and maps as columns, put together here.

DuckDB's maps come over at 200 µs a run; columns of numbers and short texts at 15.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trackbook.records import Run
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from trackbook.runs.question import Question
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")
PLAIN = (
    "run_id", "name", "experiment", "notebook", "status", "parent_run_id", "relation",
    "origin", "session_id", "notebook_hash", "user", "host", "git_commit", "duration_s",
    "reproduced",
)  # fmt: skip


def fetch(
    store: Store, question: Question, *, limit: int | None = None, offset: int = 0
) -> list[Run]:
    """Return the runs a question asks for, in its order."""
    sql = (
        f"SELECT f.* FROM {question.source} WHERE {question.where}"  # noqa: S608  # values are bound
        f" ORDER BY {question.order} LIMIT $limit OFFSET $offset"
    )
    with store.reading() as db, no_collecting():
        facts = db.execute(
            sql, {**question.values, "limit": limit, "offset": offset}
        ).fetchnumpy()
        if not len(facts["run_id"]):
            return []
        return runs_of(facts, *maps_of(db, facts["run_id"]))


Maps = list[dict[str, Any]]


def maps_of(db: DuckDBPyConnection, run_ids: Any) -> tuple[Maps, Maps, Maps]:
    """Return the params, last metrics and tags of each run, in the order of the ids."""
    import numpy as np

    count = len(run_ids)
    db.register("asked", {"place": np.arange(count, dtype="i4"), "run_id": run_ids})
    try:
        db.execute(SQL["number_names"])
        names = db.execute(SQL["names"]).fetchnumpy()["name"]
        asked = db.execute(SQL["asked_params"]).fetchnumpy()
        params = maps(asked, names, count, in_order=False)
        if sum(map(len, params)) < len(asked["code"]):
            # Somewhere a param was given twice, and rows of two processes can lie in any
            # order: the ids tell the later one, but sorting by such texts is slow.
            asked = db.execute(SQL["asked_params_in_order"]).fetchnumpy()
            params = maps(asked, names, count, in_order=True)
        asked = db.execute(SQL["asked_metrics"]).fetchnumpy()
        metrics = maps(asked, names, count, in_order=False)
        asked = db.execute(SQL["asked_tags_in_order"]).fetchnumpy()
        tags = maps(asked, names, count, in_order=True)
    finally:
        db.unregister("asked")
        db.execute("DROP TABLE IF EXISTS temp.asked_names")
    return params, metrics, [{k: v for k, v in of_run.items() if v} for of_run in tags]


def maps(columns: dict[str, Any], names: Any, count: int, *, in_order: bool) -> Maps:
    """Return one dict for each place; of a name given twice the last value stays."""
    import numpy as np

    places = columns["place"]
    # Rows that share a key must keep their order; numpy sorts faster where none do.
    keyed = places.astype("i8") * len(names) + columns["code"]
    order = np.argsort(keyed, kind="stable" if in_order else None)
    bounds = np.searchsorted(places[order], np.arange(count + 1)).tolist()
    keys = names[columns["code"][order]].tolist()
    values = plain(columns["value"][order])
    return [
        dict(zip(keys[start:end], values[start:end], strict=True))
        for start, end in pairwise(bounds)
    ]


def runs_of(facts: dict[str, Any], params: Maps, metrics: Maps, tags: Maps) -> list[Run]:
    """Return the runs whose facts stand in columns."""
    columns: dict[str, Sequence[Any]] = {name: plain(facts[name]) for name in PLAIN}
    columns |= {name: times(facts[name]) for name in ("started_at", "ended_at")}
    columns |= {"params": params, "metrics": metrics, "tags": tags}
    make = Run.__new__
    made = [make(Run) for _ in params]
    for name, values in columns.items():
        # a frozen class's own __init__ sets its fields one by one through three calls each
        put = getattr(Run, name).__set__
        for run, value in zip(made, values, strict=True):
            put(run, value)
    return made


def plain(column: Any) -> list[Any]:
    """Return a numpy column as Python values, None where it is masked."""
    listed: list[Any] = column.tolist()
    return listed


def times(column: Any) -> Sequence[Any]:
    """Return a column of UTC times as aware ones."""
    listed = column.astype("M8[us]").tolist()
    return [None if when is None else when.replace(tzinfo=UTC) for when in listed]


@contextmanager
def no_collecting() -> Iterator[None]:
    """Keep the garbage collector from walking again and again over what is being made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
