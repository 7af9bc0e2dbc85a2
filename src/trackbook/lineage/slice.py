"""The executions that a run rests on, in the order in which they ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import NotFound
from trackbook.store import queries_of
from trackbook.table import Table, Tabular, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.lineage")
ITSELF = "gave something to the run"
UNTOLD = "what it used is not on record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One execution of one cell, with the executions that it rests on."""

    execution_id: str
    cell_key: str
    cell_id: str | None
    source: str
    execution_count: int | None
    outcome: str
    error: str | None
    duration_s: float | None
    rests_on: list[str] | None
    """None where nothing was written of it: its process died, or an older trackbook ran it."""
    why: list[str] | None
    changes: list[str] | None
    unknown: str | None
    ambient: bool
    seeds: list[str]
    """Generators of random numbers that it set anew."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Slice(Tabular):
    """The executions that something depends on, and those it does not."""

    name: str
    """Of the run or the variable whose slice it is."""
    parts: Sequence[Part]
    """In the order in which they ran."""
    reasons: Mapping[str, str]
    """Why each is in, by execution id."""
    left_out: Sequence[Part]
    """The other executions of the session up to the last one that is in."""
    dice: Mapping[str, Sequence[tuple[str, str]]]
    """States of generators (of, JSON) to begin an execution with, by its id."""
    folder: str | None
    notebook: str | None

    @property
    def share_left_out(self) -> float:
        """Return which share of the executions the slice leaves out, from 0 to 1."""
        count = len(self.parts) + len(self.left_out)
        return len(self.left_out) / count if count else 0.0

    @property
    def headline(self) -> str:
        """Return the slice's size in a sentence."""
        count = len(self.parts) + len(self.left_out)
        return (
            f"{self.name} rests on {len(self.parts)} of {count} executions;"
            f" {len(self.left_out)} left out ({self.share_left_out:.0%})"
        )

    def script(self) -> str:
        """Return the slice as a script whose cells begin with `# %%`."""
        return f"# {self.headline}\n\n" + self.code()

    def code(self) -> str:
        """Return the script alone: the same whatever else the session has executed since."""
        return "\n".join(f"# %% [{number(part)}]\n{part.source}\n" for part in self.parts)

    def table(self) -> Table:
        """Return a row for each execution, in or out, and why."""
        rows = [
            (True, part.execution_count, self.reasons[part.execution_id], part.outcome,
             part.source, part.execution_id)
            for part in self.parts
        ] + [
            (False, part.execution_count, "", part.outcome, part.source, part.execution_id)
            for part in self.left_out
        ]  # fmt: skip
        columns = [
            "in_slice",
            "execution_count",
            "why",
            "outcome",
            "source",
            "execution_id",
        ]
        rows.sort(key=lambda row: str(row[-1]))
        return Table(columns, rows)

    def __repr__(self) -> str:
        lines = [visible(self.headline)]
        for part in self.parts:
            why = self.reasons[part.execution_id]
            lines += ["", visible(f"[{number(part)}] {failure(part)}{why}")]
            lines += [f"    {visible(line)}" for line in part.source.splitlines()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<div><b>[{number(part)}]</b> {escaped(failure(part))}"
            f"<small>{escaped(self.reasons[part.execution_id])}</small>"
            f'<pre style="margin:2px 0 8px;padding:4px 8px;overflow-x:auto;color:inherit;'
            f'background:var(--jp-layout-color2,rgba(128,128,128,.12))">'
            f"{escaped(part.source)}</pre></div>"
            for part in self.parts
        )
        return f"<div><p>{escaped(self.headline)}</p>{cells}</div>"


def slice_of(store: Store, run: Run, *, or_none: bool = False) -> Slice:
    """Return the executions that a run depends on; of a script's run, none if that will do.

    Raises:
        NotFound: no cell gave anything to the run: a script made it
    """
    own = {found for (found,) in store.rows(SQL["own_executions"], run=run.run_id).rows}
    session = session_of(store, run.session_id)
    ((missed,),) = store.rows(SQL["missed_something"], run=run.run_id).rows
    if missed and own:
        # A rerun of the slice did not give what the whole gave: the whole it is.
        own |= {part.execution_id for part in session if part.execution_id < max(own)}
    if not own and or_none:
        return Slice(
            name=run.name, parts=[], reasons={}, left_out=[], dice={}, folder=None,
            notebook=run.notebook,
        )  # fmt: skip
    if not own:
        raise NotFound(
            f"run {run.name!r} was made outside of cells, so it has no slice: its code is"
            f" {run.notebook or 'a script'} (%track show {run.run_id[-8:]})"
        )
    return cut(store, run.name, session, own, run.session_id)


def whole_of(store: Store, run: Run) -> Slice:
    """Return every execution of a run's session up to the last that gave it something."""
    session = session_of(store, run.session_id)
    last = slice_of(store, run).parts[-1].execution_id
    own = [part.execution_id for part in session if part.execution_id <= last]
    return cut(store, run.name, session, own, run.session_id)


def session_of(store: Store, session_id: str) -> list[Part]:
    """Return every execution of a session, in order."""
    return store.ask(SQL["executions_of_session"], Part, session=session_id)


def cut(
    store: Store,
    name: str,
    session: Sequence[Part],
    own: Iterable[str],
    session_id: str,
    *,
    itself: str = ITSELF,
) -> Slice:
    """Return the slice that some executions of a session rest on.

    `itself` says why those executions are in.
    """
    reasons = {
        execution: itself if why == ITSELF else why
        for execution, why in reasons_of(session, own).items()
    }
    last = max(reasons, default="")
    dice: dict[str, list[tuple[str, str]]] = {}
    for execution, of, state in store.rows(SQL["dice_of_session"], session=session_id).rows:
        dice.setdefault(execution, []).append((of, state))
    where = store.rows(SQL["folder_of_session"], session=session_id).rows
    folder, notebook = where[0] if where else (None, None)
    return Slice(
        name=name,
        parts=[part for part in session if part.execution_id in reasons],
        reasons=reasons,
        left_out=[
            part
            for part in session
            if part.execution_id not in reasons and part.execution_id < last
        ],
        dice=dice,
        folder=folder,
        notebook=notebook,
    )


def reasons_of(session: Sequence[Part], own: Iterable[str]) -> dict[str, str]:
    """Return the executions that some rest on, themselves included, and why each is in.

    An execution of which nothing was written rests on all before it.
    """
    own = set(own)
    place = {part.execution_id: at for at, part in enumerate(session)}
    found: dict[str, dict[str, None]] = {}
    for part in reversed(session):
        if part.execution_id in own:
            found.setdefault(part.execution_id, {})[ITSELF] = None
        if part.execution_id not in found:
            continue
        if part.rests_on is None:
            before = [one.execution_id for one in session[: place[part.execution_id]]]
            why = [UNTOLD] * len(before)
        else:
            before, why = part.rests_on, part.why or []
        for earlier, names in zip(before, why, strict=True):
            held = found.setdefault(earlier, {})
            held.update(dict.fromkeys(names.split(", ")))
    return {
        execution: ITSELF if ITSELF in names else f"for {', '.join(sorted(names)[:8])}"
        for execution, names in found.items()
    }


def number(part: Part) -> str:
    """Return an execution's count as a notebook shows it."""
    return " " if part.execution_count is None else str(part.execution_count)


def failure(part: Part) -> str:
    """Return what went wrong in an execution, with a colon behind it."""
    return "" if part.outcome == "ok" else f"{part.error or part.outcome}: "
