"""torch modules are kept as numbers and a description, and never as pickles."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

import torch
from torch import nn
from trackbook.errors import Misused
from trackbook.fingerprint import object_fp_of, weights_fp_of
from trackbook.packages import Contents, load, probed, write

X = np.random.default_rng(0).normal(size=(70, 4)).astype("f4")
PICTURES = np.random.default_rng(0).normal(size=(70, 1, 8, 8)).astype("f4")
SERIES = np.random.default_rng(0).normal(size=(70, 5, 4)).astype("f4")
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


def twice():
    again = nn.Linear(4, 4)
    tied = nn.Linear(4, 4, bias=False)
    tied.weight = again.weight
    return nn.Sequential(again, nn.Softsign(), again, tied)


MODELS = {
    "layers": (layers, X),
    "pictures": (pictures, PICTURES),
    "LSTM": (lambda: nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True), SERIES),
    "GRU": (lambda: nn.Sequential(nn.GRU(4, 3, bias=False)), SERIES),
    "RNN": (lambda: nn.RNN(4, 3, nonlinearity="relu"), SERIES),
    "one layer twice": (twice, X),
    "double": (lambda: layers().double(), X.astype("f8")),
    "half": (lambda: layers().to(torch.bfloat16), X),
}


@pytest.mark.parametrize(("make", "rows"), MODELS.values(), ids=MODELS)
def test_standard_layers_come_back_as_they_were(make, rows, tmp_path):
    torch.manual_seed(0)
    model = make().eval()
    package = write(model, tmp_path, example=rows)
    loaded = load(package.folder, package.package_digest)
    assert probed(package.folder, package.package_digest, loaded).holds
    assert len([*loaded.parameters()]) == len([*model.parameters()])
    for name, value in loaded.state_dict().items():
        assert torch.equal(value, model.state_dict()[name])
        assert value.dtype == model.state_dict()[name].dtype
    assert object_fp_of(loaded).digest == package.object_fp
    assert weights_fp_of(loaded).digest == package.weights_fp
    torch.manual_seed(0)
    again = write(make().eval(), tmp_path, example=rows)
    assert again.package_digest == package.package_digest


def test_one_weight_changes_the_identity():
    model = layers()
    before = weights_fp_of(model).digest
    with torch.no_grad():
        model[0].weight[0, 0] += 1e-3
    assert weights_fp_of(model).digest != before


def test_twins_are_known_by_the_file_too_where_they_do_not_stand_in_the_description(
    tmp_path,
):
    from safetensors.torch import save_model

    from trackbook.packages.flavour_torch import Torch

    model = twice().eval()
    Torch().save(model, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    assert config.pop("twins")
    (tmp_path / "config.json").write_text(json.dumps(config))
    save_model(model, str(tmp_path / "model.safetensors"))
    loaded = Torch().loader.load(str(tmp_path))
    assert torch.equal(loaded(torch.from_numpy(X)), model(torch.from_numpy(X)))


class Words(nn.Module):
    """Takes two arrays by their names, and gives several outputs, as language models do."""

    def __init__(self):
        super().__init__()
        self.known, self.out = nn.Embedding(10, 4), nn.Linear(4, 2)

    def forward(self, input_ids, attention_mask):
        states = self.known(input_ids) * attention_mask[..., None]
        return {"loss": None, "logits": self.out(states.mean(1)), "states": (states,)}


def test_several_inputs_are_given_by_name_and_of_several_outputs_the_first_is_pinned(
    tmp_path,
):
    model = Words().eval()
    ids = np.random.default_rng(0).integers(0, 10, (9, 5))
    rows = {"input_ids": ids, "attention_mask": np.ones((9, 5), "f4")}
    package = write(model, tmp_path, example=rows)
    assert package.probe_count == 9
    loaded = load(package.folder, package.package_digest, build=Words)
    assert probed(package.folder, package.package_digest, loaded).holds
    told = json.loads(package.signature)
    assert [one["name"] for one in told["inputs"]] == ["input_ids", "attention_mask"]
    assert told["outputs"][0]["shape"] == [-1, 2]


def test_a_model_that_does_not_take_the_example_is_told_in_one_line_and_nothing_is_kept(
    tmp_path,
):
    with pytest.raises(
        Misused, match=r"this Linear fails on the rows .*RuntimeError: mat1"
    ):
        write(nn.Linear(5, 2), tmp_path, example=X)
    assert not any((tmp_path / "packages").iterdir())


@pytest.mark.parametrize("is_inside", [False, True])
def test_a_class_of_ones_own_is_given_or_comes_with_the_code(
    is_inside, tmp_path, monkeypatch
):
    (tmp_path / "own_net.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    from own_net import Net

    def make(width=5):
        own = Net(width)
        return nn.Sequential(nn.Linear(4, 4), own) if is_inside else own

    model = make().eval()
    contents = Contents(code={"own_net.py": OWN})
    package = write(model, tmp_path, example=X, contents=contents)
    with pytest.raises(ValueError, match="build="):
        load(package.folder, package.package_digest)
    loaded = load(package.folder, package.package_digest, build=make)
    assert probed(package.folder, package.package_digest, loaded).holds
    (tmp_path / "own_net.py").unlink()
    (tmp_path / "rows.json").write_text(json.dumps(X[:3].tolist()))
    done = subprocess.run(
        [sys.executable, package.folder / "code" / "predict.py", tmp_path / "rows.json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path / "packages",
    )
    assert done.returncode == 0, done.stderr
    expected = model(torch.from_numpy(X[:3])).detach().numpy()
    assert np.allclose(json.loads(done.stdout), expected, rtol=1e-4)
