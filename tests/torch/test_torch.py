"""torch modules are kept as numbers and a description, and never as pickles."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import torch
from torch import nn
from trackbook.fingerprint import object_fp_of, weights_fp_of
from trackbook.packages import Contents, load, probed, write

X = np.random.default_rng(0).normal(size=(70, 4)).astype("f4")
PICTURES = np.random.default_rng(0).normal(size=(70, 1, 8, 8)).astype("f4")
OWN = """
from torch import nn

class Net(nn.Module):
    def __init__(self, width=3):
        super().__init__()
        self.config = {"width": width}
        self.first = nn.Linear(4, width)

    def forward(self, rows):
        return self.first(rows).relu()
"""


def layers():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1),
        nn.Linear(8, 2, bias=False),
    ).eval()  # fmt: skip


def pictures():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2), nn.Flatten(),
        nn.Sequential(nn.Linear(32, 3), nn.Softmax(dim=1)),
    ).eval()  # fmt: skip


@pytest.mark.parametrize(("make", "rows"), [(layers, X), (pictures, PICTURES)])
def test_standard_layers_come_back_as_they_were(make, rows, tmp_path):
    package = write(make(), tmp_path, example=rows)
    loaded = load(package.folder, package.package_digest)
    assert probed(package.folder, package.package_digest, loaded).holds
    assert object_fp_of(loaded).digest == package.object_fp
    assert weights_fp_of(loaded).digest == package.weights_fp
    again = write(make(), tmp_path, example=rows)
    assert again.package_digest == package.package_digest


def test_one_weight_changes_the_identity():
    model = layers()
    before = weights_fp_of(model).digest
    with torch.no_grad():
        model[0].weight[0, 0] += 1e-3
    assert weights_fp_of(model).digest != before


def test_a_class_of_ones_own_is_given_or_comes_with_the_code(tmp_path, monkeypatch):
    (tmp_path / "own_net.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    from own_net import Net

    model = Net(5).eval()
    contents = Contents(code={"own_net.py": OWN})
    package = write(model, tmp_path, example=X, contents=contents)
    with pytest.raises(ValueError, match="build="):
        load(package.folder, package.package_digest)
    loaded = load(package.folder, package.package_digest, build=Net)
    assert probed(package.folder, package.package_digest, loaded).holds
    (tmp_path / "own_net.py").unlink()
    (tmp_path / "rows.json").write_text(json.dumps(X[:3].tolist()))
    done = subprocess.run(
        [sys.executable, package.folder / "code" / "predict.py", tmp_path / "rows.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = model(torch.from_numpy(X[:3])).detach().numpy()
    assert np.allclose(json.loads(done.stdout), expected, rtol=1e-4)
