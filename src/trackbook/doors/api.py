"""The Python door: the field's functions, and one function for each verb."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from trackbook.doors.describe import metadata
from trackbook.doors.modelling import load, log_model, register
from trackbook.doors.session import (
    active_run,
    current_book,
    end_run,
    log_artifact,
    log_input,
    log_metric,
    log_metrics,
    log_param,
    log_params,
    reproducible,
    search_runs,
    seed_everything,
    set_experiment,
    set_tag,
    set_tags,
    start_run,
)
from trackbook.doors.sweeping import sweep_of
from trackbook.doors.verbs import VERBS
from trackbook.doors.watching import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

F = TypeVar("F", bound="Callable[..., Any]")


def door(name: str) -> Callable[..., Any]:
    """Return a verb as a function of this process's project."""
    function = VERBS[name].function

    @wraps(function)
    def ask(*args: Any, **kwargs: Any) -> Any:
        return function(current_book(), *args, **kwargs)

    return ask


alias = door("alias")
approvals = door("approvals")
approve = door("approve")
archive = door("archive")
checklist = door("checklist")
compact = door("compact")
data = door("data")
demote = door("demote")
deploy = door("deploy")
deprecate = door("deprecate")
diff = door("diff")
doctor = door("doctor")
gate = door("gate")
gc = door("gc")
history = door("history")
impact = door("impact")
lineage = door("lineage")
note = door("note")
paper = door("paper")
promote = door("promote")
registry = door("registry")
reject = door("reject")
reproduce = door("reproduce")
restore = door("restore")
rollback = door("rollback")
route = door("route")
show = door("show")
sql = door("sql")
status = door("status")
runs = door("runs")
undeploy = door("undeploy")
unregister = door("unregister")


def listed(name: str) -> Callable[..., Any]:
    """Return a verb that takes any number of words as a function of them."""
    function = VERBS[name].function

    @wraps(function)
    def ask(*words: str, **kwargs: Any) -> Any:
        return function(current_book(), [str(word) for word in words], **kwargs)

    return ask


def check(function: F) -> F:
    """Mark a function of a module as a check that gates can ask: `def fair(facts, *, max): …`.

    A policy names it `module:function`; it is called in a process of its own with what is known
    of the version, a dict of plain values, and the policy's keys, and returns True or False, or
    a dict of `passed` (None for skipped), `words`, `value`, `threshold`, `evidence`.

    Raises:
        Misused: it is nothing that a gate could call
    """
    from trackbook.gates import check as marked

    return marked(function)


def describe(thing: str) -> Any:
    """Return all that is on record of a version, model, dataset, experiment or run.

    A version is a `ModelMetadata`, the others `DatasetMetadata`, `ExperimentMetadata` and
    `RunMetadata` of `trackbook.metadata`: typed, with the columns of the views of these names.

    Args:
        thing: churn@1.2.0, a model (its latest version), a dataset's name or fingerprint, an
            experiment, a run; model:churn, dataset:churn … where several have one name
    """
    return metadata(current_book(), str(thing))


def label(thing: str, *words: str, **values: object) -> Any:
    """Tie words to a dataset, an experiment, a model or a version: `label("df", owner="ann")`."""
    said = [*words, *(f"{name}={value}" for name, value in values.items())]
    return VERBS["label"].function(current_book(), str(thing), said)


compare = listed("compare")
compare_versions = listed("compare-versions")
lint = listed("lint")
rm = listed("rm")
tag = listed("tag")
versions = listed("versions")


def export(*what: str, file: str, **choices: Any) -> Any:
    """Write runs into a file, parquet, csv or json; or a version into a bundle, .tbz."""
    function = VERBS["export"].function
    words = [str(one) for one in what]
    return function(current_book(), words, to=str(file), **choices)


import_bundle = door("import")


@wraps(sweep_of)
def sweep(*args: Any, **kwargs: Any) -> Any:
    """Try a function, a notebook, a script or a run with many params; see `sweep_of`."""
    return sweep_of(current_book(), *args, **kwargs)


def run(
    target: str | Path, params: Mapping[str, object] | None = None, **choices: Any
) -> Any:
    """Execute a notebook, a script or a project's entry point with params, as one run.

    Args:
        target: an .ipynb, a .py or .sh, or a folder with an MLproject file
        params: its params, `{"lr": 0.1}`
        choices: as `%track run` has them: entry, name, experiment, env, version, timeout
    """
    from trackbook.doors.launching import launched

    return launched(current_book(), str(target), params or {}, **choices)


__all__ = [
    "active_run", "alias", "approvals", "approve", "archive", "check", "checklist", "compact",
    "compare", "compare_versions", "data", "demote", "deploy", "deprecate", "describe",
    "diff", "doctor", "end_run", "export", "gate", "gc", "history", "impact",
    "import_bundle", "label", "lineage", "lint", "load", "log_artifact", "log_input",
    "log_metric", "log_metrics", "log_model", "log_param", "log_params", "note", "paper",
    "promote", "register", "registry", "reject", "reproduce", "reproducible", "restore",
    "rm", "rollback", "route", "run", "runs", "search_runs", "seed_everything", "set_experiment",
    "set_tag", "set_tags", "show", "sql", "start_run", "status", "sweep", "tag", "undeploy",
    "unregister", "versions", "watch",
]  # fmt: skip
