"""What registering a model costs, against hashing and copying the same bytes.

Goal: at most 1.5 times a plain program that reads the model's file once, hashes it with
SHA-256, writes a copy and makes it safe (fsync). A model of 100 MB: an ONNX file as it is,
the same graph as an object in memory, and a linear scikit-learn model by skops; the
latter two against the bytes that were kept, so that what the library itself takes to write
them counts as ours. Each package has its signature, its identities and 256 pinned predictions.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import machine, told

ROUNDS = 5
COLUMNS = 2_000


def main() -> None:
    choice = told(__doc__, megabytes=0)
    size = (choice.megabytes or (4 if choice.smoke else 100)) * 1_000_000
    rounds = 1 if choice.smoke else ROUNDS
    print(machine())
    home = Path(tempfile.mkdtemp(prefix="register-", dir="."))
    try:
        for name, make in MODELS.items():
            model, rows = make(size, home)
            ours, plain, stored, kept = measured(model, rows, home, rounds)
            print(
                f"{name}, {kept / 1e6:.0f} MB: registered in {ours:.2f} s; hashed and copied in"
                f" {plain:.2f} s; ratio {ours / plain:.2f} (goal 1.5); its library alone"
                f" {stored:.2f} s"
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measured(model, rows, home: Path, rounds: int) -> tuple[float, float, float, int]:
    """Return medians of seconds for a package, for a plain copy, and for the library's file."""
    from trackbook.packages import Contents, flavour_of, write

    ours, plain, stored = [], [], []
    for n in range(rounds + 1):  # the first one imports
        folder = home / f"round{n}"
        begun = time.perf_counter()
        package = write(model, folder, example=rows[:5], probes=rows, contents=Contents())
        ours.append(time.perf_counter() - begun)
        (file,) = (p for p in (package.folder / "model").iterdir() if p.stem == "model")
        begun = time.perf_counter()
        copied(file, folder / "plain")
        plain.append(time.perf_counter() - begun)
        (folder / "alone").mkdir()
        begun = time.perf_counter()
        if not isinstance(model, Path):
            flavour_of(model).save(model, folder / "alone")
        stored.append(time.perf_counter() - begun)
        kept = file.stat().st_size
        shutil.rmtree(folder)
    first = 0 if rounds == 1 else 1
    return *(statistics.median(one[first:]) for one in (ours, plain, stored)), kept


def copied(source: Path, target: Path) -> str:
    """Hash a file and copy it, reading it once."""
    found = hashlib.sha256()
    with source.open("rb") as origin, target.open("wb") as copy:
        while chunk := origin.read(1 << 20):
            found.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return found.hexdigest()


def onnx_graph(size: int, _home: Path):
    from onnx import TensorProto, helper

    rng = np.random.default_rng(0)
    width = size // 4 // COLUMNS
    weights = rng.normal(size=(COLUMNS, width)).astype("f4")
    tensor = helper.make_tensor(
        "w", TensorProto.FLOAT, weights.shape, weights.tobytes(), raw=True
    )
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["h"]),
            helper.make_node("ReduceMean", ["h"], ["y"], axes=[1]),
        ],
        "one layer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, COLUMNS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [tensor],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9
    )
    return model, rng.normal(size=(256, COLUMNS)).astype("f4")


def onnx_file(size: int, home: Path):
    import onnx

    model, rows = onnx_graph(size, home)
    onnx.save(model, home / "model.onnx")
    return home / "model.onnx", rows


def linear(size: int, _home: Path):
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(0)
    model = LinearRegression()
    model.coef_ = rng.normal(size=(size // 8 // COLUMNS, COLUMNS))
    model.intercept_ = np.zeros(len(model.coef_))
    model.n_features_in_ = COLUMNS
    return model, rng.normal(size=(256, COLUMNS))


MODELS = {
    "ONNX file": onnx_file,
    "ONNX graph": onnx_graph,
    "scikit-learn, linear": linear,
}


if __name__ == "__main__":
    main()
