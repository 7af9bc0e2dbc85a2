"""Whatever a user calls a run leads to that run, or to a clear answer why not."""

from __future__ import annotations

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.runs import find, find_all, search, short_ids


@pytest.fixture
def four(project):
    ids = {
        "first": project.run(
            "tree", metrics={"acc": 0.8, "loss": 0.1, "q": 1.0}, tags={"baseline": "yes"}
        ),
        "second": project.run(
            "forest", metrics={"acc": 0.9, "loss": 0.3, "q": 2.0}, tags={"owner": "ann"}
        ),
        "third": project.run(
            "tree", metrics={"acc": float("nan"), "loss": 0.2}, experiment="other"
        ),
    }
    ids["child"] = project.run("part", parent=ids["third"], relation="child")
    return ids


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        ("last", "third"),
        ("last~0", "third"),
        ("last~2", "first"),
        (" last~1 ", "second"),
        ("best:acc", "second"),
        ("worst:acc", "first"),
        ("best:loss", "first"),
        ("worst:loss", "second"),
        ("@baseline", "first"),
        ("@owner=ann", "second"),
        ("tree", "third"),
        ("forest", "second"),
        ("part", "child"),
    ],
)
def test_a_reference_leads_to_its_run(project, four, reference, meant):
    assert find(project.store, reference).run_id == four[meant]


def test_ids_their_beginnings_and_their_endings_lead_to_runs(project, four):
    for run_id in four.values():
        assert find(project.store, run_id).run_id == run_id
        assert find(project.store, run_id[-12:].upper()).run_id == run_id
        assert find(project.store, run_id[:30]).run_id == run_id


def test_a_beginning_that_several_runs_share_is_refused_with_their_names(project, four):
    with pytest.raises(
        Misused, match=r"could be .*\(part\), .*\(tree\).*: give more of the id"
    ):
        find(project.store, four["first"][:4])


def test_an_experiment_narrows_the_search(project, four):
    assert find(project.store, "last", experiment="churn").run_id == four["second"]
    assert find(project.store, "tree", experiment="churn").run_id == four["first"]
    with pytest.raises(NotFound, match="in experiment 'none': there are 0"):
        find(project.store, "last", experiment="none")


def test_which_way_is_better_can_be_said(project, four):
    assert find(project.store, "best:q", directions={"q": "min"}).run_id == four["first"]
    assert (
        find(project.store, "best:acc", directions={"acc": "min"}).run_id == four["first"]
    )
    with pytest.raises(Misused, match="which way 'q' is better is not known"):
        find(project.store, "best:q")


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("forst", "no run named 'forst': did you mean 'forest'?"),
        ("best:accc", "no metric named 'accc': did you mean 'acc'?"),
        ("@base", "no tag named 'base': did you mean 'baseline'?"),
        ("last~9", "no run last~9: there are 3"),
        ("abcd", "no run named 'abcd'"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is_near(project, four, reference, says):
    with pytest.raises(NotFound) as missing:
        find(project.store, reference)
    assert says in str(missing.value)


@pytest.mark.parametrize("reference", ["", "  "])
def test_an_empty_reference_is_refused(project, reference):
    with pytest.raises(Misused, match="means no run"):
        find(project.store, reference)


def test_several_references_keep_their_order(project, four):
    found = find_all(project.store, ["best:acc", "last", "best:acc"])
    assert [run.run_id for run in found] == [four["second"], four["third"], four["second"]]


def test_a_reference_with_wildcards_is_taken_as_it_stands(project, four):
    for reference in ("%%%%", "____", "tr%"):
        with pytest.raises(NotFound):
            find(project.store, reference)


def test_short_ids_tell_runs_apart_and_lead_back_to_them(project):
    for n in range(30):
        project.run(f"r{n}")
    ids = [run.run_id for run in search(project.store)]
    shorts = short_ids(ids)
    assert len(set(shorts)) == 30
    assert {len(short) for short in shorts} == {8}
    assert find(project.store, shorts[7]).run_id == ids[7]
    assert short_ids(["a" * 36, "b" + "a" * 35]) == ["a" * 36, "b" + "a" * 35]
    assert short_ids([]) == []
