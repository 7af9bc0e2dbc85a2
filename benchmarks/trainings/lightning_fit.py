"""A training by Lightning: a module with logged metrics, a checkpoint, a test."""

from __future__ import annotations

import tempfile
import warnings

import lightning
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader, TensorDataset

import torch
from torch import nn

BEAT = "torch.optim:Optimizer.zero_grad"


class Net(lightning.LightningModule):
    def __init__(self, width: int = 512, lr: float = 1e-3) -> None:  # noqa: ARG002  a hyper-parameter
        super().__init__()
        self.save_hyperparameters()
        self.layers = nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 2))

    def _step(self, batch, name):
        rows, labels = batch
        loss = nn.functional.cross_entropy(self.layers(rows), labels)
        self.log(name, loss, on_epoch=True, batch_size=len(rows))
        return loss

    def training_step(self, batch, index):  # noqa: ARG002
        return self._step(batch, "train_loss")

    def validation_step(self, batch, index):  # noqa: ARG002
        self._step(batch, "val_loss")

    def test_step(self, batch, index):  # noqa: ARG002
        self._step(batch, "test_loss")

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


def train(size: int = 1) -> bytes:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    lightning.seed_everything(0, verbose=False)
    x = torch.randn(2560, 64)
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()
    training = DataLoader(TensorDataset(x[:2048], y[:2048]), batch_size=128, shuffle=True)
    held_out = DataLoader(TensorDataset(x[2048:], y[2048:]), batch_size=128)
    model = Net()
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            max_epochs=2 * size, accelerator="cpu", logger=False, default_root_dir=folder,
            callbacks=[ModelCheckpoint(folder, monitor="val_loss")],
            enable_progress_bar=False, enable_model_summary=False, log_every_n_steps=1,
        )  # fmt: skip
        trainer.fit(model, training, held_out)
        trainer.test(model, held_out, verbose=False)
    return b"".join(each.detach().numpy().tobytes() for each in model.parameters())
