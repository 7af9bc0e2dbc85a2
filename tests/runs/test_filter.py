"""Any text is either a filter or a clear refusal; what it says is what it finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.clock import us_of
from trackbook.errors import Misused
from trackbook.runs import parse, search
from trackbook.runs.condition import Compare, Contains, Every, Field, Not, Some
from trackbook.runs.filter import parse_sort

NOW_US = us_of(datetime(2026, 5, 3, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("mlflow", "ours"),
    [
        ("metric.acc > 0.9", "metrics.acc > 0.9"),
        ("parameters.lr = '0.1'", "params.lr = '0.1'"),
        ('params.model = "tree"', "params.model == tree"),
        ('params."a b" = "tree"', "params.`a b` = 'tree'"),
        ("tag.owner != 'x'", "tags.owner <> 'x'"),
        ("attributes.status = 'FINISHED'", "status = finished"),
        ("attribute.run_name LIKE 'a%'", "name like 'a%'"),
        ("METRICS.acc > 1 AND TAGS.a IS NULL", "metrics.acc > 1 and tags.a is null"),
    ],
)
def test_mlflows_spelling_means_the_same(mlflow, ours):
    assert parse(mlflow, at_us=NOW_US) == parse(ours, at_us=NOW_US)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("forest", Contains("forest")),
        ("random forest", Every((Contains("random"), Contains("forest")))),
        ("'random forest'", Contains("random forest")),
        ("not forest", Not(Contains("forest"))),
        ("a or b", Some((Contains("a"), Contains("b")))),
        ("  ", Every(())),
        ("0.1", Contains("0.1")),
        ("a-b/c", Contains("a-b/c")),
    ],
)
def test_words_alone_are_looked_for_as_text(words, meant):
    assert parse(words) == meant


def test_and_binds_closer_than_or():
    assert parse("a or b and c") == parse("a or (b and c)")
    assert parse("a or b and c") != parse("(a or b) and c")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("metrics.`val/loss` > 1", "val/loss"),
        ("metrics.val/loss > 1", "val/loss"),
        ('metrics."f1 score" > 1', "f1 score"),
        ("metrics.`a``b`>1", "a`b"),
        ("metrics.model.deep.lr >= 1", "model.deep.lr"),
        ("metrics.größe > 1", "größe"),
        ("metrics.`and` > 1", "and"),
    ],
)
def test_odd_names_can_be_written(text, name):
    found = parse(text)
    assert isinstance(found, Compare)
    assert found.field == Field("metrics", name)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("started_at > 2h", datetime(2026, 5, 3, 10, tzinfo=UTC), None),
        ("attributes.start_time > 1000", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), None),
        ("started_at > '3d ago'", datetime(2026, 4, 30, 12, tzinfo=UTC), None),
        ("started_at > '2026-05-01T10:00Z'", datetime(2026, 5, 1, 10, tzinfo=UTC), None),
        (
            "started_at > '2026-05-01 10:00+02:00'",
            datetime(2026, 5, 1, 8, tzinfo=UTC),
            None,
        ),
        (
            "started_at = 2026-05-01",
            datetime(2026, 5, 1).astimezone(UTC),  # local, as the user means it
            datetime(2026, 5, 2).astimezone(UTC),  # local, as above
        ),
    ],
)
def test_times_are_read_as_people_write_them(text, begins, ends):
    found = parse(text, at_us=NOW_US)
    assert found.value.from_us == us_of(begins)
    assert found.value.until_us == (ends and us_of(ends))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("metrics.acc >", "metrics.acc >^ (character 14): expected a value behind >"),
        (
            "metrics.acc > high",
            "^high (character 15): expected a number: metrics.acc is one",
        ),
        ("metrics.acc = nan", "write: metrics.acc is nan"),
        ("metrics.acc 0.9", "expected an operator"),
        ("metrics. > 1", "expected a name right behind metrics."),
        ("acc > 0.9", "expected metrics.acc, params.acc, tags.acc, or one of name, status"),
        ("statsu = 'x'", "did you mean status?"),
        ("metrics.a > 1 tags.b = 2", "expected and, or, or the end"),
        ("tags.owner = ann smith", "quote a value with spaces"),
        ("(metrics.a > 1", "expected a closing )"),
        ("metrics.a > 1)", "expected and, or, or the end"),
        ("params.a = 'open", "expected a closing '"),
        ("started_at > soon", "expected a time"),
        ("metrics.acc like '9%'", "like is for texts"),
        ("tags.a in ()", "expected a value"),
        ("tags.a between 1", "expected and, then the upper bound"),
        ("tags.a is nan", "expected null or not null"),
        ("and", "expected a condition such as"),
        ("a ! b", "expected != or not"),
        ("(" * 5000, "40 deep"),
        ("not " * 5000 + "a", "40 deep"),
        (" and ".join(["metrics.a > 1"] * 5000), "200 in all"),
        ("tags.a in (" + ",".join("1" * 5000) + ")", "200 in all"),
    ],
)
def test_what_makes_no_sense_is_shown_where_it_stands(text, says):
    with pytest.raises(Misused) as refused:
        parse(text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("metrics.acc", [("metrics.acc", False)]),
        ("-metrics.loss", [("metrics.loss", True)]),
        ("metrics.acc DESC, +params.lr", [("metrics.acc", True), ("params.lr", False)]),
        ("- metrics.`val/loss`", [("metrics.val/loss", True)]),
        ("start_time asc", [("started_at", False)]),
        ("", []),
    ],
)
def test_sort_keys_are_read(text, keys):
    assert [(str(key.field), key.descending) for key in parse_sort(text)] == keys


def test_ascending_counts_only_where_a_key_does_not_say():
    keys = parse_sort("metrics.a, metrics.b asc", ascending=False)
    assert [key.descending for key in keys] == [True, False]


PIECES = st.sampled_from(
    [
        "metrics.acc", "params.lr", "tags.owner", "status", "started_at", "duration_s", "acc",
        "metrics.", "params.`a b`", "and", "or", "not", "(", ")", ",", "=", "!=", "<", ">=", "in",
        "like", "ilike", "is", "null", "nan", "between", "0.9", "-1e3", "'ann'", '"x', "2h",
        "'2026-05-03'", "forest", "%", "''", "attributes.name", "$v0", "--", ";", "\\", "é",
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory, open_project):
    project = open_project(tmp_path_factory.mktemp("p") / ".trackbook")
    project.run("forest", params={"lr": 0.1}, metrics={"acc": 0.9}, tags={"owner": "ann"})
    yield project.store
    project.close()


@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=12).map(" ".join)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_filter_or_is_refused(small, text):
    try:
        condition = parse(text)
    except Misused:
        return
    assert isinstance(search(small, condition), list)


@given(text=st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=5).map(" ".join)))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_sort_or_is_refused(small, text):
    try:
        parse_sort(text)
    except Misused:
        return
    assert len(search(small, sort=text)) == 1
