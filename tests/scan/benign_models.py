"""Real models and files, as people keep them: none of them may raise an alarm."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from functools import cache

import joblib
import numpy as np
import pandas as pd
import skops.io
import xgboost
from scan_bytecode import MARK, field, gguf, named, node, onnx, safetensors, text
from scan_bytecode import pickled as pickled_by_hand
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

X, Y = make_classification(120, 6, random_state=0)
FRAME = pd.DataFrame(X, columns=list("abcdef")).assign(city=np.where(Y, "Bonn", "Wien"))
TEXTS = ["good wine and bread", "bad wine no bread"] * 20


def pipeline():
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    parts = [("n", numbers, list("abc")), ("c", OneHotEncoder(), ["city"])]
    return make_pipeline(ColumnTransformer(parts), LogisticRegression()).fit(FRAME, Y)


def stack():
    inner = [("f", RandomForestClassifier(3)), ("l", LogisticRegression())]
    return StackingClassifier(inner, cv=3).fit(X, Y)


MODELS = {
    "forest": lambda: RandomForestClassifier(20).fit(X, Y),
    "pipeline": pipeline,
    "boosting": lambda: GradientBoostingClassifier(n_estimators=5).fit(X, Y),
    "histogram_boosting": lambda: HistGradientBoostingRegressor(max_iter=5).fit(X, Y),
    "search": lambda: GridSearchCV(SVC(), {"C": [1, 9]}, scoring="f1", cv=KFold(3)).fit(
        X, Y
    ),
    "texts": lambda: make_pipeline(TfidfVectorizer(), SGDClassifier()).fit(
        TEXTS, [0, 1] * 20
    ),
    "neighbours": lambda: KNeighborsClassifier(algorithm="kd_tree").fit(X, Y),
    "gaussian": lambda: GaussianProcessRegressor(RBF() + WhiteKernel()).fit(X[:40], Y[:40]),
    "logarithm": lambda: make_pipeline(FunctionTransformer(np.log1p), Ridge()).fit(
        abs(X), Y
    ),
    "vote": lambda: VotingClassifier([("a", LogisticRegression())]).fit(X, Y),
    "stack": stack,
    "outliers": lambda: IsolationForest(n_estimators=5).fit(X),
    "neurons": lambda: MLPClassifier((4,), max_iter=900, tol=0.1).fit(X, Y),
    "xgboost": lambda: xgboost.XGBClassifier(n_estimators=3).fit(X, Y),
}


@cache
def model(name):
    return MODELS[name]()


def pickled(model, file):
    file.write_bytes(pickle.dumps(model))


def pickled_in_protocol_2(model, file):
    file.write_bytes(pickle.dumps(model, 2))


def with_joblib(model, file):
    joblib.dump(model, file)


def with_joblib_packed(model, file):
    joblib.dump(model, file, compress=3)


def with_skops(model, file):
    skops.io.dump(model, file)


WAYS = {
    pickled: "model.pkl", pickled_in_protocol_2: "model.pickle", with_joblib: "model.joblib",
    with_joblib_packed: "model.joblib", with_skops: "model.skops",
}  # fmt: skip


def booster(ending):
    def write(file):
        model("xgboost").get_booster().save_model(file.with_suffix(ending))

    return write


ROWS = [
    np.zeros(3, [("a", "f8"), ("b", "i4", (2,)), ("c", "U5")]),
    np.zeros(2, np.dtype([("a", "u1"), ("b", "f8")], align=True)),
    np.zeros(2, [("a", "f8"), ("b", "O"), ("c", [("d", "M8[ns]")], (2, 2))]),
    np.array(["2020-01-01"], "M8[ms]"), np.zeros(2, "V7"), np.zeros(2, ">c16"), np.zeros(1, "?"),
    np.array([b"ab"]), np.zeros(2, "m8[D]"), np.float16(1), np.longdouble(2), np.str_("x"),
]  # fmt: skip


def npz(file):
    kinds = {
        "a": X,
        "b": Y,
        "texts": np.array(["x", "yy"]),
        "days": np.array(["2020"], "M8[D]"),
    }
    np.savez_compressed(file, rows=np.zeros(3, [("a", "f8"), ("b", "i4", (2,))]), **kinds)


def tensors(file):
    header = {
        "__metadata__": {"format": "np"},
        "w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "b": {"dtype": "F64", "shape": [], "data_offsets": [24, 32]},
    }
    file.write_bytes(safetensors(json.dumps(header).ljust(200), bytes(32)))


FUNCTION = field(25, field(1, "F") + field(10, "mine") + field(7, node("Relu")))


def torch_archive():
    """Write a tensor as torch.save does it: a pickle with references, and its numbers beside it."""
    storage = (
        MARK + text("storage") + named("torch", "FloatStorage") + text("0") + text("cpu")
    )
    tensor = (
        named("torch._utils", "_rebuild_tensor_v2") + MARK + storage + b"K\x04tQ" + b"K\x00"
        + b"K\x04\x85K\x01\x85\x89" + named("collections", "OrderedDict") + b")RtR"
    )  # fmt: skip
    state = named("collections", "OrderedDict") + b")R" + MARK + text("w") + tensor + b"u"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/data.pkl", pickled_by_hand(state))
        archive.writestr("model/byteorder", "little")
        archive.writestr("model/data/0", bytes(16))
        archive.writestr("model/version", "3\n")
    return file.getvalue()


CHAT = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] }}{% endfor %}{{ eos_token }}"
KERAS = {"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": [
    {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1, "kernel_initializer":
        {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {}}}}]}}  # fmt: skip
FILES = {
    "booster.json": booster(".json"),
    "booster.ubj": booster(".ubj"),
    "weights.npz": npz,
    "weights.npy": lambda file: np.save(file, np.asfortranarray(X)),
    "weights.safetensors": tensors,
    "objects.joblib": lambda file: joblib.dump({"a": np.array([None, "x", 1.5], object)}, file),
    "rows.pkl": lambda file: file.write_bytes(pickle.dumps(ROWS)),
    "rows.joblib": lambda file: joblib.dump(ROWS, file),
    "frame.pkl": lambda file: FRAME.to_pickle(file),
    "frame.joblib": lambda file: joblib.dump(FRAME, file),
    "frame.parquet": lambda file: FRAME.to_parquet(file),
    "frame.csv": lambda file: FRAME.to_csv(file),
    "dice.pkl": lambda file: file.write_bytes(pickle.dumps(np.random.default_rng(1))),
    "net.onnx": lambda file: file.write_bytes(onnx(node("Gemm"), node("Scaler", "ai.onnx.ml"))),
    "own.onnx": lambda file: file.write_bytes(onnx(node("F", "mine"), functions=FUNCTION)),
    "torch.pt": lambda file: file.write_bytes(torch_archive()),
    "chat.gguf": lambda file: file.write_bytes(gguf(("tokenizer.chat_template", CHAT))),
    "tokenizer_config.json": lambda file: file.write_text(json.dumps({"chat_template": CHAT})),
    "config.json": lambda file: file.write_text(json.dumps(KERAS)),
    "requirements.txt": lambda file: file.write_text("catboost==1.2\ncython\nnumpy==2.1\n"),
    "CARD.md": lambda file: file.write_text("# Churn\n\nAsk Ann for the password: she has it.\n"),
    "train.py": lambda file: file.write_text("#!/usr/bin/env python\nimport os\nKEY = 'price'\n"),
    "conda.yaml": lambda file: file.write_text("name: x\ndependencies: [python=3.12]\n"),
    "lineage.openlineage.jsonl": lambda file: file.write_text('{"a": 1}\n{"a": 2}\n'),
    "bom.cdx.json": lambda file: file.write_text('{"bomFormat": "CycloneDX"}'),
    "Dockerfile": lambda file: file.write_text("FROM python:3.12\nRUN pip install numpy\n"),
    "MLmodel": lambda file: file.write_text("flavors: {sklearn: {pickled_model: model.skops}}\n"),
    "empty.txt": lambda file: file.write_text(""),
}  # fmt: skip
