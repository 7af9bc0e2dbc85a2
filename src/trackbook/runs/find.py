"""From what people call a run to the run: an id, a name, `last~2`, `best:acc`, `@tag`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.code import direction_of
from trackbook.errors import Misused, NotFound
from trackbook.runs.condition import (
    Compare,
    Diverged,
    Every,
    Field,
    Missing,
    Not,
    Some,
    Value,
)
from trackbook.runs.fetch import fetch
from trackbook.runs.filter import Sort
from trackbook.runs.question import Question
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    from trackbook.records import Run
    from trackbook.runs.condition import Condition
    from trackbook.store import Store

    Directions = Mapping[str, Literal["max", "min"]]

SQL = queries_of("trackbook.runs")
LAST = re.compile(r"last(~(?P<back>\d{1,6}))?", re.ASCII)
PART_OF_ID = re.compile(r"[0-9a-f-]{4,36}")
SHOWN = 5
RUN_ID, NAME = Field("attributes", "run_id"), Field("attributes", "name")


def find(
    store: Store,
    reference: str,
    *,
    experiment: str | None = None,
    directions: Directions | None = None,
) -> Run:
    """Return the one run that a reference means.

    Tried in this order: `last`, `last~2`; `best:accuracy`, `worst:loss`; `@tag`,
    `@name=value` (the latest run that has it); a whole id; the latest run of that name;
    at least four characters with which only one run's id begins, or ends.

    Args:
        store: The project's store.
        reference: What the user calls the run.
        experiment: Look among the runs of this experiment only.
        directions: Which way is better, for metrics whose name alone does not say so.

    Raises:
        NotFound: there is no such run
        Misused: it could be several runs, or which way is better is not known
    """
    reference = reference.strip()
    asking = Asking(store, experiment, directions or {})
    head, colon, metric = reference.partition(":")
    if last := LAST.fullmatch(reference):
        return asking.last(int(last["back"] or 0))
    if colon and head in {"best", "worst"}:
        return asking.extreme(metric, worst=head == "worst")
    if reference.startswith("@"):
        return asking.tagged(reference[1:])
    if not reference:
        raise Misused(
            "an empty text means no run: give an id, a name, last, best:accuracy or @tag"
        )
    return asking.named(reference)


def find_all(
    store: Store,
    references: Iterable[str],
    *,
    experiment: str | None = None,
    directions: Directions | None = None,
) -> list[Run]:
    """Return the runs that references mean, in their order."""
    return [
        find(store, reference, experiment=experiment, directions=directions)
        for reference in references
    ]


def short_ids(run_ids: Sequence[str], *, length: int = 8) -> list[str]:
    """Return the endings by which runs can be called, long enough to tell these apart.

    Endings, because ids begin with the time: runs of one minute share their first half.
    """
    longest = max(map(len, run_ids), default=0)
    while length < longest and len({r[-length:] for r in run_ids}) < len(set(run_ids)):
        length += 1
    return [run_id[-length:] for run_id in run_ids]


class Asking:
    """One search for one run."""

    def __init__(
        self, store: Store, experiment: str | None, directions: Directions
    ) -> None:
        self.store = store
        self.experiment = experiment
        self.directions = directions

    def last(self, back: int) -> Run:
        """Return the latest run, or one before it; parts of larger runs do not count."""
        found = self.fetch(Every(()), limit=1, offset=back, with_children=False)
        if found:
            return found[0]
        where = f" in experiment {self.experiment!r}" if self.experiment else ""
        count = len(self.fetch(Every(()), with_children=False))
        raise NotFound(f"no run last~{back}{where}: there are {count} (%track runs)")

    def extreme(self, metric: str, *, worst: bool) -> Run:
        """Return the run whose last value of a metric is the best or worst."""
        field = Field("metrics", metric)
        direction = self.directions.get(metric) or direction_of(metric)
        measured = Every((Not(Missing(field)), Not(Diverged(field))))
        if direction is None and self.fetch(measured, limit=1):
            raise Misused(
                f"which way {metric!r} is better is not known: name it in maximize or"
                " minimize of [tool.trackbook], or sort the runs by it"
            )
        descending = (direction == "max") != worst
        found = self.fetch(measured, limit=1, sort=[Sort(field, descending)])
        if not found:
            known = [name for group, name in self.known_names() if group == "metrics"]
            raise NotFound.named("metric", metric, known=known, see="%track runs")
        return found[0]

    def tagged(self, tag: str) -> Run:
        """Return the latest run with a tag, or with a tag of that value."""
        name, equals, value = tag.partition("=")
        field = Field("tags", name)
        wanted: Condition = Not(Missing(field))
        if equals:
            wanted = Compare(field, "=", Value(value))
        found = self.fetch(wanted, limit=1)
        if not found:
            known = [name for group, name in self.known_names() if group == "tags"]
            raise NotFound.named("tag", tag, known=known, see="%track runs")
        return found[0]

    def named(self, reference: str) -> Run:
        """Return the run of that id or name, or the only one whose id begins or ends so."""
        text = Value(reference)
        exact = Some((Compare(RUN_ID, "=", text), Compare(NAME, "=", text)))
        found = self.fetch(exact, limit=1)
        part = reference.lower()
        if not found and PART_OF_ID.fullmatch(part):
            ends = [Compare(RUN_ID, "like", Value(p)) for p in (f"{part}%", f"%{part}")]
            found = self.fetch(Some(tuple(ends)), limit=SHOWN + 1)
        if not found:
            names = [name for (name,) in self.store.rows(SQL["names_in_use"]).rows]
            raise NotFound.named("run", reference, known=names, see="%track runs")
        if len(found) > 1:
            shown = ", ".join(f"{run.run_id} ({run.name})" for run in found[:SHOWN])
            more = " and more" if len(found) > SHOWN else ""
            raise Misused(f"{reference!r} could be {shown}{more}: give more of the id")
        return found[0]

    def known_names(self) -> list[tuple[str, str]]:
        return [(group, name) for group, name in self.store.rows(SQL["known_names"]).rows]

    def fetch(
        self,
        condition: Condition,
        *,
        limit: int | None = None,
        offset: int = 0,
        sort: Sequence[Sort] = (),
        with_children: bool = True,
    ) -> list[Run]:
        question = Question(
            condition, experiment=self.experiment, sort=sort, with_children=with_children
        )
        return fetch(self.store, question, limit=limit, offset=offset)
