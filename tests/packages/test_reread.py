"""A torch module that is read back from where it lies is the one that was written."""

from __future__ import annotations

import pytest

import torch
from torch import nn
from trackbook.packages import Contents, write
from trackbook.packages.flavour_torch import Torch

ROWS = torch.linspace(-1, 1, 24).reshape(3, 8)


class Own(nn.Module):
    """Has a buffer that is not kept, and one that is."""

    def __init__(self):
        super().__init__()
        self.into, self.out = nn.Linear(8, 4), nn.Linear(4, 8, bias=False)
        self.register_buffer("scale", torch.full((8,), 3.0), persistent=False)
        self.register_buffer("shift", torch.full((8,), 0.25))

    def forward(self, rows):
        return self.out(torch.relu(self.into(rows))) * self.scale + self.shift


class Tied(Own):
    """Two of its layers share their weights."""

    def __init__(self):
        super().__init__()
        self.again = nn.Linear(8, 4)
        self.again.weight = self.into.weight

    def forward(self, rows):
        return super().forward(rows) + self.again(rows).sum()


def layers():
    return nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


MODELS = {
    "layers": layers,
    "half": lambda: layers().to(torch.bfloat16),
    "frozen": lambda: layers().requires_grad_(requires_grad=False),
    "normalised": lambda: nn.Sequential(nn.Linear(8, 8), nn.PReLU(), nn.LayerNorm(8)),
    "a class of one's own": Own,
    "shared weights": Tied,
}


@pytest.mark.parametrize("name", MODELS)
def test_it_predicts_the_same_and_the_model_is_left_alone(name, tmp_path):
    torch.manual_seed(0)
    model = MODELS[name]().eval()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    read = Torch().save(model, tmp_path).reread()
    assert read is not model
    rows = ROWS.to(next(model.parameters()).dtype)
    assert torch.equal(read(rows), model(rows))
    for key, value in read.state_dict().items():
        assert torch.equal(value, before[key])
        assert value.dtype == before[key].dtype
    with torch.no_grad():
        for one in read.parameters():
            one.zero_()
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_a_byte_changed_in_the_file_is_a_number_changed_in_what_is_read_back(tmp_path):
    model = layers()
    saved = Torch().save(model, tmp_path)
    file = tmp_path / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-4:] = torch.tensor([7.5]).numpy().tobytes()
    file.write_bytes(content)
    read = saved.reread()
    changed = [
        key
        for key, value in model.state_dict().items()
        if not torch.equal(value, read.state_dict()[key])
    ]
    assert len(changed) == 1
    assert 7.5 in read.state_dict()[changed[0]]


def test_registering_leaves_torchs_threads_and_its_random_numbers_as_they_are(tmp_path):
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    write(layers().eval(), tmp_path, contents=Contents(), example=ROWS.numpy())
    assert torch.get_num_threads() == threads
    # The layers above drew some numbers; what was registered drew none.
    torch.set_rng_state(state)
    layers()
    expected = torch.get_rng_state()
    torch.set_rng_state(state)
    write(layers().eval(), tmp_path / "again", contents=Contents(), example=ROWS.numpy())
    assert torch.equal(torch.get_rng_state(), expected)
