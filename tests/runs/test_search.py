"""A filter finds exactly the runs that meet it, and a sort puts them in order."""

from __future__ import annotations

import math
import re
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.clock import us_of
from trackbook.errors import Misused
from trackbook.records import Param, RunEnd, Tag
from trackbook.runs import count, parse, search, unknown_names
from trackbook.runs.condition import (
    Compare,
    Contains,
    Diverged,
    Every,
    Field,
    Missing,
    Not,
    Some,
    Value,
)

NAN = math.nan


def names(found):
    return sorted(run.name for run in found)


@pytest.fixture(scope="module")
def five(tmp_path_factory, open_project):
    project = open_project(tmp_path_factory.mktemp("five") / ".trackbook")
    project.run(
        "tree", params={"lr": 0.1, "model": "tree"}, metrics={"acc": 0.9, "val/loss": 0.3}
    )
    project.run(
        "forest",
        params={"lr": "0.01", "n": 100},
        metrics={"acc": 0.95},
        tags={"owner": "ann"},
    )
    project.run(
        "nan",
        params={"lr": 10},
        metrics={"acc": NAN},
        tags={"owner": "bob"},
        status="FAILED",
    )
    project.run("bare", experiment="churn/deep", status="RUNNING")
    project.run(
        "50%_off", params={"lr": "high"}, metrics={"acc": -math.inf}, experiment="churner"
    )
    yield project.store
    project.close()


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("", ["50%_off", "bare", "forest", "nan", "tree"]),
        ("metrics.acc > 0.9", ["forest"]),
        ("metrics.acc >= 0.9 and params.lr < 0.1", ["forest"]),
        ("metrics.acc < 1", ["50%_off", "forest", "tree"]),
        ("metrics.acc is nan", ["nan"]),
        ("metrics.acc is not nan", ["50%_off", "bare", "forest", "tree"]),
        ("metrics.acc != 0.9", ["50%_off", "forest", "nan"]),
        ("not metrics.acc = 0.9", ["50%_off", "bare", "forest", "nan"]),
        ("metrics.acc is null", ["bare"]),
        ("metrics.acc = -inf", ["50%_off"]),
        ("metrics.`val/loss` between 0.1 and 0.3", ["tree"]),
        ("params.lr = 0.10", ["tree"]),
        ("params.lr > '0.05'", ["50%_off", "nan", "tree"]),
        ("params.lr > 9", ["50%_off", "nan"]),
        ("params.lr = high", ["50%_off"]),
        ("params.lr in (0.1, 'high')", ["50%_off", "tree"]),
        ("params.lr not in (0.1, 'high')", ["forest", "nan"]),
        ("params.model like 't_e%'", ["tree"]),
        ("params.model not like 'x%'", ["tree"]),
        ("tags.owner ilike 'ANN'", ["forest"]),
        ("tags.owner = 'ann' or tags.owner = 'bob'", ["forest", "nan"]),
        ("status = failed", ["nan"]),
        ("status = RUNNING", ["bare"]),
        ("name = 'tree'", ["tree"]),
        ("name like '50%%'", ["50%_off"]),
        ("user = ann and host = desk", ["50%_off", "bare", "forest", "nan", "tree"]),
        ("started_at > 1h", ["50%_off", "bare", "forest", "nan", "tree"]),
        ("started_at < 1h", []),
        (
            "started_at = today or started_at = yesterday",
            ["50%_off", "bare", "forest", "nan", "tree"],
        ),
        ("started_at != today and started_at != yesterday", []),
        ("ended_at is null", ["bare"]),
        ("duration_s >= 0", ["50%_off", "forest", "nan", "tree"]),
        ("FOREST", ["forest"]),
        ("tree", ["tree"]),
        ("ann", ["forest"]),
        ("lr", ["50%_off", "forest", "nan", "tree"]),
        ("'50%'", ["50%_off"]),
        ("experiment = churn", ["forest", "nan", "tree"]),
    ],
)
def test_a_filter_finds(five, filter_, found):
    assert names(search(five, filter_)) == found
    assert count(five, filter_) == len(found)


def test_an_experiment_includes_those_below_it(five):
    assert names(search(five, experiment="churn")) == ["bare", "forest", "nan", "tree"]
    assert count(five, experiment="churn/deep") == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("metrics.acc", ["50%_off", "tree", "forest", "nan", "bare"]),
        ("-metrics.acc", ["forest", "tree", "50%_off", "nan", "bare"]),
        ("params.lr", ["forest", "tree", "nan", "50%_off", "bare"]),
        ("params.lr desc", ["nan", "tree", "forest", "50%_off", "bare"]),
        ("started_at", ["tree", "forest", "nan", "bare", "50%_off"]),
        (None, ["50%_off", "bare", "nan", "forest", "tree"]),
        ("status, -name", ["nan", "tree", "forest", "50%_off", "bare"]),
    ],
)
def test_a_sort_puts_what_is_missing_last(five, sort, order):
    assert [run.name for run in search(five, sort=sort)] == order


def test_pages_follow_each_other(five):
    pages = [search(five, sort="name", limit=2, offset=at) for at in (0, 2, 4, 6)]
    assert [[run.name for run in page] for page in pages] == [
        ["50%_off", "bare"], ["forest", "nan"], ["tree"], [],
    ]  # fmt: skip


@pytest.mark.parametrize("choice", [{"limit": -1}, {"offset": -1}])
def test_a_page_below_zero_is_refused(five, choice):
    with pytest.raises(Misused, match="below zero"):
        search(five, **choice)


def test_a_run_comes_whole(five):
    (run,) = search(five, "name = forest")
    assert run.params == {"lr": "0.01", "n": "100"}
    assert run.metrics == {"acc": 0.95}
    assert run.tags == {"owner": "ann"}
    assert (run.status, run.user, run.git_commit) == ("FINISHED", "ann", "abc123")
    assert run.started_at.tzinfo is UTC
    assert run.started_at <= run.ended_at


def test_a_search_gives_what_the_view_gives(five):
    columns = "run_id, name, experiment, status, duration_s, params, metrics, tags"
    seen = five.rows(f"SELECT {columns} FROM runs ORDER BY started_at DESC").rows
    found = [
        tuple(getattr(run, name) for name in columns.split(", ")) for run in search(five)
    ]
    assert repr(found) == repr(seen)


def test_of_values_given_twice_the_last_one_counts(project):
    run_id = project.run(params={"lr": 1, "n": 2}, tags={"a": "x", "b": "y"})
    project.journal.put(Param(name="lr", value="5", type="int", origin="logged"), run_id)
    project.journal.put(Tag(name="a", value=""), run_id)
    project.journal.put(Tag(name="b", value="z"), run_id)
    (run,) = search(project.store, "params.lr = 5 and tags.a is null and tags.b = z")
    assert (run.params, run.tags) == ({"lr": "5", "n": "2"}, {"b": "z"})
    assert not search(project.store, "params.lr = 1")


def test_children_can_be_left_out(project):
    parent = project.run("search")
    project.run("candidate", parent=parent, relation="child")
    project.run("again", parent=parent, relation="variation")
    assert names(search(project.store, with_children=False)) == ["again", "search"]
    assert count(project.store, with_children=False) == 2
    assert count(project.store, "relation = child") == 1


def test_an_empty_project_has_no_runs(project):
    assert search(project.store, "metrics.acc > 1", sort="-params.lr") == []
    assert count(project.store) == 0


def test_names_that_no_run_has_are_told_with_the_nearest(five):
    condition = parse(
        "metrics.ac > 1 and params.zzz = 1 and tags.owner = 'x' and status = 'x'"
    )
    assert unknown_names(five, condition) == [
        "no run has a metric named 'ac': did you mean 'acc'?",
        "no run has a param named 'zzz'",
    ]


def test_a_name_that_tries_to_be_sql_stays_a_name(project):
    evil = "a' OR 1=1 --"
    project.run(evil, params={evil: evil}, metrics={evil: 1.0}, tags={'b" x': evil})
    project.run("other")
    for filter_ in (f'params.`{evil}` = "{evil}"', f"metrics.`{evil}` = 1", f'"{evil}"'):
        assert names(search(project.store, filter_)) == [evil]


# An oracle: the same question answered by plain Python over the same rows.

NUMBERS = [-1.0, 0.0, 0.5, 1.0, 10.0, NAN, math.inf]
TEXTS = [
    "-1",
    "0",
    "0.5",
    "1",
    "1.0",
    "10",
    "nan",
    "inf",
    "a",
    "A",
    "ab",
    "b%",
    "",
    "10x",
    "é",
]
FIELDS = [
    *(Field("metrics", name) for name in "xy"), *(Field("params", name) for name in "xy"),
    Field("tags", "x"), Field("attributes", "name"), Field("attributes", "started_at"),
    Field("attributes", "duration_s"),
]  # fmt: skip


def number_of(text):
    found = re.fullmatch(r"(?i)[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", text)
    return float(text) if found else None


def values_for(field):
    if field.type == "number":
        return st.sampled_from([n for n in NUMBERS if not math.isnan(n)]).map(
            lambda n: Value(str(n), n)
        )
    if field.type == "time":
        return st.integers(0, 3).map(lambda n: Value("", None, n))
    return st.sampled_from(TEXTS).map(lambda text: Value(text, number_of(text)))


def compares(field):
    operators = ["=", "!=", "<", "<=", ">", ">="]
    if field.type in {"text", "either"}:
        operators += ["like", "ilike"]
    return st.builds(Compare, st.just(field), st.sampled_from(operators), values_for(field))


LEAVES = st.one_of(
    st.sampled_from(FIELDS).flatmap(compares),
    st.builds(Missing, st.sampled_from(FIELDS)),
    st.builds(Diverged, st.sampled_from([f for f in FIELDS if f.type == "number"])),
    st.builds(Contains, st.sampled_from(["a", "x", "1", "run", "zz"])),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Every, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
RUNS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["run", "a", "ab", "10"]),
            "params": st.dictionaries(st.sampled_from("xy"), st.sampled_from(TEXTS)),
            "metrics": st.dictionaries(st.sampled_from("xy"), st.sampled_from(NUMBERS)),
            "tags": st.dictionaries(st.just("x"), st.sampled_from(TEXTS)),
            "status": st.sampled_from(["RUNNING", "FINISHED"]),
        }
    ),
    max_size=8,
)
OPERATORS = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def holds(condition, run):  # noqa: PLR0911  # a case each
    match condition:
        case Compare():
            return compared(condition, run)
        case Missing(field=field):
            return value_of(field, run) is None
        case Diverged(field=field):
            return value_of(field, run) != value_of(field, run)
        case Contains(words=words):
            texts = [
                run.name,
                *run.params,
                *run.params.values(),
                *run.tags,
                *run.tags.values(),
            ]
            return any(words.lower() in text.lower() for text in texts)
        case Not(inner=inner):
            return not holds(inner, run)
        case Every(parts=parts):
            return all(holds(part, run) for part in parts)
        case Some(parts=parts):
            return any(holds(part, run) for part in parts)


def value_of(field, run):
    if field.group == "attributes":
        return getattr(run, field.name)
    return getattr(run, field.group).get(field.name)


def compared(compare, run):  # a case each
    found, value, operator = value_of(compare.field, run), compare.value, compare.operator
    if found is None:
        return False
    if operator in {"like", "ilike"}:
        flags = re.DOTALL | (re.IGNORECASE if operator == "ilike" else 0)
        pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in value.text)
        return re.fullmatch(pattern, found, flags) is not None
    if compare.field.type == "time":
        return OPERATORS[operator](us_of(found), value.from_us)
    if compare.field.type == "number":
        return OPERATORS[operator](found, value.number)
    number = number_of(found) if compare.field.type == "either" else None
    if number is not None and value.number is not None:
        return OPERATORS[operator](number, value.number)
    return OPERATORS[operator](found, value.text)


@given(runs=RUNS, conditions=st.lists(CONDITIONS, min_size=12, max_size=12))
@settings(max_examples=16, deadline=None)
def test_a_search_agrees_with_plain_python(
    tmp_path_factory, open_project, runs, conditions
):
    project = open_project(tmp_path_factory.mktemp("oracle") / ".trackbook")
    for run in runs:
        project.run(**run)
    everything = search(project.store)
    assert len(everything) == len(runs)
    for condition in conditions:
        found = [run.run_id for run in search(project.store, condition)]
        assert found == [run.run_id for run in everything if holds(condition, run)]
        assert count(project.store, condition) == len(found)
    project.close()


def test_a_run_that_ended_says_so(project):
    run_id = project.run(status="RUNNING")
    assert search(project.store)[0].status == "RUNNING"
    project.journal.put(RunEnd(status="FINISHED"), run_id)
    assert search(project.store)[0].status == "FINISHED"


def test_pages_follow_each_other_and_a_notebook_has_its_own(project):
    ids = [project.run(f"run{n}") for n in range(5)]
    first = search(project.store, limit=2)
    assert [run.run_id for run in first] == ids[:2:-1]
    rest = search(project.store, after=first[-1].run_id)
    assert [run.run_id for run in rest] == ids[2::-1]
    assert search(project.store, after=ids[0]) == []
    assert search(project.store, notebooks=["elsewhere/a.ipynb"]) == []
    assert count(project.store, notebooks=[]) == 0
