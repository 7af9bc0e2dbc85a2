"""The trees of large forests are kept as arrays: the same model comes back, and a safe one."""

from __future__ import annotations

import json
import subprocess
import sys
import weakref

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingRegressor,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from trackbook.fingerprint import fingerprints_of
from trackbook.packages import load, verify, write
from trackbook.packages.flavour_sklearn import Sklearn
from trackbook.packages.loaders import sklearn as loader
from trackbook.scan import scan_folder

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(3_000, 6))
LABELS = (ROWS[:, 0] + RNG.normal(size=len(ROWS)) > 0).astype(int)
DEEP = DecisionTreeClassifier(max_depth=12)


def forest(trees=30, **params):
    return RandomForestClassifier(trees, random_state=0, **params)


MODELS = {
    "classes": forest,
    "numbers": lambda: RandomForestRegressor(20, random_state=0),
    "several outputs": lambda: ExtraTreesRegressor(20, random_state=0),
    "boosted": lambda: GradientBoostingClassifier(max_depth=12, n_estimators=40),
    "adaptive": lambda: AdaBoostClassifier(DEEP, n_estimators=30, random_state=0),
    "bagged": lambda: BaggingRegressor(n_estimators=20, max_features=0.5, random_state=0),
    "outliers": lambda: IsolationForest(n_estimators=20, max_samples=1.0, random_state=0),
    "leaves": lambda: RandomTreesEmbedding(60, max_depth=9, random_state=0),
    "in a pipeline": lambda: make_pipeline(StandardScaler(), forest()),
    "in a search": lambda: GridSearchCV(forest(), {"max_depth": [12]}, cv=2),
    "among others": lambda: VotingClassifier(
        [("forest", forest()), ("line", LogisticRegression())], voting="soft"
    ),
}


def fitted(name):
    labels = np.c_[ROWS[:, 0], LABELS] if name == "several outputs" else LABELS
    return MODELS[name]().fit(ROWS, labels)


def answer(model):
    if hasattr(model, "predict"):
        return model.predict(ROWS[:200])
    return model.transform(ROWS[:200]).toarray()


def saved(model, folder):
    saving = Sklearn().save(model, folder)
    saving.finish()
    return saving


@pytest.mark.parametrize("name", MODELS)
def test_a_large_ensemble_comes_back_as_it_was(name, tmp_path):
    model = fitted(name)
    saving = saved(model, tmp_path)
    assert (tmp_path / "trees.json").is_file()
    read = loader.load(str(tmp_path))
    for one in (saving.reread(), read):
        assert np.array_equal(answer(one), answer(model))
        assert repr(one) == repr(model)
    assert fingerprints_of(read) == fingerprints_of(model)


@pytest.mark.parametrize("name", ["classes", "numbers", "several outputs", "in a pipeline"])
def test_a_forest_that_is_proved_never_has_all_its_trees_in_memory(name, tmp_path):
    model = fitted(name)
    read = saved(model, tmp_path).reread()
    trees = read[-1].estimators_ if name == "in a pipeline" else read.estimators_
    known = weakref.WeakSet()
    most = 0
    for tree in trees:
        known.add(tree)
        most = max(most, len(known))
    assert most <= 3
    assert len(trees) == len(list(trees))
    assert np.array_equal(answer(read), answer(model))
    if hasattr(model, "predict_proba"):
        assert np.allclose(read.predict_proba(ROWS), model.predict_proba(ROWS))


def test_a_file_of_many_pieces_holds_what_its_package_says(tmp_path):
    model = forest(700, max_depth=5).fit(ROWS, LABELS)
    package = write(model, tmp_path, example=ROWS[:20])
    listed = verify(package.folder, package.package_digest)
    assert "model/trees-000-nodes.npy" in {entry.path for entry in listed}
    assert np.array_equal(
        answer(load(package.folder, package.package_digest)), answer(model)
    )


def test_seeds_and_what_else_a_tree_has_come_back(tmp_path):
    model = fitted("classes")
    saved(model, tmp_path)
    read = loader.load(str(tmp_path))
    for before, after in zip(model.estimators_, read.estimators_, strict=True):
        assert before.get_params() == after.get_params()
        assert vars(before).keys() == vars(after).keys()
        assert before.tree_.max_depth == after.tree_.max_depth
        assert np.array_equal(before.classes_, after.classes_)
    read.estimators_[0].classes_[0] = 9
    assert read.estimators_[1].classes_[0] == 0


def test_a_forest_that_came_back_can_be_grown_on(tmp_path):
    model = fitted("classes")
    saved(model, tmp_path)
    read = loader.load(str(tmp_path))
    for one in (model, read):
        one.set_params(n_estimators=35, warm_start=True).fit(ROWS, LABELS)
    assert np.array_equal(answer(read), answer(model))


def test_the_same_forest_is_the_same_file(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        saved(fitted("classes"), tmp_path / name)
    files = [{f.name: f.read_bytes() for f in (tmp_path / name).iterdir()} for name in "ab"]
    assert files[0] == files[1]
    assert len(files[0]) == 4


def test_a_small_forest_is_a_plain_file_of_skops(tmp_path):
    model = forest(5).fit(ROWS[:100], LABELS[:100])
    assert Sklearn().save(model, tmp_path) is None
    file = tmp_path / "model.skops"
    read = skops.io.load(file, trusted=["sklearn.tree._tree.Tree"])
    assert np.array_equal(answer(read), answer(model))


def test_trees_that_differ_otherwise_are_kept_one_by_one(tmp_path):
    model = fitted("classes")
    model.estimators_[7].set_params(max_depth=99)
    assert Sklearn().save(model, tmp_path) is None
    read = loader.load(str(tmp_path))
    assert [tree.max_depth for tree in read.estimators_][6:9] == [None, 99, None]
    assert np.array_equal(answer(read), answer(model))


def test_one_forest_in_two_places_stays_one(tmp_path):
    model = fitted("classes")
    pair = VotingClassifier([("a", model), ("b", model)])
    pair.estimators_ = [model, model]
    pair.again_ = {"trees": model.estimators_}
    saving = saved(pair, tmp_path)
    for read in (saving.reread(), loader.load(str(tmp_path))):
        first, second = read.estimators_
        assert first is second
        assert read.again_["trees"] is first.estimators_
        assert len(first.estimators_) == 30


def test_boosted_trees_in_several_places_stay_the_same(tmp_path):
    model = fitted("boosted")
    model.again_ = {"all": [model.estimators_], "first": model.estimators_[0]}
    saving = saved(model, tmp_path)
    for read in (saving.reread(), loader.load(str(tmp_path))):
        assert read.again_["all"][0] is read.estimators_
        assert read.estimators_.shape == (40, 1)
        assert np.array_equal(answer(read), answer(model))


def test_trees_in_a_tuple_are_kept_one_by_one(tmp_path):
    model = fitted("boosted")
    model.again_ = (model.estimators_, "as they are")
    assert Sklearn().save(model, tmp_path) is None
    read = loader.load(str(tmp_path))
    assert read.estimators_.shape == read.again_[0].shape == (40, 1)
    assert np.array_equal(answer(read), answer(model))


def test_a_package_of_a_forest_is_loaded_without_trackbook(tmp_path):
    model = fitted("classes")
    package = write(model, tmp_path, example=ROWS[:50])
    assert (package.folder / "model" / "trees.json").is_file()
    read = load(package.folder, package.package_digest, scan=scan_folder)
    assert np.array_equal(answer(read), answer(model))
    np.save(tmp_path / "rows.npy", ROWS[:50])
    program = (
        "import sys, numpy as np; sys.modules['trackbook'] = None\n"
        f"sys.path.insert(0, {str(package.folder / 'code')!r})\n"
        "from predict import Predictor\n"
        f"rows = np.load({str(tmp_path / 'rows.npy')!r})\n"
        f"print(Predictor({str(package.folder)!r}).predict(rows).tolist())"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(said.stdout) == model.predict(ROWS[:50]).tolist()


def changed(folder, change):
    """Write the nodes of a forest anew, changed by a function."""
    file = folder / "trees-000-nodes.npy"
    nodes = np.load(file)
    change(nodes)
    np.save(file, nodes)


@pytest.mark.parametrize(
    ("field", "value"),
    [("left_child", 10**6), ("right_child", -7), ("left_child", 0), ("feature", 6)],
)
def test_a_node_that_leads_elsewhere_is_refused(field, value, tmp_path):
    saved(fitted("classes"), tmp_path)

    def lead(nodes):
        nodes[field][0] = value

    changed(tmp_path, lead)
    with pytest.raises(ValueError, match="of the model's trees"):
        loader.load(str(tmp_path))


def test_a_node_that_leads_into_another_tree_is_refused(tmp_path):
    model = fitted("classes")
    saved(model, tmp_path)
    count = model.estimators_[0].tree_.node_count

    def lead(nodes):
        nodes["right_child"][0] = count + 1

    changed(tmp_path, lead)
    with pytest.raises(ValueError, match="leads out of its tree"):
        loader.load(str(tmp_path))
