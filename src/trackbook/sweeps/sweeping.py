"""A sweep from its beginning to its end, or from where it broke off."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from trackbook.capture import Launch
from trackbook.code import direction_of
from trackbook.errors import Misused, NotFound
from trackbook.sweeps.coordinator import Coordinator
from trackbook.sweeps.crew import crew_for
from trackbook.sweeps.keeping import SQL, Keeping, next_name, past_of
from trackbook.sweeps.plan import VALUE, Plan
from trackbook.sweeps.requests import Desk
from trackbook.sweeps.searches import search_for
from trackbook.sweeps.space import Choice, grid, read, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from trackbook.capture import ActiveRun, Recorder
    from trackbook.records import Search
    from trackbook.store import Store
    from trackbook.sweeps.plan import Target, Tried
    from trackbook.sweeps.space import Space
    from trackbook.sweeps.standing import Standing

    Progress = Callable[[Standing], None]

MOST_TRIALS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody said about how to sweep; None where he did not."""

    search: Search | None = None
    metric: str | None = None
    direction: Literal["max", "min"] | None = None
    budget: int | None = None
    seed: int | None = None
    jobs: int | None = None
    executor: Executor | str | None = None
    prunes: bool = False
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A sweep as it was last begun."""

    run_id: str
    name: str
    experiment: str
    target: str
    target_kind: str
    status: str
    plan: Plan


def sweep(
    recorder: Recorder,
    store: Store,
    project: Path,
    target: Target,
    space: Space,
    wishes: Wishes,
    *,
    name: str | None = None,
    directions: Callable[[str], Literal["max", "min"] | None] = direction_of,
    progress: Progress = lambda _standing: None,
) -> Standing:
    """Try a target with many params, as child runs of one run; what fails is a result too.

    Raises:
        Misused: the space, the search or the target cannot be meant; nothing was started
        NotFound: a library that is asked for is not installed
        KeyboardInterrupt: somebody stopped it: it can be resumed
    """
    plan = planned(target, space, wishes, directions, recorder)
    check(target, plan)
    search = search_for(plan)
    crew = crew_for(target, wishes.executor, wishes.jobs)
    plan = replace(plan, jobs=crew.jobs, executor=crew.name)
    run = recorder.ledger.open(
        name or next_name(store),
        origin="manual",
        **placed(recorder),
    )
    return carried_out(
        recorder, store, project, target, plan, run,
        search=search, crew=crew, past=(), progress=progress,
    )  # fmt: skip


def resume(
    recorder: Recorder,
    store: Store,
    project: Path,
    target: Target,
    known: Known,
    wishes: Wishes,
    *,
    progress: Progress = lambda _standing: None,
) -> Standing:
    """Go on with a sweep that broke off; what is done is not done again.

    Raises:
        Misused: it runs, or is finished
        KeyboardInterrupt: somebody stopped it again
    """
    if known.status == "RUNNING":
        raise Misused(
            f"sweep {known.name!r} runs: trackbook sweep --stop {known.run_id[-8:]} ends it"
        )
    plan = replace(
        known.plan,
        budget=wishes.budget if wishes.budget is not None else known.plan.budget,
        timeout_s=wishes.timeout_s or known.plan.timeout_s,
        prunes=wishes.prunes or known.plan.prunes,
    )
    check(target, plan)
    past = past_of(store, known.run_id, plan.metric)
    search = search_for(plan, past)
    executor = wishes.executor
    if executor is None and plan.executor.startswith("dask://"):
        executor = plan.executor
    crew = crew_for(target, executor, wishes.jobs or plan.jobs)
    plan = replace(plan, jobs=crew.jobs, executor=crew.name)
    run = recorder.ledger.open(
        known.name,
        origin="manual",
        experiment=known.experiment,
        launch=Launch(run_id=known.run_id, name=known.name, is_begun=True),
    )
    return carried_out(
        recorder, store, project, target, plan, run,
        search=search, crew=crew, past=past, progress=progress,
    )  # fmt: skip


def carried_out(
    recorder: Recorder,
    store: Store,
    project: Path,
    target: Target,
    plan: Plan,
    run: ActiveRun,
    *,
    search: Any,
    crew: Any,
    past: Sequence[Tried],
    progress: Progress,
) -> Standing:
    """Carry a plan out in a run, which ends as the sweep does."""
    keeping = Keeping(recorder, store, project, run)
    keeping.begin(plan, target)
    desk = Desk(project, run.run_id)
    desk.begin()
    coordinator = Coordinator(
        plan, target, search, crew,
        keeping=keeping, desk=desk, past=past, progress=progress,
    )  # fmt: skip
    try:
        standing = coordinator.go()
    finally:
        ended = coordinator.standing.ended
        status, error = ENDS.get(ended, ("FAILED", "it broke off"))
        best = coordinator.standing.best
        if best is not None and plan.metric is not None:
            run.log_metric(plan.metric, best.value)
        run.end(status, error)
    standing.remarks += getattr(target, "remarks", [])
    return standing


ENDS: dict[str, tuple[Literal["FINISHED", "FAILED", "KILLED"], str]] = {
    "finished": ("FINISHED", ""),
    "stopped": ("KILLED", "stopped"),
    "interrupted": ("KILLED", "interrupted"),
}


def planned(
    target: Target,
    space: Space,
    wishes: Wishes,
    directions: Callable[[str], Literal["max", "min"] | None],
    recorder: Recorder,
) -> Plan:
    """Return the plan that wishes come to."""
    if not space:
        raise Misused("a sweep needs params with values: lr=0.01,0.1 depth=3..9")
    for name in space:
        if recorder.secrets.of_value(name, "plain") != "plain":
            raise Misused(f"param {name!r} has a secret's name: secrets are not swept")
    metric = wishes.metric
    direction = wishes.direction
    if metric is None and target.kind == "function" and direction is not None:
        metric = VALUE
    if direction is None and metric is not None:
        direction = directions(metric)
    must_be_meant(wishes, metric, direction)
    search = wishes.search or "grid"
    must_have_an_end(space, search, wishes)
    seed = wishes.seed if wishes.seed is not None else secrets.randbelow(2**31)
    if not 0 <= seed < 2**63:
        raise Misused(f"--seed is {seed}: a number from 0")
    return Plan(
        space=space,
        search=search,
        metric=metric,
        direction=direction,
        budget=wishes.budget,
        seed=seed,
        prunes=wishes.prunes,
        timeout_s=wishes.timeout_s,
    )


def must_be_meant(wishes: Wishes, metric: str | None, direction: str | None) -> None:
    """Refuse numbers that nobody can mean."""
    if wishes.budget is not None and not 1 <= wishes.budget <= MOST_TRIALS:
        raise Misused(f"--budget is {wishes.budget}: a number from 1 to {MOST_TRIALS}")
    if wishes.timeout_s is not None and not wishes.timeout_s > 0:
        raise Misused(f"--timeout is {wishes.timeout_s:g}: seconds, more than 0")
    if wishes.prunes and (metric is None or direction is None):
        raise Misused(
            "--prune must know what is better: --metric NAME --maximize, or --minimize"
        )


def must_have_an_end(space: Space, search: Search, wishes: Wishes) -> None:
    """Refuse a search that would go on for ever."""
    if search == "grid":
        next(grid(space))
        if size_of(space) > MOST_TRIALS and wishes.budget is None:
            raise Misused(f"the grid has {size_of(space):g} points: give a --budget")
    elif wishes.budget is None:
        raise Misused(f"--search {search} has no end: how many trials? --budget 50")


def check(target: Target, plan: Plan) -> None:
    """Refuse params that the target cannot take, before anything begins."""
    target.check(
        {
            name: one.values[0] if isinstance(one, Choice) else one.at(0)
            for name, one in plan.space.items()
        }
    )


def placed(recorder: Recorder) -> dict[str, Any]:
    """Return where a sweep's run stands: in the running cell, in a run opened by hand."""
    outer, cell = recorder.ledger.by_hand, recorder.cell
    found: dict[str, Any] = {}
    if cell is not None:
        found |= {"cell_key": cell.cell_key, "execution_id": cell.execution_id}
    if outer is not None:
        found |= {
            "parent": outer.run_id,
            "relation": "child",
            "experiment": outer.experiment,
        }
    return found


def known_sweep(store: Store, run_id: str, name: str) -> Known:
    """Return a sweep as it was last begun.

    Raises:
        NotFound: the run is no sweep
    """
    rows = store.rows(SQL["sweep_named"], sweep=run_id).rows
    if not rows:
        raise NotFound(f"run {name!r} is no sweep (FROM sweeps lists them)")
    (
        target, kind, search, space, metric, direction, budget, seed, jobs, executor, prunes,
        timeout_s, name, experiment, status,
    ) = rows[0]  # fmt: skip
    return Known(
        run_id=run_id,
        name=name,
        experiment=experiment,
        target=target,
        target_kind=kind,
        status=status,
        plan=Plan(
            space=read(space),
            search=search,
            metric=metric,
            direction=direction,
            budget=budget,
            seed=seed,
            jobs=jobs,
            executor=executor,
            prunes=prunes,
            timeout_s=timeout_s,
        ),
    )
