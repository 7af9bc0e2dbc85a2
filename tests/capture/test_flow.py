"""What a name rests on, over many executed statements."""

from __future__ import annotations

from trackbook.capture.flow import Flow
from trackbook.code import statements_in


def flow_of(*sources: str) -> Flow:
    flow = Flow()
    for source in sources:
        for one in statements_in(source):
            flow.advance(
                one,
                source,
                reads=one.reads,
                chosen=one.chosen,
                trained=frozenset(),
                namespace={},
            )
    return flow


def test_a_list_rests_on_every_cell_that_grew_it():
    grown = [f"rate_{n} = {n}\nresults.append(rate_{n})" for n in range(20)]
    flow = flow_of("results = []", *grown, "best = max(results)")
    assert flow.params_of([len(flow.steps) - 1]) == {f"rate_{n}": n for n in range(20)}


def test_a_step_names_only_the_last_of_those_that_changed_an_object():
    flow = flow_of("results = []", *["results.append(1)"] * 50, "best = max(results)")
    assert flow.steps[-1].before == {50}


def test_a_name_that_may_have_been_bound_anew_rests_on_both():
    flow = flow_of("x = 1", "if ready: x = 2", "y = x")
    assert flow.slice_of([2]) == [0, 1, 2]
