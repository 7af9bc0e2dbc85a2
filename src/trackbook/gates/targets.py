"""The targets of a policy from their tables, with all that they extend put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import msgspec

from trackbook.errors import Misused, NotFound
from trackbook.gates.catalogue import (
    all_names,
    check_named,
    checked_params,
    is_custom,
    looks_back,
    one_of,
    params_of,
)
from trackbook.gates.evaluation import Evaluation, cannot_be_meant
from trackbook.gates.policy import DEFAULT, TIME_LIMIT_S, Target, Want
from trackbook.gates.waivers import waivers_of
from trackbook.records import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

Table = Mapping[str, Any]
Rules = Mapping[str, Severity]
LONGEST_S = 100 * 366 * 86_400
KEYS = (
    "extends", "description", "require", "checks", "approvals", "on_error", "on_skip", "holm",
    "waivers",
)  # fmt: skip
GENERAL = ("check", "label", "severity", "time_limit")
APPROVALS, EVALUATION = "compliance.approvals", "evaluation"
NAME = re.compile(r"[A-Za-z][\w.-]{0,63}")
SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|min|m|h|d|w)")
SECONDS = {"ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Shared(NamedTuple):
    """What all targets of a policy have together."""

    groups: Mapping[str, list[str]]
    """Members by the group's name."""
    evaluation: Evaluation | None


def targets_of(
    tables: object, groups: object, evaluation: object = None
) -> dict[str, Target]:
    """Return every target by its name.

    Raises:
        TrackbookError: something in the tables cannot be meant
    """
    shared = Shared(
        groups_of(groups), None if evaluation is None else evaluation_of(evaluation)
    )
    named = table_of(tables, "targets")
    if not named:
        raise Misused("it has no targets: write a table [targets.staging]")
    found: dict[str, Target] = {}
    for name in named:
        if not NAME.fullmatch(name):
            raise Misused(f"{name!r} is no name for a target: letters, digits, . _ - go")
        found[name] = resolved(name, named, shared, ())
    return found


def resolved(name: str, tables: Table, shared: Shared, below: tuple[str, ...]) -> Target:
    """Return one target with everything that it extends."""
    where = f"target {name!r}"
    table = table_of(tables[name], where)
    known_keys(table, KEYS, where)
    base = base_of(name, table, tables, shared, below)
    asked = wants_in(table, where, shared)
    wants = {want.label: want for want in base.wants}
    for label, want, is_bare in asked:
        if not (is_bare and label in wants):
            wants[label] = want
    if not wants:
        raise Misused(f"{where} asks for nothing: name checks, or leave it out")
    return Target(
        name=name,
        wants=tuple(wants.values()),
        description=text_of(
            table.get("description", base.description), f"{where}: description"
        ),
        on_error=merged(rules_of(table, "on_error", where), base.on_error),
        on_skip=merged(rules_of(table, "on_skip", where), base.on_skip),
        holm=truth_of(table.get("holm", base.holm), f"{where}: holm"),
        waivers=waivers_of(
            table.get("waivers", []),
            {label: want.check for label, want in wants.items()},
            where,
        ),
    )


def merged(own: Rules, base: Rules) -> Rules:
    """Return rules of which the own ones come first."""
    return {
        **own,
        **{pattern: word for pattern, word in base.items() if pattern not in own},
    }


def base_of(
    name: str, table: Table, tables: Table, shared: Shared, below: tuple[str, ...]
) -> Target:
    """Return what a target extends; an empty one where it extends none."""
    base = table.get("extends") or ""
    if not base:
        return Target(name=name, wants=())
    if not isinstance(base, str) or base not in tables:
        wrong = NotFound.named("target", str(base), known=[n for n in tables if n != name])
        raise Misused(f"target {name!r} extends one that is not there: {wrong}")
    if base in (name, *below):
        raise Misused(f"target {name!r} extends itself, by way of {base!r}")
    return resolved(base, tables, shared, (name, *below))


def wants_in(table: Table, where: str, shared: Shared) -> list[tuple[str, Want, bool]]:
    """Return the checks of one table: label, check, and whether it is only named."""
    listed = table.get("checks", [])
    if not isinstance(listed, list):
        raise Misused(f"{where}: checks is no list: write [[targets.NAME.checks]]")
    asked = [*texts_of(table.get("require", []), f"{where}: require"), *listed]
    if table.get("approvals"):
        terms = table_of(table["approvals"], f"{where}: approvals")
        asked.append({"check": APPROVALS, **terms})
    found = []
    for one in asked:
        is_bare = isinstance(one, str)
        given = {"check": one} if is_bare else table_of(one, f"{where}: a check")
        found.append((*labelled(given, where, shared), is_bare))
    labels = [label for label, _, is_bare in found if not is_bare]
    for label in labels:
        if labels.count(label) > 1:
            raise Misused(f"{where} asks for {label} twice: give one of them a label")
    return found


def labelled(given: Table, where: str, shared: Shared) -> tuple[str, Want]:
    """Return one check as it is asked for, and its label."""
    check = given.get("check")
    if not isinstance(check, str):
        raise Misused(f'{where}: a check has no name: write check = "perf.threshold"')
    params = {key: value for key, value in given.items() if key not in GENERAL}
    if not is_custom(check):
        keys = [param.name for param in params_of(check_named(check))]
        known_keys(given, [*GENERAL, *keys], f"{where}: {check}")
        if EVALUATION in keys:
            params |= evaluated(check, given, f"{where}: {check}", shared)
    if check == APPROVALS:
        params = about_people(params, shared)
    try:
        params = checked_params(check, params)
    except Misused as error:
        raise Misused(f"{where}: {error}") from error
    metric = params.get("metric")
    usual = f"{check}({metric})" if isinstance(metric, str) else check
    label = text_of(given.get("label", usual), f"{where}: label of {check}")
    severity = one_of(
        f"{where}: severity of {check}", given.get("severity", "fail"), get_args(Severity)
    )
    limit = given.get("time_limit", TIME_LIMIT_S)
    want = Want(
        check=check,
        label=label,
        params=params,
        severity="warn" if severity == "warn" else "fail",
        time_limit_s=seconds_of(limit, f"{where}: time_limit of {check}"),
    )
    return label, want


def evaluated(
    check: str, given: Table, where: str, shared: Shared
) -> dict[str, Evaluation]:
    """Return a check's own evaluation set, or else that of all, if it looks at one."""
    if EVALUATION in given:
        return {EVALUATION: evaluation_of(given[EVALUATION], where)}
    if shared.evaluation is None or looks_back(check, given):
        return {}
    return {EVALUATION: shared.evaluation}


def evaluation_of(given: object, where: str = "") -> Evaluation:
    """Return an evaluation set as it is asked for, or say what cannot be meant."""
    what = f"{where}: {EVALUATION}" if where else EVALUATION
    table = table_of(given, what)
    known_keys(table, ("data", "target", "columns"), what)
    try:
        found = msgspec.convert(table, Evaluation)
    except msgspec.ValidationError as error:
        raise Misused(f"{what}: {str(error)[:1].lower()}{str(error)[1:]}") from None
    wrong = cannot_be_meant(found)
    if wrong:
        raise Misused(f"{where}: {wrong}" if where else wrong)
    return found


def about_people(params: Table, shared: Shared) -> dict[str, object]:
    """Return approvals' parameters with groups as their members, and spans in seconds."""
    found = dict(params)
    if "expires" in found:
        found["expires"] = seconds_of(found["expires"], "approvals: expires")
    count = found.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise Misused(f"approvals: count is {count!r}: it can be 1 or more")
    if "from" in found:
        names = texts_of(found["from"], "approvals: from")
        members = [one for name in names for one in shared.groups.get(name, [name])]
        people = list(dict.fromkeys(members))
        if len(people) < count:
            raise Misused(
                f"approvals: {count} are wanted, from {len(people)} people: nothing could pass"
            )
        found["from"] = people
    return found


def rules_of(table: Table, key: str, where: str) -> dict[str, Severity]:
    """Return what a table says of errors or skips: one word for all, or by pattern."""
    given = table.get(key)
    if not given:
        return {}
    rules = (
        {DEFAULT: given} if isinstance(given, str) else table_of(given, f"{where}: {key}")
    )
    found: dict[str, Severity] = {}
    for pattern, word in rules.items():
        if not any(fnmatch(name, pattern) for name in (DEFAULT, *all_names())) and (
            not is_custom(pattern)
        ):
            wrong = NotFound.named("check", pattern, known=[DEFAULT, *all_names()])
            raise Misused(f"{where}: {key}: {wrong}")
        said = one_of(f"{where}: {key} of {pattern}", word, get_args(Severity))
        found[pattern] = "warn" if said == "warn" else "fail"
    return found


def groups_of(given: object) -> dict[str, list[str]]:
    """Return the members of each group."""
    named = table_of(given, "groups")
    return {name: texts_of(people, f"group {name!r}") for name, people in named.items()}


def known_keys(table: Table, known: Sequence[str], where: str) -> None:
    """Refuse a table with a key that nobody reads."""
    for key in table:
        if key not in known:
            wrong = NotFound.named("key", key, known=known)
            raise Misused(f"{where}: {wrong} (there are {', '.join(known)})")


def table_of(given: object, what: str) -> Table:
    """Return a table, or say that it is none."""
    if not isinstance(given, Mapping):
        raise Misused(f"{what} is {given!r}: it has to be a table")
    return given


def texts_of(given: object, what: str) -> list[str]:
    """Return a list of texts, or say that it is none."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Misused(f"{what} is {given!r}: it has to be a list of texts")
    return given


def text_of(given: object, what: str) -> str:
    """Return a text, or say that it is none."""
    if not isinstance(given, str):
        raise Misused(f"{what} is {given!r}: it has to be a text")
    return given


def truth_of(given: object, what: str) -> bool:
    """Return true or false, or say that it is neither."""
    if not isinstance(given, bool):
        raise Misused(f"{what} is {given!r}: it has to be true or false")
    return given


def seconds_of(given: object, what: str) -> float:
    """Return a span of time in seconds: a number of them, or 90s, 15m, 12h, 14d, 2w."""
    seconds: float = 0
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        seconds = given
    elif isinstance(given, str) and (found := SPAN.fullmatch(given.strip().lower())):
        seconds = float(found[1]) * SECONDS[found[2]]
    if not 0 < seconds <= LONGEST_S:
        raise Misused(f"{what} is {given!r}: write a span such as 90s, 15m, 12h, 14d")
    return float(seconds)
