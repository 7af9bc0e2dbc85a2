"""The card of Optuna: a study that is optimized is a sweep, and its trials are child runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Library, Measured, Searched, Step, Training, Tried
from trackbook.libraries.given import plain
from trackbook.libraries.measures import once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import FrameType

    from trackbook.libraries.base import Call, Finding

CHOSEN = ("n_trials", "timeout", "n_jobs")
STATES = {"COMPLETE": "done", "PRUNED": "pruned", "FAIL": "failed"}


def optimized(call: Call) -> Iterable[Finding]:
    """Read `study.optimize` when it has ended; its trials were told as they ended."""
    study: Any = call.given["self"]
    search = search_of(study, call.given)
    yield Training(
        label=search.name,
        model=None,
        results=[study],
        params={name: type(getattr(study, name)).__name__ for name in ("sampler", "pruner")}
        | {name: plain(call.given[name]) for name in CHOSEN if call.given.get(name)},
        metrics=list(best_of(study, search)),
        search=search,
    )


def asked(call: Call) -> Iterable[Finding]:
    """Tell that a trial of `optimize` begins."""
    study: Any = call.given["self"]
    given = optimizing(study)
    if given is not None:
        number = getattr(call.result, "number", None)
        search = replace(search_of(study, given), begins=number)
        yield Step(
            label=search.name,
            done=number,
            total=search.budget,
            unit="trial",
            search=search,
        )


def told(call: Call) -> Iterable[Finding]:
    """Tell how a trial of `optimize` ended."""
    study: Any = call.given["study"]
    given = optimizing(study)
    if given is None:
        return
    trial: Any = call.given["trial"]
    frozen = study._storage.get_trial(getattr(trial, "_trial_id", trial))  # noqa: SLF001  `trials` would copy all
    if frozen.state.name not in STATES:
        return
    search = search_of(study, given, frozen)
    yield Step(
        label=search.name,
        metrics=[
            Measured(name=goal, values=[(frozen.number, float(value))])
            for goal, value in zip(search.goals, frozen.values or (), strict=False)
        ],
        done=frozen.number + 1,
        total=search.budget,
        unit="trial",
        search=search,
    )


def optimizing(study: Any) -> Mapping[str, Any] | None:
    """Return what `optimize` was given that this thread is in; None where it is in none."""
    if not getattr(study._thread_local, "in_optimize_loop", False):  # noqa: SLF001  it is said nowhere else
        return None
    return local_of("optimize", "self", study)


def local_of(function: str, name: str, value: object = None) -> Mapping[str, Any]:
    """Return what Optuna's function of a name knows, where this thread is in it."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the documented way to look at the stack
    while frame is not None:
        if frame.f_code.co_name == function and "optuna" in frame.f_code.co_filename:
            known = frame.f_locals
            if name in known and (value is None or known[name] is value):
                return known
        frame = frame.f_back
    return {}


def search_of(study: Any, given: Mapping[str, Any], ended: Any = None) -> Searched:
    """Return a study as a search, with the trial that ended just now."""
    directions = ["max" if one.name == "MAXIMIZE" else "min" for one in study.directions]
    several = [f"value_{place}" for place in range(len(directions))]
    return Searched(
        name="study" if study.study_name.startswith("no-name-") else study.study_name,
        goals=study.metric_names or (several if several[1:] else ["value"]),
        directions=directions,
        space={} if ended is None else space_of(ended.distributions),
        trials=[] if ended is None else [tried(ended)],
        budget=given.get("n_trials"),
        jobs=max(1, given.get("n_jobs") or 1),
    )


def tried(frozen: Any) -> Tried:
    """Return a trial that ended."""
    running = local_of("_run_trial", "trial")
    began, ended = frozen.datetime_start, frozen.datetime_complete
    return Tried(
        number=frozen.number,
        params={name: plain(value) for name, value in frozen.params.items()},
        state=STATES[frozen.state.name],  # type: ignore[arg-type]  # one of its words
        values=[float(value) for value in frozen.values or ()],
        points=[(int(s), float(v)) for s, v in sorted(frozen.intermediate_values.items())],
        began_us=None if began is None else int(began.timestamp() * 1e6),
        wall_s=None if None in (began, ended) else (ended - began).total_seconds(),
        error=running.get("func_err"),
    )


def space_of(distributions: Mapping[str, Any]) -> dict[str, object]:
    """Return the space that distributions are."""
    return {name: domain_of(one) for name, one in distributions.items()}


def domain_of(one: Any) -> dict[str, object]:
    """Return what one distribution is."""
    if hasattr(one, "choices"):
        return {"values": [plain(value) for value in one.choices]}
    kind = "int" if isinstance(one.low, int) else "float"
    more = {name: value for name in ("step", "log") if (value := getattr(one, name))}
    return {"low": one.low, "high": one.high, "kind": kind, **more}


def best_of(study: Any, search: Searched) -> Iterable[Measured]:
    """Return the best value so far, where there is one goal and a trial that reached it."""
    if len(search.goals) == 1 and any(
        t.state.name == "COMPLETE" for t in study.get_trials(deepcopy=False)
    ):
        yield from once(f"best_{search.goals[0]}", float(study.best_value))


OPTUNA = Library(
    module="optuna",
    methods={"optuna.study.study:Study": {"optimize": optimized}},
    hosts=("optimize",),
    live={
        "optuna.study.study:Study.ask": asked,
        "optuna.study._tell:_tell_with_warning": told,
    },
)
