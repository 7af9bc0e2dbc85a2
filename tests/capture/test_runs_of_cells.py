"""Runs open by themselves, and each gets its own values."""

from __future__ import annotations

import pytest

TREE = "tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)"


def test_training_opens_a_run_with_the_hyper_parameters_as_given(iris) -> None:
    iris.ok(TREE)
    (run,) = iris.runs()
    assert run.name == "DecisionTreeClassifier-1"
    assert run.status == "FINISHED"
    assert dict(run.params) == {
        "model": "DecisionTreeClassifier",
        "max_depth": "2",
        "random_state": "0",
    }


def test_a_cell_that_trains_nothing_opens_no_run(iris) -> None:
    iris.ok("mean = X.mean()\nn = len(X)\ntitle = 'a plot'")
    assert iris.runs() == []


def test_only_params_inside_the_slice_are_the_runs(iris) -> None:
    iris.ok(
        "depth = 4\nunused = 7", "tree = DecisionTreeClassifier(max_depth=depth).fit(X, y)"
    )
    (run,) = iris.runs()
    assert run.params["depth"] == "4"
    assert "unused" not in run.params


def test_a_metric_of_a_later_cell_goes_to_the_run_it_was_computed_from(iris) -> None:
    iris.ok(TREE, "ridge = Ridge(alpha=2.0).fit(X, y)", "acc = tree.score(X, y)")
    named = iris.named()
    assert named["DecisionTreeClassifier-1"].metrics == {
        "acc": pytest.approx(0.96, abs=0.03)
    }
    assert named["Ridge-1"].metrics == {}


def test_a_comparison_of_two_runs_belongs_to_neither(iris) -> None:
    iris.ok(
        TREE,
        "other = DecisionTreeClassifier(max_depth=1).fit(X, y)",
        "gap = tree.score(X, y) - other.score(X, y)",
    )
    assert [dict(run.metrics) for run in iris.runs()] == [{}, {}]
    assert "gap" in repr(iris.run("%track").result)


def test_the_displayed_score_becomes_a_metric_by_its_text(iris) -> None:
    iris.ok(TREE, "tree.score(X, y)")
    assert list(iris.runs()[0].metrics) == ["score_X"]


def test_a_printed_score_is_known_by_its_call(iris) -> None:
    iris.ok(TREE, "print(f'{accuracy_score(y, tree.predict(X)):.3f}')")
    assert list(iris.runs()[0].metrics) == ["accuracy_score"]


def test_a_bound_score_has_one_name_only(iris) -> None:
    iris.ok(TREE, "acc = accuracy_score(y, tree.predict(X))")
    assert list(iris.runs()[0].metrics) == ["acc"]


def test_several_trainings_in_one_cell_become_child_runs(iris) -> None:
    iris.ok(
        "for depth in (1, 2, 3):\n"
        "    model = DecisionTreeClassifier(max_depth=depth).fit(X, y)\n"
        "    print(model.score(X, y))"
    )
    runs = {run.name: run for run in iris.runs()}
    children = [run for run in runs.values() if run.relation == "child"]
    assert [run.params["max_depth"] for run in children] == ["1", "2", "3"]
    assert {run.parent_run_id for run in children} == {runs["group-1"].run_id}
    assert all(list(run.metrics) == ["score_X"] for run in children)
    assert dict(runs["group-1"].metrics) == {}
    assert "max_depth" not in runs["group-1"].params


def test_the_candidates_of_a_search_are_child_runs(iris) -> None:
    iris.ok(
        "search = GridSearchCV(DecisionTreeClassifier(), {'max_depth': [1, 3]}, cv=3).fit(X, y)"
    )
    search, *candidates = iris.runs()
    assert "best_score" in search.metrics
    assert [run.params["max_depth"] for run in candidates] == ["1", "3"]
    assert {run.parent_run_id for run in candidates} == {search.run_id}


def test_executing_a_cell_again_opens_a_run_whose_parent_is_the_one_before(iris) -> None:
    for depth in (1, 2, 3):
        iris.ok(
            f"tree = DecisionTreeClassifier(max_depth={depth}).fit(X, y)", cell_id="abc"
        )
    first, second, third = iris.runs()
    assert first.parent_run_id is None
    assert second.parent_run_id == first.run_id
    assert third.parent_run_id == second.run_id
    assert third.relation == "variation"


def test_without_cell_ids_the_same_source_is_the_same_cell(iris) -> None:
    iris.ok(TREE, "x = 1", TREE)
    first, second = iris.runs()
    assert second.parent_run_id == first.run_id


def test_a_score_bound_in_a_loop_is_each_models_own_by_that_name(iris) -> None:
    iris.ok(
        "for depth in (1, 2, 3):\n"
        "    model = DecisionTreeClassifier(max_depth=depth).fit(X, y)\n"
        "    acc = round(model.score(X, y), 3)"
    )
    children = [run for run in iris.runs() if run.relation == "child"]
    assert [list(run.metrics) for run in children] == [["acc"]] * 3


def test_a_score_bound_in_a_loop_over_one_model_is_a_series_by_that_name(iris) -> None:
    iris.ok(
        "from sklearn.linear_model import SGDRegressor\nmodel = SGDRegressor()\n"
        "for epoch in range(4):\n    model.partial_fit(X, y)\n"
        "    mse = mean_squared_error(y, model.predict(X))"
    )
    (run,) = iris.runs()
    steps = iris.sql("SELECT step FROM metrics WHERE name = 'mse' ORDER BY step")
    assert [step for (step,) in steps] == [0, 1, 2, 3]
    assert "mean_squared_error" not in run.metrics


def test_residuals_are_no_metric(iris) -> None:
    iris.ok(TREE, "residual = y - tree.predict(X)")
    assert dict(iris.runs()[0].metrics) == {}


def test_the_count_is_the_one_that_the_front_end_shows(iris) -> None:
    result = iris.run("1 + 1")
    ((count,),) = iris.sql("SELECT execution_count FROM cells WHERE source = '1 + 1'")
    assert count == result.execution_count


def test_names_bound_earlier_in_the_cell_are_not_read(iris) -> None:
    iris.ok("p = 1\nq = p + len(X)")
    assert iris.sql("SELECT reads, binds FROM cells WHERE source LIKE 'p = %'") == [
        (["X"], ["p", "q"])
    ]


def test_a_hand_written_loop_is_a_run_with_a_series(iris) -> None:
    iris.ok(
        "lr = 0.1\nlosses = []\nw = np.zeros(4)\n"
        "for step in range(5):\n"
        "    w = w + lr\n"
        "    losses.append(float(((X @ w - y) ** 2).mean()))"
    )
    (run,) = iris.runs()
    assert run.params["lr"] == "0.1"
    points = iris.sql("SELECT step FROM metrics WHERE name = 'losses' ORDER BY step")
    assert [step for (step,) in points] == [0, 1, 2, 3, 4]


def test_a_series_that_grows_later_is_only_continued(iris) -> None:
    iris.ok("losses = []\nfor i in range(3):\n    losses.append(1.0 / (i + 1))")
    iris.ok("for i in range(2):\n    losses.append(0.1)")
    assert iris.sql("SELECT count(*), count(DISTINCT step) FROM metrics") == [(5, 5)]


def test_accumulators_are_no_params(iris) -> None:
    iris.ok(
        "best = 0\nfor d in (1, 2):\n    best += d",
        "t = DecisionTreeClassifier(max_depth=best).fit(X, y)",
    )
    assert "best" not in iris.runs()[0].params


def test_a_configuration_object_is_taken_apart(iris) -> None:
    iris.ok(
        "from argparse import Namespace\nargs = Namespace(depth=2, opt={'lr': 0.1})",
        "tree = DecisionTreeClassifier(max_depth=args.depth).fit(X, y)",
    )
    params = iris.runs()[0].params
    assert (params["args.depth"], params["args.opt.lr"]) == ("2", "0.1")


def test_params_reach_through_the_users_own_functions(iris) -> None:
    iris.ok(
        "depth = 2\ndef train():\n    return DecisionTreeClassifier(max_depth=depth).fit(X, y)",
        "model = train()\nacc = model.score(X, y)",
    )
    (run,) = iris.runs()
    assert run.params["depth"] == "2"
    assert list(run.metrics) == ["acc"]


def test_papermill_parameters_are_every_runs(iris) -> None:
    iris.ok("# Parameters\nseed = 3\nsource = 'x.csv'", TREE)
    params = iris.runs()[0].params
    assert (params["seed"], params["source"]) == ("3", "x.csv")


def test_a_failing_cell_leaves_a_failed_run(iris) -> None:
    iris.run(TREE + "\n1 / 0")
    (run,) = iris.runs()
    assert run.status == "FAILED"
    assert iris.sql("SELECT error FROM runs") == [("ZeroDivisionError: division by zero",)]


def test_what_stands_behind_the_failing_line_is_not_captured(iris) -> None:
    iris.ok("acc = 1.0 * 5", TREE)
    iris.run("1 / 0\nacc = tree.score(X, y)")
    assert dict(iris.runs()[0].metrics) == {}


def test_secrets_are_masked_before_they_are_written(iris) -> None:
    secret = "sk-" + "Abcd1234" * 5
    iris.ok(
        f"API_KEY = '{secret}'\ntree = DecisionTreeClassifier().fit(X if API_KEY else X, y)"
    )
    iris.book.settle()
    iris.book.store.drain()
    stored = b"".join(p.read_bytes() for p in iris.project.rglob("*") if p.is_file())
    assert secret.encode() not in stored
    assert iris.runs()[0].params["API_KEY"] == "***"
