"""Notebooks as people write them: what is measured goes under its own name to its own run."""

from __future__ import annotations

import pytest

TWO = (
    "from sklearn.tree import DecisionTreeClassifier as Tree\n"
    "from sklearn.metrics import accuracy_score, mean_squared_error\n"
    "from sklearn.model_selection import cross_val_score, train_test_split\n"
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
    "a = Tree(max_depth=1, random_state=0).fit(X_train, y_train)",
    "b = Tree(max_depth=3, random_state=0).fit(X_train, y_train)",
)


@pytest.fixture
def two(iris):
    """Two models, each in a cell and a run of its own."""
    iris.ok(*TWO)
    return iris


def metrics_by_depth(sheet) -> dict[str, dict[str, float]]:
    return {run.params.get("max_depth"): dict(run.metrics) for run in sheet.runs()}


@pytest.mark.parametrize(
    "cell",
    [
        "acc_1 = a.score(X_test, y_test); acc_2 = b.score(X_test, y_test)",
        "acc_1, acc_2 = a.score(X_test, y_test), b.score(X_test, y_test)",
    ],
)
def test_scores_of_two_models_in_one_line_keep_their_names(two, cell) -> None:
    two.ok(cell)
    found = metrics_by_depth(two)
    assert set(found["1"]) == {"acc_1"}
    assert set(found["3"]) == {"acc_2"}
    assert found["1"]["acc_1"] < found["3"]["acc_2"]


@pytest.mark.parametrize(
    "cell",
    [
        "print(accuracy_score(y_train, b.predict(X_train)))\n"
        "print(accuracy_score(y_test, b.predict(X_test)))",
        "print(f'{accuracy_score(y_train, b.predict(X_train))}"
        " {accuracy_score(y_test, b.predict(X_test))}')",
    ],
)
def test_train_and_test_scores_are_two_metrics(two, cell) -> None:
    two.ok(cell)
    assert set(metrics_by_depth(two)["3"]) == {"accuracy_score", "accuracy_score_train"}


def test_unnamed_scores_of_other_arguments_are_told_apart(two) -> None:
    two.ok(
        "yt, yv = y_train, y_test",
        "print(accuracy_score(yt, b.predict(X_train)), accuracy_score(yv, b.predict(X_test)))",
    )
    assert set(metrics_by_depth(two)["3"]) == {"accuracy_score_yt", "accuracy_score_yv"}


def test_cross_validation_is_judged_by_its_mean(two) -> None:
    two.ok("s = cross_val_score(Tree(max_depth=2, random_state=0), X, y, cv=4)")
    run = two.runs()[-1]
    ((mean,),) = two.sql(
        f"SELECT avg(value) FROM metrics WHERE run_id = '{run.run_id}' AND name = 'score_folds'"
    )
    assert run.metrics["score"] == pytest.approx(mean)


def test_what_is_averaged_over_the_parts_of_a_cell_is_the_cells(two) -> None:
    two.ok(
        "accs = []\nfor depth in (1, 2, 3):\n"
        "    m = Tree(max_depth=depth).fit(X_train, y_train)\n"
        "    accs.append(m.score(X_test, y_test))\n"
        "mean_acc = sum(accs) / 3"
    )
    groups = [run for run in two.runs() if run.name.startswith("group")]
    assert "mean_acc" in groups[-1].metrics


def test_the_first_part_of_a_group_is_number_one(iris) -> None:
    iris.ok(
        "from sklearn.cluster import KMeans\n"
        "for k in (2, 3): KMeans(n_clusters=k, n_init=1).fit(X)"
    )
    assert [run.name for run in iris.runs()] == ["group-1", "KMeans-1", "KMeans-2"]


def test_a_default_that_was_written_is_a_param(iris) -> None:
    iris.ok(
        "from sklearn.linear_model import Ridge\nRidge(alpha=1.0, fit_intercept=True).fit(X, y)"
    )
    params = dict(iris.runs()[0].params)
    assert (params["alpha"], params["fit_intercept"]) == ("1.0", "True")
    assert "solver" not in params


def test_literals_given_to_the_notebooks_own_function_are_params(iris) -> None:
    iris.ok(
        "def train(data, lr, epochs=3): return 1.0 / (1 + lr * epochs)",
        "loss = train(X, 0.5, epochs=4)",
    )
    assert dict(iris.runs()[0].params) == {"lr": "0.5", "epochs": "4"}


def test_a_name_bound_anew_in_a_loop_forgets_the_cell_before(iris) -> None:
    iris.ok(
        "def fit(lr): return [1 / lr, 2 / lr]",
        "n_epochs = 30\nlosses = [1 / n for n in range(1, n_epochs)]",
        "for lr in [0.1, 0.2]:\n    losses = fit(lr)\nfinal_loss = losses[-1]",
    )
    assert "n_epochs" not in iris.runs()[-1].params


@pytest.mark.parametrize("magic", ["%timeit -n 3 -r 2 ", "%%timeit -n 3 -r 2\n"])
def test_a_timed_training_is_no_run(two, magic) -> None:
    before = len(two.runs())
    two.ok(f"{magic}Tree(max_depth=9).fit(X_train, y_train)")
    assert len(two.runs()) == before


def test_counts_and_places_are_no_metrics(two) -> None:
    two.ok(
        "n_wrong = (b.predict(X_test) != y_test).sum()\n"
        "top = b.feature_importances_.argmax()\n"
        "first = b.predict(X_test)[0]\n"
        "best_idx = int(b.predict_proba(X_test)[0].max() * 3)\n"
    )
    assert metrics_by_depth(two)["3"] == {}


def test_a_dict_of_scores_has_the_same_names_in_every_run(two) -> None:
    two.ok(
        "def evaluate(m): return {'acc': m.score(X_test, y_test)}",
        "r1 = evaluate(a)",
        "r2 = evaluate(b)",
    )
    found = metrics_by_depth(two)
    assert set(found["1"]) == set(found["3"]) == {"acc"}


def test_a_numbered_series_is_a_series(iris) -> None:
    iris.ok("def train(): return [3.0, 2.0, 1.0]", "losses1 = train()")
    assert iris.sql("SELECT name, count(*) FROM metrics GROUP BY 1") == [("losses1", 3)]


def test_plotting_ties_nothing_to_what_is_plotted_next(iris) -> None:
    iris.ok(
        "import types, sys\nplt = types.ModuleType('plt'); plt.plot = lambda *_: None",
        "losses = [1 / n for n in range(1, 9)]",
        "plt.plot(losses)",
        "errors = [2 / n for n in range(1, 9)]\nplt.plot(errors)",
    )
    assert [set(run.metrics) for run in iris.runs()] == [{"losses"}, {"errors"}]


def test_residuals_are_data(iris) -> None:
    iris.ok("import numpy as np\nerror = X @ np.ones(4) - y")
    assert iris.runs() == []


def test_a_cell_magic_takes_an_experiment(iris) -> None:
    iris.ok("%%track baseline --experiment churn/trees\nacc = sum([0.5, 0.25])")
    (run,) = iris.runs()
    assert (run.name, run.experiment) == ("baseline", "churn/trees")


def test_a_card_names_only_what_its_own_cell_did_not_capture(two) -> None:
    two.ok("%track manual", "Tree(max_depth=5).fit(X_train, y_train)", "%track auto")
    two.ok("c = Tree(max_depth=6).fit(X_train, y_train)")
    assert two.book.recorder.measures.missed_here == []


def test_a_fold_measured_through_an_array_of_ones_own_is_that_folds(two) -> None:
    two.ok(
        "import numpy as np\nfrom sklearn.model_selection import KFold",
        "oof = np.zeros(len(y))\nfor tr, va in KFold(3, shuffle=True, random_state=0).split(X):\n"
        "    m = Tree(max_depth=2).fit(X[tr], y[tr])\n"
        "    oof[va] = m.predict(X[va])\n"
        "    score = accuracy_score(y[va], oof[va])",
    )
    folds = [run for run in two.runs() if run.relation == "child"]
    assert len(folds) == 3
    assert all(0.8 < run.metrics["score"] <= 1 for run in folds)


def test_a_score_of_weights_that_an_optimiser_changed_is_the_loops(sheet) -> None:
    sheet.ok(
        "import numpy as np\nX = np.arange(12.0).reshape(6, 2)\ny = X.sum(axis=1)",
        "class Net:\n    def __init__(self):\n        self.w = np.zeros(2)\n"
        "class SGD:\n    def __init__(self, net, lr):\n        self.net, self.lr = net, lr\n"
        "    def step(self, slope):\n        self.net.w -= self.lr * slope",
        "net = Net()\nopt = SGD(net, lr=0.001)",
        "losses = []\nfor epoch in range(5):\n    error = X @ net.w - y\n"
        "    loss = float((error ** 2).mean())\n    opt.step(X.T @ error)\n"
        "    losses.append(loss)",
        "val_loss = float(((X @ net.w - y) ** 2).mean())",
    )
    (run,) = sheet.runs()
    assert {"loss", "losses", "val_loss"} <= run.metrics.keys()


@pytest.mark.parametrize(
    "cell",
    [
        "avg_score = df.score.mean()",
        "max_error = (df.score - 3).abs().max()",
        "corr = np.corrcoef(df.score, df.age)[0, 1]",
        "lift = df.score[1] / df.score[0] - 1",
        "scores = df.score.to_list()",
    ],
)
def test_a_look_at_data_opens_no_run(sheet, cell) -> None:
    sheet.ok(
        "import numpy as np, pandas as pd\n"
        "df = pd.DataFrame({'score': [1.0, 4.0, 2.5], 'age': [3, 1, 2]})",
        cell,
    )
    assert sheet.runs() == []
    sheet.ok("from trackbook import start_run", f"with start_run():\n    {cell}")
    (run,) = sheet.runs()
    assert run.origin == "manual"


def test_what_is_worked_out_with_the_same_words_opens_one(sheet) -> None:
    sheet.ok(
        "import numpy as np\ny = np.arange(4)\ndef rated(y): return float((y > 1).mean())",
        "score = np.mean(y == 2)",
        "other_score = rated(y)",
    )
    assert [set(run.metrics) for run in sheet.runs()] == [{"score"}, {"other_score"}]


def test_the_best_loss_that_a_loop_keeps_is_a_metric(sheet) -> None:
    sheet.ok(
        "best_loss, bad = float('inf'), 0\nfor n in range(1, 5):\n    loss = abs(3 - n) + 0.5\n"
        "    if loss < best_loss:\n        best_loss, bad = loss, 0\n    else:\n        bad += 1"
    )
    (run,) = sheet.runs()
    assert run.metrics["best_loss"] == 0.5
    assert "bad" not in run.metrics


def test_what_the_notebooks_own_classes_are_given_are_params(sheet) -> None:
    sheet.ok(
        "from dataclasses import dataclass\n"
        "class Adam:\n    def __init__(self, lr, beta=0.9):\n        self.lr = lr\n"
        "@dataclass\nclass Plan:\n    epochs: int = 3",
        "opt, plan = Adam(0.1, beta=0.8), Plan(epochs=5)",
        "loss = sum([opt.lr] * plan.epochs)",
    )
    assert dict(sheet.runs()[0].params) == {"lr": "0.1", "beta": "0.8", "plan.epochs": "5"}


def test_a_default_that_is_typed_in_its_place_is_a_param(two) -> None:
    two.ok(
        "from sklearn.preprocessing import PolynomialFeatures\npoly = PolynomialFeatures(2)\n"
        "P = poly.fit_transform(X_train)",
        "c = Tree(max_depth=2).fit(P, y_train)",
    )
    assert two.runs()[-1].params["PolynomialFeatures.degree"] == "2"


def test_scores_kept_by_name_in_a_loop_are_metrics(sheet) -> None:
    sheet.ok(
        "scores = {}\nfor kind in ('a', 'b'):\n    scores[kind] = sum([0.5, len(kind)])"
    )
    assert dict(sheet.runs()[0].metrics) == {"scores.a": 1.5, "scores.b": 1.5}


def test_scores_on_parts_of_data_go_by_the_data(two) -> None:
    two.ok("print(b.score(X_test[:20], y_test[:20]))")
    assert set(two.runs()[-1].metrics) == {"score_X_test"}


def test_a_printed_report_keeps_its_own_names(two) -> None:
    two.ok(
        "from sklearn.metrics import classification_report\n"
        "print(classification_report(y_test, b.predict(X_test)))"
    )
    found = two.runs()[-1].metrics
    assert found["accuracy"] == pytest.approx(b_accuracy(two), abs=0.005)
    assert set(found) == {
        "accuracy", "macro_avg.precision", "macro_avg.recall", "macro_avg.f1_score",
    }  # fmt: skip


def b_accuracy(sheet) -> float:
    names = sheet.shell.user_ns
    return names["b"].score(names["X_test"], names["y_test"])


def test_lists_that_a_function_appends_to_are_series(sheet) -> None:
    sheet.ok(
        "losses, accs = [], []",
        "def train(n):\n    for k in range(1, n):\n        losses.append(1 / k)\n"
        "        accs.append(1 - 1 / k)",
        "train(4)",
    )
    (run,) = sheet.runs()
    assert {"losses", "accs"} <= run.metrics.keys()
    sheet.ok("train(2)")
    assert [len(set(run.metrics) & {"losses", "accs"}) for run in sheet.runs()] == [2]


@pytest.mark.parametrize(
    "cell",
    [
        "docs = ['This is the first one.', 'And this the second.', 'Is this the third one?']",
        "topics = {'a': 'goal match team', 'b': 'salt oven bake', 'c': 'code chip data'}",
        "table = [[0, 1], [1.5, 2], [3, 4]]",
    ],
)
def test_data_that_are_typed_are_no_params(sheet, cell) -> None:
    name = cell.split(" ")[0]
    sheet.ok(f"{cell}\nlayers = [64, 32, 16]\nkinds = ['one hot', 'ordinal']")
    sheet.ok(f"loss = sum([len({name}), *layers, len(kinds)]) / 7")
    assert set(sheet.runs()[0].params) == {"layers", "kinds"}
