"""What is folded away in a graph, and what is seen of it when it is opened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.panels import Score, Thing, Tie
from trackbook.panels.folds import folded
from trackbook.panels.tree_rows import tree_rows


def run(name, value=None, *, bad=False, metric="acc", better="max"):
    score = None if value is None else Score(metric, value, better)
    return Thing(name, "run", name, "", bad, score)


def chain(count, **scored):
    things = [run(f"r{n}", 0.9 + n / 100, **scored) for n in range(count)]
    return things, [Tie(f"r{n}", f"r{n + 1}", f"lr {n}") for n in range(count - 1)]


def names(shown):
    return [one.name for one in shown.things]


def test_the_middle_of_a_long_chain_is_one_node_with_count_and_net_effect() -> None:
    shown = folded(*chain(14, metric="accuracy"))
    assert names(shown) == ["r0", "▸ 12 runs, accuracy +0.12", "r13"]
    assert shown.things[1].detail == "best accuracy 1.02, of r12"
    ((into, out),) = [[tie.of for tie in shown.ties]]
    assert into == ("r0", "r12")  # what changed on it is what changed over the whole chain
    assert out == ("r12", "r13")


def test_an_opened_chain_shows_its_runs_below_a_head_that_closes_it() -> None:
    things, ties = chain(8)
    (fold,) = folded(things, ties).folds
    shown = folded(things, ties, opened={fold})
    assert names(shown) == ["r0", "▾ 6 runs, acc +0.06", *(f"r{n}" for n in range(1, 8))]
    assert [(t.source, t.target) for t in shown.ties][:3] == [
        ("r0", fold), (fold, "r1"), ("r1", "r2"),
    ]  # fmt: skip


def test_three_between_branch_points_are_left_as_they_are() -> None:
    things, ties = chain(5)
    assert folded(things, ties).things == things
    assert [(t.source, t.target) for t in folded(things, ties).ties] == [
        (t.source, t.target) for t in ties
    ]


def test_a_branch_point_and_the_thing_asked_for_are_never_folded_away() -> None:
    things, ties = chain(12)
    side = [*ties, Tie("r6", "side", "")]
    assert "r6" in names(folded([*things, run("side")], side))
    assert "r6" in names(folded(things, ties, root="r6"))


def test_a_run_with_parts_is_a_sweep_with_their_count_and_the_best() -> None:
    parts = [
        run(f"fit-{n}", n / 10, bad=n == 2, metric="loss", better="min") for n in range(5)
    ]
    ties = [Tie("search", one.name, "", is_part=True) for one in parts]
    shown = folded([run("search"), *parts], ties)
    (sweep,) = shown.things
    assert (sweep.kind, sweep.id) == ("sweep", "search")
    assert sweep.name == "▸ search: 5 parts"
    assert sweep.detail == "best loss 0.0, of fit-0, 1 failed"
    opened = folded([run("search"), *parts], ties, opened={"search"})
    assert len(opened.things) == 6
    assert opened.things[0].name.startswith("▾")


def test_many_runs_made_from_one_are_a_sweep_too() -> None:
    things = [run("base", 0.5), *(run(f"try-{n}", n / 10) for n in range(8)), run("next")]
    ties = [Tie("base", one.id, "lr") for one in things[1:]]
    ties.append(Tie("try-3", "next", ""))
    shown = folded(things, ties[:8] + ties[9:])
    assert names(shown) == ["base", "▸ sweep: 7 runs, best acc 0.7", "try-3", "next"]
    assert [one.kind for one in shown.things] == ["run", "sweep", "run", "run"]
    rows = tree_rows(shown.things, shown.ties)
    assert rows["next"][0] == 0  # what was made further goes straight on


def test_parts_of_a_run_in_a_closed_chain_are_away_with_it() -> None:
    things, ties = chain(8)
    parts = [Tie("r4", f"p{n}", "", is_part=True) for n in range(3)]
    parts += [
        Tie(f"r{n}", f"q{n}-{m}", "", is_part=True) for n in range(8) for m in range(2)
    ]
    more = [*things, *(run(tie.target) for tie in parts)]
    shown = folded(more, [*ties, *parts], opened={"r4"})
    assert names(shown) == [
        "▸ r0: 2 parts", "▸ 6 sweeps, acc +0.06", "▸ r7: 2 parts",
    ]  # fmt: skip
    assert shown.stands["p1"] == shown.things[1].id
    opened = folded(more, [*ties, *parts], opened={"r4", shown.things[1].id})
    assert {"p0", "p1", "p2"} <= set(names(opened))


def test_a_single_sweep_between_runs_is_not_folded_away_with_them() -> None:
    things, ties = chain(13)
    parts = [Tie("r6", f"p{n}", "", is_part=True) for n in range(3)]
    shown = folded([*things, *(run(f"p{n}") for n in range(3))], [*ties, *parts])
    assert [name.split(",")[0] for name in names(shown)] == [
        "r0", "▸ 5 runs", "▸ r6: 3 parts", "▸ 5 runs", "r12",
    ]  # fmt: skip


def test_a_metric_of_which_no_way_is_better_says_from_where_to_where() -> None:
    shown = folded(*chain(8, metric="beta", better=None))
    assert shown.things[1].detail == "beta 0.91 to 0.96"


def test_what_is_no_number_is_no_best_and_no_effect() -> None:
    things, ties = chain(8)
    nan = [one._replace(score=Score("acc", float("nan"), "max")) for one in things]
    shown = folded(nan, ties)
    assert shown.things[1][2:4] == ("▸ 6 runs", "")
    assert folded([*nan[:-2], things[-2], nan[-1]], ties).things[1].name == "▸ 6 runs"


TIES = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14), st.booleans()), max_size=25
)


@settings(max_examples=150, deadline=None)
@given(TIES, st.sets(st.integers(0, 14)))
def test_of_any_graph_everything_is_seen_or_stands_behind_something_seen(
    rows, some
) -> None:
    things = [run(str(n), float(n)) for n in range(15)]
    ties = [Tie(str(a), str(b), "x", part) for a, b, part in rows]
    closed = folded(things, ties)
    ids = list(closed.folds)
    opened = {ids[n] for n in some if n < len(ids)}
    for shown in (
        closed,
        folded(things, ties, opened=opened),
        folded(things, ties, opened=set(ids)),
    ):
        seen = {one.id for one in shown.things}
        assert len(seen) == len(shown.things)
        assert {shown.stands[one.id] for one in things} <= seen
        assert all({tie.source, tie.target} <= seen for tie in shown.ties)
    everything = folded(things, ties, opened=set(ids))
    assert {one.id for one in things} <= {one.id for one in everything.things}
