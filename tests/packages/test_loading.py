"""A package is loaded after it was verified and scanned; and without trackbook at all."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from trackbook.errors import Refused
from trackbook.packages import Contents, load, probed, verify, write
from trackbook.packages import loading as room

ALONE = """
import sys
sys.modules["trackbook"] = None  # importing it fails
sys.path.insert(0, sys.argv[1] + "/code")
import json, pandas as pd
from predict import load, predict
rows = pd.read_json(sys.argv[2], orient="split")
model = load()
print(json.dumps([predict(rows).tolist(), predict(rows, model).tolist()]))
"""
WITH_MLFLOW = """
import sys
sys.modules["trackbook"] = None
import json, pandas as pd, mlflow.pyfunc
rows = pd.read_json(sys.argv[-1], orient="split")
found = []
for package in sys.argv[1:-1]:
    model = mlflow.pyfunc.load_model(package)
    refused = ""
    try:
        model.predict(rows.drop(columns="town"))
    except Exception as error:
        refused = str(error)
    example = model.input_example
    found.append([model.predict(rows).tolist(), refused, len(example)])
print(json.dumps(found))
"""


def told_by(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def rows(people, tmp_path):
    file = tmp_path / "rows.json"
    people.to_json(file, orient="split")
    return file


def test_a_loaded_model_predicts_the_same(package, model, people):
    loaded = load(package.folder, package.package_digest)
    assert (loaded.predict(people) == model.predict(people)).all()
    assert probed(package.folder, package.package_digest, loaded).holds


def test_it_is_scanned_after_it_was_verified_and_before_it_is_loaded(package, monkeypatch):
    order = []
    monkeypatch.setattr(room, "verify", lambda *a: order.append("verified") or verify(*a))

    def scan(folder):
        order.append("scanned")
        assert folder == package.folder
        return SimpleNamespace(is_safe=True, findings=[])

    loaded = load(package.folder, package.package_digest, scan=scan)
    assert order[:2] == ["verified", "scanned"]
    assert loaded is not None


def test_what_a_scan_finds_is_not_loaded(package, monkeypatch):
    monkeypatch.setattr(room, "flavour_named", lambda _: pytest.fail("it was loaded"))
    found = SimpleNamespace(
        is_safe=False, findings=[SimpleNamespace(words="os.system in it")]
    )
    with pytest.raises(Refused, match=r"os\.system in it"):
        load(package.folder, package.package_digest, scan=lambda _: found)


class Bomb:
    def __reduce__(self):
        return (os.mkdir, (os.environ["BOMB"],))


def test_a_pickle_is_written_and_loaded_only_by_an_explicit_word(tmp_path, monkeypatch):
    monkeypatch.setenv("BOMB", str(tmp_path / "boom"))
    with pytest.raises(Refused, match="unsafe_pickle=True"):
        write(Bomb(), tmp_path)
    with pytest.raises(Refused, match="executes code on loading"):
        write(Bomb(), tmp_path, flavour="pickle")
    package = write(Bomb(), tmp_path, unsafe_pickle=True)
    assert package.is_unsafe
    said = json.loads((package.folder / "model/metadata.json").read_text())
    assert said["is_unsafe"] is True
    with pytest.raises(Refused, match="is a pickle"):
        load(package.folder, package.package_digest)
    assert not (tmp_path / "boom").exists()
    load(package.folder, package.package_digest, unsafe_pickle=True)
    assert (tmp_path / "boom").exists()


def test_a_pickle_in_the_clothes_of_a_safe_format_is_not_loaded(
    tmp_path, monkeypatch, model
):
    monkeypatch.setenv("BOMB", str(tmp_path / "boom"))
    file = tmp_path / "model.skops"
    file.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(Exception, match="zip"):
        write(file, tmp_path)
    assert not (tmp_path / "boom").exists()


def test_a_package_says_nothing_about_whom_to_trust(tmp_path):
    """A skops file that names types which are not on our list is refused, whoever wrote it."""
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    file = tmp_path / "model.skops"
    skops.io.dump({"x": Stranger()}, file)
    with pytest.raises(UntrustedTypesFoundException, match="Stranger"):
        write(file, tmp_path)


class Stranger:
    def __init__(self):
        self.w = 1.0


def test_it_works_with_plain_python(package, model, people, rows):
    found = told_by(ALONE, package.folder, rows)
    assert found == [model.predict(people).tolist()] * 2
    verify(package.folder, package.package_digest)  # running there has added nothing


def test_what_the_model_does_not_need_is_not_imported(package, rows):
    code = (
        ALONE + 'print(json.dumps(sorted({"torch", "dask", "keras"} & set(sys.modules))))'
    )
    assert told_by(code, package.folder, rows) == []


def test_it_works_as_a_program(package, model, people, tmp_path):
    file = tmp_path / "objects.json"
    people.to_json(file, orient="records")
    done = subprocess.run(
        [sys.executable, package.folder / "code" / "predict.py", file],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == model.predict(people).tolist()


def test_mlflow_loads_it_and_keeps_to_the_signature(package, model, people, rows, makers):
    other_model = makers.fitted(trees=3, seed=5)
    other = write(other_model, package.folder.parents[2], example=people)
    found = told_by(WITH_MLFLOW, package.folder, other.folder, rows)
    assert found[0][0] == model.predict(people).tolist()
    assert found[1][0] == other_model.predict(people).tolist()
    assert "town" in found[0][1]
    assert found[0][2] == 5
    for one in (package, other):
        verify(one.folder, one.package_digest)


def test_mlflow_loads_arrays_and_boosters(tmp_path):
    import xgboost

    rng = np.random.default_rng(0)
    features = rng.normal(size=(80, 3))
    model = xgboost.XGBRegressor(n_estimators=5).fit(features, features[:, 0])
    package = write(model, tmp_path, example=features)
    code = (
        "import sys, json, numpy as np, mlflow.pyfunc\n"
        "model = mlflow.pyfunc.load_model(sys.argv[1])\n"
        "print(json.dumps(model.predict(np.load(sys.argv[2])).tolist()))"
    )
    np.save(tmp_path / "rows.npy", features)
    found = told_by(code, package.folder, tmp_path / "rows.npy")
    assert found == model.predict(features).tolist()


def test_code_that_the_model_needs_goes_along_with_a_pickle(tmp_path):
    module = tmp_path / "own_town_model.py"
    text = (
        "class Town:\n    def predict(self, rows):\n        return [len(r) for r in rows]\n"
    )
    module.write_text(text)
    sys.path.insert(0, str(tmp_path))
    try:
        from own_town_model import Town

        package = write(
            Town(),
            tmp_path,
            unsafe_pickle=True,
            example=["Ulm", "Bonn"],
            contents=Contents(code={"own_town_model.py": text}),
        )
    finally:
        sys.path.remove(str(tmp_path))
        del sys.modules["own_town_model"]
    module.unlink()
    loaded = load(package.folder, package.package_digest, unsafe_pickle=True)
    assert loaded.predict(["Köln"]) == [4]
    assert package.probe_count == 2
