"""What is read from Lightning, under both of its names."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")

import lightning
import pytorch_lightning
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader, TensorDataset

import torch
from torch import nn
from trackbook.fingerprint import content_of
from trackbook.libraries import Measured, Training

X = torch.linspace(-1, 1, 64).reshape(16, 4)
Y = (X[:, 0] > 0).long()
QUIET = {
    "accelerator": "cpu", "logger": False, "enable_progress_bar": False,
    "enable_model_summary": False, "log_every_n_steps": 1,
}  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore")


def net(base):
    class Net(base):
        def __init__(self, lr=0.1, width=3):
            super().__init__()
            self.save_hyperparameters()
            self.layers = nn.Sequential(nn.Linear(4, width), nn.Linear(width, 2))
            self.seen = []

        def judged(self, batch, name):
            loss = nn.functional.cross_entropy(self.layers(batch[0]), batch[1])
            self.log(name, loss, on_epoch=True)
            return loss

        def training_step(self, batch, index):
            return self.judged(batch, "train_loss")

        def validation_step(self, batch, index):
            self.seen.append(self.judged(batch, "val_loss").item())

        def test_step(self, batch, index):
            self.judged(batch, "test/loss")

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)

    torch.manual_seed(0)
    return Net(lr=0.5)


@pytest.mark.parametrize("library", [lightning, pytorch_lightning])
def test_a_fit_has_its_settings_its_curves_and_its_checkpoint(library, told, tmp_path):
    model = net(library.LightningModule)
    callback = (
        ModelCheckpoint(tmp_path, monitor="val_loss")
        if library is lightning
        else pytorch_lightning.callbacks.ModelCheckpoint(tmp_path, monitor="val_loss")
    )
    trainer = library.Trainer(
        max_epochs=2, num_sanity_val_steps=0, callbacks=[callback],
        default_root_dir=tmp_path, **QUIET,
    )  # fmt: skip
    training = DataLoader(TensorDataset(X, Y), batch_size=8, shuffle=True)
    held_out = DataLoader(TensorDataset(X, Y), batch_size=16)
    trainer.fit(model, training, held_out)
    [fit] = told.of(Training)
    assert (fit.label, fit.model) == ("Net", model)
    assert fit.params == {
        "model": "Net", "parameters": 23, "trainable": 23, "layers": "Linear 2",
        "dtype": "float32", "device": "cpu", "optimizer": "SGD", "optimizer.lr": 0.5,
        "batch_size": 8, "shuffle": True, "dataset": "TensorDataset",
        "trainer.accelerator": "cpu", "trainer.max_epochs": 2,
        "trainer.callbacks": "ModelCheckpoint", "lr": 0.5,
    }  # fmt: skip
    assert fit.defaults == {"width": 3}
    assert fit.tags["checkpoint.best"] == callback.best_model_path
    assert [(given.role, given.data) for given in fit.data] == [
        ("training", training),
        ("validation", held_out),
    ]
    assert [(step.done, step.total, step.unit) for step in told.steps] == [
        (1, 2, "epoch"),
        (2, 2, "epoch"),
    ]
    metrics = [
        {each.name: list(each.values) for each in step.metrics} for step in told.steps
    ]
    assert [one["validation.loss"] for one in metrics] == [
        [(n, pytest.approx(loss))] for n, loss in enumerate(model.seen)
    ]
    assert set(metrics[0]) == {"train.loss", "validation.loss", "lr"}
    [result] = trainer.test(model, held_out, verbose=False)
    [test] = told.of(Measured)
    assert (test.name, test.of) == ("test.loss", model)
    assert test.values == ((0, result["test/loss"]),)


FIT = """
import lightning, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)
    def training_step(self, batch, index):
        if self.current_epoch == self.fails_at:
            raise ValueError("it failed")
        loss = nn.functional.cross_entropy(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss, on_step=False, on_epoch=True)
        return loss
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)
def fit(epochs, fails_at=None):
    net = Net()
    net.fails_at = fails_at
    rows = TensorDataset(torch.randn(8, 4), torch.zeros(8).long())
    trainer = lightning.Trainer(max_epochs=epochs, accelerator="cpu", logger=False,
        enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False)
    trainer.fit(net, DataLoader(rows, batch_size=4))
"""


@pytest.mark.parametrize("library", [lightning, pytorch_lightning])
def test_what_a_model_holds_is_the_same_whoever_trained_it_where(library, tmp_path):
    models = []
    for name in ("here", "there"):
        torch.manual_seed(0)
        models.append(net(library.LightningModule))
        trainer = library.Trainer(max_epochs=1, default_root_dir=tmp_path / name, **QUIET)
        data = TensorDataset(X, Y)
        trainer.fit(models[-1], DataLoader(data, 8), DataLoader(data, 16))
    assert content_of(models[0]).digest == content_of(models[1]).digest
    assert str(models[1].trainer.default_root_dir) == str(tmp_path / "there")


def test_epochs_that_come_faster_than_they_are_told_are_there_at_the_end(sheet):
    sheet.ok(FIT, "fit(60)")
    assert not sheet.run("fit(50, fails_at=40)").success
    points = sheet.sql(
        "SELECT count(*), max(m.step), any_value(r.status) FROM metrics m"
        " JOIN runs r USING (run_id) WHERE m.name = 'train.loss' GROUP BY run_id ORDER BY 1"
    )
    assert points == [(40, 39, "FAILED"), (60, 59, "FINISHED")]
    assert sheet.book.recorder.faults == []
