"""The Python door: the field's functions, and one function for each verb."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

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
from trackbook.doors.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable


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


compare = listed("compare")
compare_versions = listed("compare-versions")
rm = listed("rm")
tag = listed("tag")
versions = listed("versions")


def export(*runs: str, file: str, points: bool = False, overwrite: bool = False) -> Any:
    """Write runs into a file: parquet, csv or json, by its ending."""
    function = VERBS["export"].function
    words = [str(run) for run in runs]
    return function(current_book(), words, str(file), points=points, overwrite=overwrite)


__all__ = [
    "active_run", "alias", "approvals", "approve", "archive", "compact", "compare",
    "compare_versions", "data", "demote", "deploy", "deprecate", "diff", "doctor", "end_run",
    "export", "gate", "gc", "history", "impact", "lineage", "load", "log_artifact",
    "log_input", "log_metric", "log_metrics", "log_model", "log_param", "log_params",
    "note", "paper", "promote", "register", "registry", "reject", "reproduce",
    "reproducible", "restore", "rm", "rollback", "runs", "search_runs", "seed_everything",
    "set_experiment", "set_tag", "set_tags", "show", "sql", "start_run", "status", "tag",
    "undeploy", "unregister", "versions",
]  # fmt: skip
