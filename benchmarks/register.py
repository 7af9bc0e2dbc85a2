"""What registering a model costs, against hashing and copying the same bytes.

Goal: at most 1.5 times a plain program that reads the model's files once, hashes them with
SHA-256, writes copies and makes these safe (fsync). Told are medians of rounds and their ratio,
which the goal is for; beside it the ratio of the fastest rounds, which tells whether the machine
had a hand in it (see `WARM_BYTES`). Said for each kind of model: packing, which is all that
happens to bytes (written, read back, compared and hashed, kept once, listed, made
safe, verified, renamed); a package with both identities of the model; and one with its
signature and pinned predictions too, for which the model is asked, loaded as it was written,
and asked again (32 rows at this size, for small models 256). A model of 100 MB: an ONNX file as
it is, the same graph as an object in memory, a torch module, and by skops a linear
scikit-learn model and a forest. Of the last two it is said how long their own library takes
to dump, load and ask them. Arrays are read back where they lie in the file; the trees of a
forest, which lie beside it as two arrays, are made anew of them, one after the other.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from machine import machine, told

ROUNDS = 9
"""After one that does not count: it pays for what is used for the first time."""
ZEROS = bytes(1 << 20)
WARM_BYTES = 800 << 20
"""Written to a file and given back before each way, the reference too, so that all find memory
that was in use a moment ago. A virtual machine may have handed its free memory back to its host,
and then whoever uses it next waits: 0.22 s for 100 MB, nearly twice the reference. Which way met
that was told by what had run before it, not by what it does: without this, an ONNX graph in
memory, which needs 100 MB more than the reference, had medians of 1.3 to 2.6."""
COLUMNS = 2_000
TREE_BYTES = 413_000
"""Of each tree of the forest."""


def main() -> None:
    choice = told(__doc__, megabytes=0)
    size = (choice.megabytes or (4 if choice.smoke else 100)) * 1_000_000
    rounds = 1 if choice.smoke else ROUNDS
    print(machine())
    home = Path(tempfile.mkdtemp(prefix="register-", dir="."))
    try:
        for name, make in MODELS.items():
            model, rows = make(size, home)
            seconds = measured(model, rows, home, rounds)
            plain = seconds.pop("plain")
            said = ", ".join(
                f"{what} {median(took):.2f} s ({median(took) / median(plain):.2f} x; fastest"
                f" {min(took) / min(plain):.2f} x)"
                for what, took in seconds.items()
            )
            print(
                f"{name}, {size / 1e6:.0f} MB: hashed and copied in {median(plain):.2f} s;"
                f" {said}; the goal is 1.5 x"
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measured(model, rows, home: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each way, taken in turns."""
    from trackbook.packages import Contents, write

    home = home / "rounds"
    files = model_files(write(model, home, contents=Contents()).folder, home)
    ways = {
        "plain": lambda folder: [copied(file, folder / file.name) for file in files],
        "packing": lambda folder: packed(files, folder),
        "with identities": lambda folder: write(model, folder),
        "with predictions": lambda folder: write(model, folder, example=rows),
    } | own_ways(model, rows)
    taken = {name: [] for name in ways}
    for n in range(rounds + (rounds > 1)):
        for name, way in ways.items():
            folder = home / f"{n}-{name}"
            folder.mkdir()
            if rounds > 1:
                warm(folder / "warm")
            begun = time.perf_counter()
            way(folder)
            taken[name].append(time.perf_counter() - begun)
            shutil.rmtree(folder)
    shutil.rmtree(home)
    return {name: seconds[-rounds:] for name, seconds in taken.items()}


def warm(file: Path) -> None:
    """Use memory for a file, and give it back."""
    with file.open("wb", buffering=0) as target:
        for _ in range(WARM_BYTES // len(ZEROS)):
            target.write(ZEROS)
    file.unlink()


def own_ways(model, rows) -> dict:
    """Return what scikit-learn's and skops' own code does of it, if the model is theirs."""
    if not hasattr(model, "predict"):
        return {}
    import skops.io

    def alone(folder: Path) -> None:
        skops.io.dump(model, folder / "m.skops")
        few = rows[:32]
        model.predict(few)
        loaded = skops.io.load(folder / "m.skops", trusted=["sklearn.tree._tree.Tree"])
        loaded.predict(few)

    return {"scikit-learn and skops alone": alone}


def model_files(package: Path, home: Path) -> list[Path]:
    """Return copies of the files that hold the model, as they were kept."""
    kept = [file for file in (package / "model").iterdir() if file.name != "metadata.json"]
    return [Path(shutil.copy(file, home / file.name)) for file in kept]


def packed(files: list[Path], folder: Path) -> None:
    """Make a package of a model's files, and nothing else."""
    from trackbook.packages import Shelf

    with Shelf(folder).draft() as draft:
        for file in files:
            draft.copy(f"model/{file.name}", file)
        draft.publish()


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


def torch_net(size: int, _home: Path):
    import torch

    torch.manual_seed(0)
    width = int((size / 4 / 3) ** 0.5)
    layers = [torch.nn.Linear(width, width) for _ in range(3)]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], layers[2])
    return model, np.random.default_rng(0).normal(size=(256, width)).astype("f4")


def forest(size: int, _home: Path):
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20_000, 20))
    labels = (rows[:, 0] + rng.normal(size=len(rows)) > 0).astype(int)
    trees = max(1, size // TREE_BYTES)
    model = RandomForestClassifier(trees, n_jobs=-1, random_state=0).fit(rows, labels)
    return model.set_params(n_jobs=None), rows[:256]


MODELS = {
    "ONNX file": onnx_file,
    "ONNX graph": onnx_graph,
    "scikit-learn, linear": linear,
    "torch": torch_net,
    "scikit-learn, forest": forest,
}


if __name__ == "__main__":
    main()
