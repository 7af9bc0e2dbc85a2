"""A model keeps its identities, whatever happens to it that changes no prediction."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trackbook.fingerprint import FP_ALGO, fingerprints_of, object_fp_of, weights_fp_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 4)).round(6)
Y = (X[:, 0] + X[:, 1] > 0).astype(int)
WORDS = [f"{'good' if y else 'bad'} verbose time word{n % 7}" for n, y in enumerate(Y)]


class Line:
    """A model of plain Python and numpy."""

    def __init__(self, lr=0.1):
        self.lr = lr

    def fit(self, rows, y):
        self.w = np.linalg.lstsq(rows, y, rcond=None)[0]
        self.bias = float(y.mean())
        return self

    def predict(self, rows):
        return rows @ self.w + self.bias


def forest(**given):
    return RandomForestClassifier(10, random_state=0, **given).fit(X, Y)


def logistic(**given):
    return LogisticRegression(**given).fit(X, Y)


def pipeline(**given):
    return make_pipeline(StandardScaler(), LogisticRegression(**given)).fit(X, Y)


def texts(**given):
    return make_pipeline(
        TfidfVectorizer(stop_words=["the"]), LogisticRegression(**given)
    ).fit(WORDS, Y)


def boosting(**given):
    return HistGradientBoostingClassifier(max_iter=5, random_state=0, **given).fit(X, Y)


def xgb(**given):
    return xgboost.XGBClassifier(n_estimators=5, **given).fit(X, Y)


def booster(**given):
    data = xgboost.DMatrix(X, Y)
    return xgboost.train({"max_depth": 2, **given}, data, num_boost_round=4)


def neighbours(**given):
    return KNeighborsClassifier(algorithm="kd_tree", **given).fit(X.copy(), Y)


def line(**given):
    return Line(**given).fit(X, Y)


def plain(**given):
    return {"w": [0.5, 1.5], "b": np.float64(1.0), **given}


MAKERS = {
    made.__name__: made
    for made in (
        forest, logistic, pipeline, texts, boosting, xgb, booster, neighbours, line, plain,
    )
}  # fmt: skip
OTHERS = {
    "forest": {"min_samples_leaf": 1, "ccp_alpha": 1e-12},
    "logistic": {"intercept_scaling": 2},
    "pipeline": {"intercept_scaling": 2},
    "texts": {"intercept_scaling": 2},
    "boosting": {"tol": 1e-6},
    "xgb": {"max_delta_step": 0},
    "neighbours": {"leaf_size": 31},
    "line": {"lr": 0.2},
}
"""A hyper-parameter that changes the object, and nothing of what it learns."""
every = pytest.mark.parametrize("name", MAKERS)
each = pytest.mark.parametrize("name", OTHERS)


def both(model):
    found = object_fp_of(model), weights_fp_of(model)
    assert [one.why for one in found] == ["", ""]
    return [one.digest for one in found]


def asked(model):
    if isinstance(model, xgboost.Booster):
        model.predict(xgboost.DMatrix(X))
    elif hasattr(model, "predict"):
        model.predict(
            WORDS if "tfidfvectorizer" in getattr(model, "named_steps", {}) else X
        )
    return model


@every
def test_trained_twice_it_is_the_same(name):
    assert both(MAKERS[name]()) == both(MAKERS[name]())


@every
def test_saved_and_loaded_or_copied_it_is_the_same(name):
    model = MAKERS[name]()
    assert both(pickle.loads(pickle.dumps(model))) == both(model)
    assert both(copy.deepcopy(model)) == both(model)


@every
def test_after_a_prediction_it_is_the_same(name):
    model = MAKERS[name]()
    before = both(model)
    assert both(asked(model)) == before


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("forest", {"n_jobs": 2, "verbose": 0}),
        ("neighbours", {"n_jobs": 2}),
        ("xgb", {"n_jobs": 1, "verbosity": 0}),
        ("booster", {"nthread": 1}),
    ],
)
def test_the_number_of_threads_is_no_part_of_it(name, given):
    assert both(MAKERS[name](**given)) == both(MAKERS[name]())


@each
def test_a_hyper_parameter_changes_the_object_and_not_its_weights(name):
    one, other = both(MAKERS[name]()), both(MAKERS[name](**OTHERS[name]))
    assert one[0] != other[0]
    assert one[1] == other[1]


def nudge_forest(model):
    model.estimators_[3].tree_.value[0, 0, 0] += 1e-9


def nudge_boosting(model):
    model._predictors[2][0].nodes["value"][0] += 1e-9


def nudge_words(model):
    model[0].vocabulary_["verbose"], model[0].vocabulary_["time"] = (
        model[0].vocabulary_["time"],
        model[0].vocabulary_["verbose"],
    )


def nudge_xgb(model):
    said = json.loads(model.get_booster().save_raw("json"))
    said["learner"]["gradient_booster"]["model"]["trees"][0]["split_conditions"][0] += 0.5
    model.get_booster().load_model(bytearray(json.dumps(said).encode()))


NUDGES = {
    "forest": nudge_forest,
    "logistic": lambda m: m.coef_.__setitem__((0, 0), np.nextafter(m.coef_[0, 0], 9)),
    "pipeline": lambda m: m[0].mean_.__iadd__(1e-12),
    "texts": nudge_words,
    "boosting": nudge_boosting,
    "xgb": nudge_xgb,
    "neighbours": lambda m: m._fit_X.__iadd__(1e-9),
    "line": lambda m: setattr(m, "bias", m.bias + 1e-9),
    "plain": lambda m: m["w"].__setitem__(1, 1.25),
}


@pytest.mark.parametrize("name", NUDGES)
def test_one_weight_changes_both(name):
    model = MAKERS[name]()
    before = both(model)
    NUDGES[name](model)
    after = both(model)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_forest_learned_the_same_whatever_one_tree_was_asked_for():
    model, other = forest(), forest()
    other.estimators_[3].set_params(max_depth=99)
    assert both(other)[0] != both(model)[0]
    assert both(other)[1] == both(model)[1]


@pytest.mark.parametrize("field", ["threshold", "impurity"])
def test_a_node_of_any_tree_of_a_forest_counts(field):
    model = forest()
    before = both(model)
    grown = model.estimators_[7].tree_
    getattr(grown, field)[0] += 1e-9
    assert both(model)[0] != before[0]
    assert (both(model)[1] != before[1]) == (field == "threshold")


ELSEWHERE = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("test_identities", sys.argv[1])
here = importlib.util.module_from_spec(spec)
sys.modules["test_identities"] = here
spec.loader.exec_module(here)
here.Line.__module__ = sys.argv[2]
print(json.dumps({name: here.both(make()) for name, make in here.MAKERS.items()}))
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_in_another_process_under_another_hash_seed_it_is_the_same(seed):
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, __file__, Line.__module__],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {name: both(make()) for name, make in MAKERS.items()}


@every
def test_asked_for_at_once_both_are_the_same(name):
    model = MAKERS[name]()
    assert fingerprints_of(model) == (weights_fp_of(model), object_fp_of(model))


def test_a_log_of_records_may_be_empty_and_hold_objects():
    empty = np.empty(0, dtype=[("a", "f8"), ("b", "i8")])
    mixed = np.array([(1.0, "x")], dtype=[("a", "f8"), ("b", "O")])
    found = [both({"w": np.ones(2), "log": log}) for log in (empty, mixed, mixed.copy())]
    assert all(one is not None for pair in found for one in pair)
    assert found[1] == found[2] != found[0]


def test_a_tensor_whose_numbers_are_not_gone_through_is_told():
    import torch

    for odd in (torch.eye(3).to_sparse(), torch.ones(3, device="meta")):
        weights, whole = fingerprints_of({"w": odd})
        assert weights.digest is None
        assert "sparse" in weights.why
        assert "sparse" in whole.why
    turned = torch.tensor([1 + 2j]).conj()
    assert both({"w": turned}) == both({"w": turned.resolve_conj()})


def test_numbers_of_numpy_are_numbers():
    assert both({"C": np.int64(3), "w": np.float64(0.5)}) == both({"C": 3, "w": 0.5})


def test_one_nan_is_like_another_and_the_byte_order_is_none_of_its_business():
    odd = np.array([0x7FF8000000000001], "u8").view("f8")
    assert both({"w": odd}) == both({"w": np.array([np.nan])})
    assert both({"w": np.array([1.5], ">f8")}) == both({"w": np.array([1.5], "<f8")})
    assert both({"w": np.asfortranarray(X)}) == both({"w": X})


def test_what_is_shared_counts_as_what_is_copied():
    part = np.arange(3.0)
    assert both([part, part]) == both([part, part.copy()])


def test_pieces_do_not_run_into_each_other():
    assert object_fp_of(["ab", "c"]) != object_fp_of(["a", "bc"])
    assert object_fp_of([[1], [2]]) != object_fp_of([[1, 2], []])
    assert object_fp_of([1]) != object_fp_of((1,))
    assert object_fp_of([1]) != object_fp_of([True])


def test_a_model_that_holds_itself_has_an_identity():
    one, other = [1.0], [1.0]
    one.append(one)
    other.append(other)
    assert both(one) == both(other)
    assert fingerprints_of(one) == (weights_fp_of(one), object_fp_of(one))
    other[0] = 2.0
    assert object_fp_of(one) != object_fp_of(other)


class Holder:
    def __init__(self, held):
        self.w = np.ones(2)
        self.held = held


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (lambda x: x, "made on the spot"),
        (threading.Lock(), "lock"),
        (Path(os.devnull).open(), "hidden"),  # noqa: SIM115
        ((n for n in range(3)), "generator"),
        (object(), "builtins.object"),
    ],
    ids=["lambda", "lock", "file", "generator", "object"],
)
def test_what_cannot_be_told_has_no_identity_but_a_reason(held, said):
    found = object_fp_of(Holder(held))
    assert found.digest is None
    assert said in found.why


def test_a_list_nested_too_deep_has_a_reason():
    deep = [1.0]
    for _ in range(100_000):
        deep = [deep]
    assert "too deep" in object_fp_of(deep).why
    assert "too deep" in weights_fp_of(deep).why


def test_what_learned_nothing_has_no_weights():
    assert weights_fp_of(LogisticRegression()).digest is None
    assert "nothing learned" in weights_fp_of(LogisticRegression()).why


def test_another_label_is_another_model():
    flipped = Y.copy()
    flipped[0] = 1 - flipped[0]
    one, other = logistic(), LogisticRegression().fit(X, flipped)
    assert weights_fp_of(one) != weights_fp_of(other)


def test_the_algorithm_is_named_and_stays_the_same():
    assert FP_ALGO == "tb-fp/2"
    model = {"w": np.arange(6.0).reshape(2, 3), "names": ["a", "b"], "bias": 0.5}
    assert [one.digest[:12] for one in fingerprints_of(model)] == [
        "c6b427cecb4c",
        "28cce4ab4a29",
    ]
