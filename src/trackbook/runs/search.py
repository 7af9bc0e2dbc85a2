"""Runs that meet a filter, sorted: what `%track runs` shows."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.runs.condition import Compare, Field, Some, Value, fields_of
from trackbook.runs.fetch import fetch
from trackbook.runs.filter import parse, parse_sort
from trackbook.runs.question import Question
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import Run
    from trackbook.runs.condition import Condition
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")
LIMIT = 1000
RUN_ID = Field("attributes", "run_id")


def search(  # the choices of one question, each by name
    store: Store,
    filter: str | Condition = "",  # noqa: A002  # the field's word for it
    *,
    experiment: str | None = None,
    notebooks: Sequence[str] | None = None,
    after: str | None = None,
    sort: str | None = None,
    ascending: bool | None = None,
    limit: int | None = LIMIT,
    offset: int = 0,
    with_children: bool = True,
) -> list[Run]:
    """Return the runs that meet a filter, newest first or sorted.

    Args:
        store: The project's store.
        filter: `metrics.acc > 0.9 and params.lr < 0.1`, or a word that occurs in a run.
        experiment: Only runs of this experiment and of those below it.
        notebooks: Only runs of a notebook that is known by one of these paths.
        after: Only runs that come after this one, the newest first; for the next page.
        sort: `metrics.acc desc`, `-metrics.loss`, `started_at`; what lacks it comes last.
        ascending: Which way to sort where `sort` does not say so itself.
        limit: At most so many; None for all.
        offset: Leave out so many first.
        with_children: Also runs that are part of a larger run.
    """
    if (limit is not None and limit < 0) or offset < 0:
        raise Misused(f"limit {limit} and offset {offset}: neither can be below zero")
    question = Question(
        parse(filter) if isinstance(filter, str) else filter,
        experiment=experiment,
        notebooks=notebooks,
        after=after,
        sort=parse_sort(sort or "", ascending=ascending),
        with_children=with_children,
    )
    return fetch(store, question, limit=limit, offset=offset)


def count(
    store: Store,
    filter: str | Condition = "",  # noqa: A002  # the field's word for it
    *,
    experiment: str | None = None,
    notebooks: Sequence[str] | None = None,
    with_children: bool = True,
) -> int:
    """Return how many runs meet a filter."""
    question = Question(
        parse(filter) if isinstance(filter, str) else filter,
        experiment=experiment,
        notebooks=notebooks,
        with_children=with_children,
    )
    sql = f"SELECT count(*) FROM {question.source} WHERE {question.where}"  # noqa: S608  # values are bound
    ((found,),) = store.rows(sql, **question.values).rows
    return int(found)


def by_ids(store: Store, run_ids: Sequence[str]) -> list[Run]:
    """Return the runs with these ids that are there, the newest first."""
    wanted = [Compare(RUN_ID, "=", Value(run_id)) for run_id in run_ids]
    return search(store, Some(tuple(wanted)), limit=None) if wanted else []


def unknown_names(store: Store, condition: Condition) -> list[str]:
    """Return one line for each name in a condition that no run has, with the nearest."""
    asked = [field for field in fields_of(condition) if field.group != "attributes"]
    if not asked:
        return []
    known: dict[str, list[str]] = {"metrics": [], "params": [], "tags": []}
    for group, name in store.rows(SQL["known_names"]).rows:
        known[group].append(name)
    lines = []
    for field in asked:
        if field.name in known[field.group]:
            continue
        near = get_close_matches(field.name, known[field.group], n=1, cutoff=0.5)
        hint = f": did you mean {near[0]!r}?" if near else ""
        lines.append(f"no run has a {field.group[:-1]} named {field.name!r}{hint}")
    return lines
