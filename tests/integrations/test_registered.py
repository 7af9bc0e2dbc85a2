"""What a loop or a trainer has trained is registered by its name alone, and predicts alike."""

from __future__ import annotations

import json

import pytest

from trackbook.packages.loaders import keras as loader

pytestmark = pytest.mark.filterwarnings("ignore")
DATA = """\
import numpy as np, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0); torch.set_num_threads(1)
X = torch.randn(64, 4); y = (X[:, 0] > 0).long()
loader = DataLoader(TensorDataset(X, y), batch_size=16)
"""
LOOP = """\
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for xb, yb in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        opt.step()
"""
LIGHTNING = """\
import lightning
class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    def forward(self, x):
        return self.layers(x)
    def training_step(self, batch, index):
        return nn.functional.cross_entropy(self(batch[0]), batch[1])
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)
model = Net()
trainer = lightning.Trainer(max_epochs=2, accelerator="cpu", logger=False,
    enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False)
trainer.fit(model, loader)
"""
KERAS = """\
import os
os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
X = X.numpy()
model.fit(X, y.numpy(), epochs=2, batch_size=16, verbose=0)
"""


@pytest.mark.parametrize("cell", [LOOP, LIGHTNING], ids=["loop", "Lightning"])
def test_a_trained_network_is_registered_by_its_name_alone(sheet, cell):
    sheet.ok(DATA, cell)
    (run,) = sheet.runs()

    said = sheet.shell.run_line_magic("track", "register model signs --example X")

    assert dict(said.table().rows)["run"] == run.run_id
    build = ", build=Net" if "Net" in cell else ""
    sheet.ok(f"import trackbook\nagain = trackbook.load('signs'{build})")
    sheet.ok("then, now = model.eval()(X).detach(), again(X).detach()")
    names = sheet.shell.user_ns
    assert names["now"].tolist() == names["then"].tolist()
    assert sheet.book.recorder.faults == []


def test_a_network_of_keras_is_kept_as_its_layers_and_numbers(sheet):
    sheet.ok(DATA, KERAS)
    (run,) = sheet.runs()

    said = sheet.shell.run_line_magic("track", "register model signs --example X")

    assert dict(said.table().rows)["run"] == run.run_id
    sheet.ok("import trackbook\nagain = trackbook.load('signs')")
    sheet.ok("then, now = (m.predict(X, verbose=0) for m in (model, again))")
    names = sheet.shell.user_ns
    assert names["now"].tolist() == names["then"].tolist()
    sheet.ok(
        "one = keras.Input((4,))\nhid = keras.layers.Dense(3, 'relu')(one)",
        "forked = keras.Model(one, keras.layers.Add()([hid, keras.layers.Dense(3)(one)]))",
        "forked.compile('sgd', 'mse')\nforked.fit(X, X[:, :3], epochs=1, verbose=0)",
    )
    sheet.shell.run_line_magic("track", "register forked two --example X")
    sheet.ok("again = trackbook.load('two')")
    sheet.ok("then, now = (m.predict(X, verbose=0) for m in (forked, again))")
    assert names["now"].tolist() == names["then"].tolist()
    sheet.ok(
        "a, b = keras.Input((4,), name='a'), keras.Input((2,), name='b')",
        "both = keras.layers.Concatenate()([a, b])",
        "outputs = {'p': keras.layers.Dense(2)(both), 'q': keras.layers.Dense(1)(both)}",
        "several = keras.Model({'a': a, 'b': b}, outputs)",
        "named = {'a': X, 'b': X[:, :2]}\nfirst = several.predict(named, verbose=0)['p']",
    )
    sheet.shell.run_line_magic("track", "register several three --example named")
    sheet.ok("later = trackbook.load('three').predict(named, verbose=0)['p']")
    assert names["later"].tolist() == names["first"].tolist()
    sheet.ok(
        "class Own(keras.layers.Dense):\n    pass",
        "other = keras.Sequential([Own(2)])\nother.compile('sgd', 'mse')",
        "other.fit(X, X[:, :2], epochs=1, verbose=0)",
    )
    result = sheet.shell.run_cell("%track register other own")
    assert "it holds Own, which is not of Keras" in str(result.error_in_exec)
    assert sheet.book.recorder.faults == []


@pytest.mark.parametrize(
    "named",
    [
        {"module": "builtins", "class_name": "eval"},
        {"module": "keras.layers", "class_name": "Lambda"},
        {"module": "keras.layers", "class_name": "Dense", "registered_name": "mine>Dense"},
        {"module": None, "class_name": "function"},
        {"module": "keras.utils", "class_name": "get_file"},
        {"module": "keras.layers", "class_name": "function"},
        {"class_name": "__lambda__"},
    ],
)
def test_a_description_that_names_other_code_is_not_built(tmp_path, named):
    model = {"module": "keras", "class_name": "Sequential", "config": {"layers": [named]}}
    (tmp_path / loader.BESIDE).write_text(json.dumps({"backend": "torch", "model": model}))

    with pytest.raises(ValueError, match="not of Keras"):
        loader.load(str(tmp_path))
