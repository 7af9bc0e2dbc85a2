"""Every flavour keeps its models safely, and gives them back as they were."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import catboost
import lightgbm
import numpy as np
import onnx
import pandas as pd
import pytest
import xgboost
from onnx import TensorProto, helper
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from trackbook.errors import NotFound, Refused
from trackbook.fingerprint import object_fp_of, weights_fp_of
from trackbook.packages import Contents, flavour_graph, flavour_of, load, probed, write

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 3)).astype("f4")
Y = (X[:, 0] > 0).astype(int)
WORDS = [f"{'good' if y else 'bad'} word{n % 9}" for n, y in enumerate(Y)]
TABLE = pd.DataFrame(X, columns=["a", "b", "c"])


def graph():
    weights = helper.make_tensor(
        "w", TensorProto.FLOAT, [3, 2], np.arange(6, dtype="f4").tobytes(), raw=True
    )
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("MatMul", ["x", "w"], ["y"])],
            "line",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2])],
            [weights],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )


def boosted(**given):
    return xgboost.train({"max_depth": 2, **given}, xgboost.DMatrix(TABLE, Y), 4)


MODELS = {
    "sklearn": (lambda: LogisticRegression().fit(TABLE, Y), TABLE, "sklearn"),
    "texts": (
        lambda: make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(WORDS, Y),
        WORDS,
        "sklearn",
    ),
    "boosting": (lambda: HistGradientBoostingRegressor(max_iter=5, random_state=0).fit(X, X[:, 1]), X, "sklearn"),
    "neighbours": (lambda: KNeighborsClassifier(algorithm="ball_tree").fit(X, Y), X, "sklearn"),
    "search": (lambda: GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=3).fit(X, Y), X, "sklearn"),
    "scaler": (lambda: StandardScaler().fit(X), X, "sklearn"),
    "xgboost in a pipeline": (
        lambda: make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=3)).fit(X, Y),
        X,
        "sklearn",
    ),
    "lightgbm estimator": (
        lambda: lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(TABLE, Y), TABLE, "sklearn",
    ),
    "xgboost estimator": (
        lambda: xgboost.XGBClassifier(n_estimators=5, max_depth=2).fit(TABLE, Y), TABLE, "xgboost",
    ),
    "xgboost": (boosted, TABLE, "xgboost"),
    "lightgbm": (
        lambda: lightgbm.train({"verbose": -1}, lightgbm.Dataset(TABLE, Y), 3), TABLE, "lightgbm",
    ),
    "catboost": (
        lambda: catboost.CatBoostClassifier(
            iterations=3, verbose=False, thread_count=1, allow_writing_files=False
        ).fit(TABLE, Y),
        TABLE,
        "catboost",
    ),
    "onnx": (graph, X, "onnx"),
}  # fmt: skip
every = pytest.mark.parametrize("name", MODELS)


def written(name, folder, **given):
    make, rows, _ = MODELS[name]
    model = make()
    return model, write(model, folder, example=rows, **given)


@every
def test_a_model_comes_back_and_predicts_the_same(name, tmp_path):
    _, package = written(name, tmp_path)
    assert package.flavour == MODELS[name][2]
    assert not package.is_unsafe
    assert package.probe_count == 80
    loaded = load(package.folder, package.package_digest)
    found = probed(package.folder, package.package_digest, loaded)
    assert found.holds, found.words


@pytest.mark.parametrize("name", [name for name in MODELS if name != "onnx"])
def test_a_model_comes_back_with_its_identities(name, tmp_path):
    model, package = written(name, tmp_path)
    loaded = load(package.folder, package.package_digest)
    assert package.object_fp == object_fp_of(model).digest == object_fp_of(loaded).digest
    assert package.weights_fp == weights_fp_of(loaded).digest
    assert package.weights_fp is not None


@pytest.mark.parametrize("name", [name for name in MODELS if name != "search"])
def test_trained_anew_it_is_the_same_package(name, tmp_path):
    # A search holds how long each fit took, so its bytes are others each time.
    _, one = written(name, tmp_path)
    _, other = written(name, tmp_path)
    assert one.package_digest == other.package_digest


def test_a_models_own_file_is_taken_as_it_is(tmp_path):
    onnx.save(graph(), tmp_path / "a.onnx")
    boosted().save_model(tmp_path / "b.ubj")
    for file, name in (("a.onnx", "onnx"), ("b.ubj", "xgboost")):
        _, package = written(name, tmp_path)
        copied = write(tmp_path / file, tmp_path, example=MODELS[name][1])
        assert copied.weights_fp == package.weights_fp
        kept = next(p for p in (copied.folder / "model").iterdir() if p.suffix == file[1:])
        assert kept.read_bytes() == (tmp_path / file).read_bytes()
        load(copied.folder, copied.package_digest)


def wide(*, labels):
    """A graph whose numbers are too many to be copied, at odd places in its file."""
    rng = np.random.default_rng(0)
    parts = [
        onnx.numpy_helper.from_array(rng.normal(size=shape).astype("f4"), name)
        for name, shape in (("a", (300, 301)), ("b", 301), ("c", (301, 200)))
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["n"]),
        helper.make_node("MatMul", ["n", "c"], ["y"]),
        helper.make_node("ArgMax", ["y"], ["z"], axis=1),
    ]
    outputs = [
        helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 200]),
        helper.make_tensor_value_info("z", TensorProto.INT64, [None, 1]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 300])]
    return helper.make_model(
        helper.make_graph(
            nodes[: 3 + labels], "wide", inputs, outputs[: 1 + labels], parts
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )


@pytest.mark.parametrize("folder", [None, "session.of_a_release_that_knows_it_not"])
@pytest.mark.parametrize("labels", [True, False])
def test_a_large_onnx_model_is_the_same_from_memory_and_file(
    labels, folder, tmp_path, monkeypatch
):
    if folder:
        monkeypatch.setattr(flavour_graph, "FOLDER_OF_NUMBERS", folder)
    rows = np.random.default_rng(1).normal(size=(100, 300)).astype("f4")
    model = wide(labels=labels)
    onnx.save(model, tmp_path / "a.onnx")
    package = write(model, tmp_path, example=rows)
    copied = write(tmp_path / "a.onnx", tmp_path, example=rows)
    assert copied.weights_fp == package.weights_fp == weights_fp_of(model).digest
    assert copied.object_fp == package.object_fp == object_fp_of(model).digest
    for one in (package, copied):
        session = load(one.folder, one.package_digest)
        found = probed(one.folder, one.package_digest, session)
        assert found.holds
        assert found.largest == 0 or not labels


def test_an_onnx_file_that_reaches_outside_is_refused(tmp_path):
    model = graph()
    onnx.save(model, tmp_path / "a.onnx", save_as_external_data=True, size_threshold=0)
    outside = onnx.load(tmp_path / "a.onnx", load_external_data=False)
    for given in (outside, tmp_path / "a.onnx"):
        with pytest.raises(Refused, match="lie in other files"):
            write(given, tmp_path)


def test_a_function_of_the_users_is_not_kept_by_a_safe_format(tmp_path):
    for function in (lambda x: x, secret):
        model = make_pipeline(FunctionTransformer(function), LogisticRegression()).fit(X, Y)
        with pytest.raises(Refused, match=r"unsafe_pickle=True|not known to be safe"):
            write(model, tmp_path)
    package = write(model, tmp_path, unsafe_pickle=True, example=X)
    assert package.flavour == "pickle"


def secret(x):
    return x


def test_a_param_that_is_a_function_is_refused_by_name(tmp_path):
    model = xgboost.XGBRegressor(n_estimators=2, objective=lambda y, p: (p - y, y * 0 + 1))
    with pytest.raises(Refused, match="objective"):
        write(model.fit(X, Y), tmp_path)


def test_an_unknown_flavour_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(NotFound, match="did you mean 'sklearn'"):
        write(LogisticRegression().fit(X, Y), tmp_path, flavour="sklern")


def test_no_library_is_imported_to_tell_a_flavour():
    code = (
        "import sys\nfrom trackbook.packages import flavour_of\n"
        "from trackbook.errors import Refused\n"
        "try:\n    flavour_of({})\nexcept Refused:\n    pass\n"
        "heavy = {'sklearn', 'torch', 'xgboost', 'lightgbm', 'catboost', 'onnx', 'skops', 'pandas', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


OWN = """
import json
import pathlib
import own_loader

class Net:
    def __init__(self, w):
        self.w = w
    def predict(self, rows):
        return [r * self.w for r in rows]

class NetFlavour:
    name = "own"
    is_unsafe = False
    file = "net.json"
    needs = ()
    tolerance = 1e-9
    loader = own_loader
    def knows(self, model):
        return type(model).__name__ == "Net"
    def save(self, model, folder):
        (folder / self.file).write_text(json.dumps(model.w))
"""
LOADER = """
import json
import os

def load(folder):
    from own_net import Net
    with open(os.path.join(folder, "net.json")) as file:
        return Net(json.load(file))

def predict(model, rows):
    return model.predict(rows)

def scores(model, rows):
    return None
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A distribution with a flavour of its own."""
    about = tmp_path / "site" / "own-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[trackbook.flavours]\nown = own_net:NetFlavour\n"
    )
    (tmp_path / "site" / "own_net.py").write_text(textwrap.dedent(OWN))
    (tmp_path / "site" / "own_loader.py").write_text(textwrap.dedent(LOADER))
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield
    for name in ("own_net", "own_loader"):
        sys.modules.pop(name, None)


def test_a_flavour_of_ones_own_is_found_by_its_entry_point(installed, tmp_path):
    import own_net

    model = own_net.Net(2.5)
    assert flavour_of(model).name == "own"
    package = write(model, tmp_path, probes=[1.0, 2.0], contents=Contents(name="own"))
    assert load(package.folder, package.package_digest).w == 2.5
    assert json.loads((package.folder / "model" / "net.json").read_text()) == 2.5
    assert "own_net" in (package.folder / "code" / "load_model.py").read_text()
