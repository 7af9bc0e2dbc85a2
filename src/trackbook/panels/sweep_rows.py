"""A sweep in words and rows: its head, its trials as runs, what a saved notebook keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackbook.clock import now_us
from trackbook.records import Run
from trackbook.table import Table, escaped, in_short, visible

if TYPE_CHECKING:
    from trackbook.sweeps import Told, TrialRow, Weights

STATUS = {
    "running": "RUNNING", "done": "FINISHED", "failed": "FAILED", "pruned": "PRUNED",
    "cancelled": "CANCELLED",
}  # fmt: skip
STATES = {"KILLED": "broken off"}
MINUTE, HOUR, LONGEST = 60, 3600, 120
MOST_ROWS = 10


def header_of(told: Told) -> dict[str, object]:
    """Return what stands above the plots, every text of it harmless."""
    sweep = told.sweep
    best = next((one for one in told.trials if one.number == sweep.best_number), None)
    ended = len(told.trials) - sweep.running
    return {
        "name": visible(sweep.name),
        "target": visible(sweep.target),
        "how": visible(how_of(told)),
        "status": sweep.status,
        "state": state_of(told),
        "is_running": sweep.status == "RUNNING",
        "total": told.total,
        "ended": ended,
        "counts": [
            [state, count]
            for state in ("done", "running", "failed", "pruned", "cancelled")
            if (count := getattr(sweep, state)) or state == "done"
        ],
        "times": times_of(told),
        "metric": visible(sweep.metric or ""),
        "direction": sweep.direction or "",
        "best": None if best is None else best_of(best),
        "trials": [
            {
                "id": one.run_id,
                "number": one.number,
                "error": visible((one.error or "")[:500]),
            }
            for one in told.trials
            if one.state in ("running", "failed")
        ],
        "words": words_of(told),
    }


def best_of(one: TrialRow) -> dict[str, object]:
    """Return the best trial."""
    return {
        "id": one.run_id,
        "number": one.number,
        "value": in_short(one.value),
        "params": [
            [visible(name), visible(in_short(value))] for name, value in one.chosen.items()
        ],
    }


def how_of(told: Told) -> str:
    """Return how it searches, in short."""
    sweep = told.sweep
    said = {"grid": "grid", "random": "random search", "optuna": "Optuna"}[sweep.search]
    said += f", {sweep.jobs} at once" if sweep.jobs > 1 else ""
    return said + (", prunes" if sweep.prunes else "")


def state_of(told: Told) -> str:
    """Return how the sweep is, in a word."""
    return STATES.get(told.sweep.status, told.sweep.status.lower())


def times_of(told: Told) -> str:
    """Return how long it took so far, and what is left."""
    sweep = told.sweep
    now = datetime.fromtimestamp(now_us() / 1e6, UTC)
    took = (in_utc(sweep.ended_at or now) - in_utc(sweep.started_at)).total_seconds()
    left = told.left_s()
    return lasting(took) + ("" if left is None else f", about {lasting(left)} left")


def in_utc(at: datetime) -> datetime:
    """Return a time of the record, which is UTC without saying so."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def lasting(seconds: float) -> str:
    """Return a duration in short."""
    if seconds < MINUTE:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"


def words_of(told: Told) -> str:
    """Return how far a sweep is, in one line."""
    sweep = told.sweep
    of = f" of {told.total}" if told.total else ""
    said = f"{sweep.name}: {state_of(told)}, {sweep.done}{of} done"
    said += "".join(
        f", {count} {state}"
        for state in ("running", "failed", "pruned", "cancelled")
        if (count := getattr(sweep, state))
    )
    best = next((one for one in told.trials if one.number == sweep.best_number), None)
    if best is not None:
        said += f"; best {sweep.metric} {in_short(best.value)} in trial {best.number}"
        said += f" ({in_short(best.chosen)[:LONGEST]})"
    return visible(said)


def runs_of(told: Told) -> list[Run]:
    """Return the trials as the table of runs knows them, newest first."""
    return [run_of(one, told) for one in reversed(told.trials)]


def run_of(one: TrialRow, told: Told) -> Run:
    """Return one trial as a run."""
    status: Any = STATUS.get(
        one.state, one.state.upper()
    )  # pruned ones are no status of runs
    value = {} if one.value is None else {told.sweep.metric or "value": one.value}
    return Run(
        run_id=one.run_id, name=f"trial {one.number}", experiment=told.sweep.experiment,
        notebook=None, status=status, parent_run_id=told.sweep.sweep_id, relation="child",
        origin="sweep", session_id="", started_at=one.started_at, ended_at=one.ended_at,
        duration_s=one.wall_s, params={name: text_of(value) for name, value in one.chosen.items()},
        metrics=value, notebook_hash=None, user="", host="", git_commit=None,
    )  # fmt: skip


def text_of(value: object) -> str:
    """Return a param's value as runs keep it."""
    return value if isinstance(value, str) else str(value)


def weights_view(weights: Weights | None) -> dict[str, object]:
    """Return how much each param mattered, harmless; while nobody knows, that."""
    if weights is None:
        return {"bars": [], "words": "being worked out"}
    return {
        "bars": [
            [visible(name), round(share, 4)] for name, share in weights.shares.items()
        ],
        "words": visible(weights.words),
    }


def trials_table(told: Told) -> Table:
    """Return a row for each trial, the best first, then in their order."""
    sign = {"max": -1.0, "min": 1.0}.get(told.sweep.direction or "", 0.0)

    def rank(one: TrialRow) -> tuple[bool, float, int]:
        return not one.counts, sign * (one.value or 0.0) if one.counts else 0.0, one.number

    rows = sorted(told.trials, key=rank)
    params = list(told.space)
    columns = [
        "trial",
        "state",
        told.sweep.metric or "value",
        *params,
        "wall_s",
        "error",
        "run_id",
    ]
    return Table(
        columns,
        [
            (one.number, one.state, one.value, *(one.chosen.get(name) for name in params),
             one.wall_s, one.error, one.run_id)
            for one in rows
        ],
    )  # fmt: skip


def still_of(told: Told, weights: Weights | None, *, picture: str) -> str:
    """Return what stays in a saved notebook: words, a picture, what mattered, the best trials."""
    whole = trials_table(told)
    more = len(whole) - MOST_ROWS
    note = f"and {more} more trials" if more > 0 else ""
    table = Table(
        whole.columns[:-1], [row[:-1] for row in whole.rows[:MOST_ROWS]], note=note
    )
    said = ""
    if weights is not None and weights.shares:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in weights.shares.items())
        said = f"<p>What mattered: {escaped(shares)}</p>"
    return f"<p>{escaped(words_of(told))}</p>{picture}{said}{table._repr_html_()}"
