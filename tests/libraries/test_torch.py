"""What is read from loops of PyTorch, as people write them in a notebook."""

from __future__ import annotations

import pytest

import torch

SETUP = """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0); torch.set_num_threads(1)
X = torch.randn(64, 4); y = (X[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
loader = DataLoader(TensorDataset(X, y), batch_size=16)
"""
LOOP = """\
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(2):
    for xb, yb in loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
        kept.append(loss.item())
"""
FUNCTION = """\
class Trainer:
    def __init__(self, net): self.net = net
    def go(self, steps):
        opt = torch.optim.Adam(self.net.parameters(), lr=0.01)
        plan = torch.optim.lr_scheduler.StepLR(opt, 2, gamma=0.5)
        for _ in range(steps):
            loss = nn.functional.cross_entropy(self.net(X), y)
            loss.backward(); opt.step(); opt.zero_grad(); plan.step()
"""


@pytest.fixture
def notebook(sheet):
    sheet.ok(SETUP, "kept = []")
    yield sheet
    assert sheet.book.recorder.faults == []


def series(sheet, name, run="%"):
    rows = sheet.sql(
        "SELECT step, value FROM metrics JOIN runs USING (run_id)"
        f" WHERE metrics.name = '{name}' AND runs.name LIKE '{run}' ORDER BY step"
    )
    return [value for _, value in rows]


def test_a_loop_in_a_cell_is_a_run_with_its_losses_and_settings(notebook) -> None:
    notebook.ok(LOOP)
    (run,) = notebook.runs()
    assert (run.name, run.status) == ("Sequential-1", "FINISHED")
    wanted = {
        "model": "Sequential", "model.parameters": "58", "optimizer": "SGD",
        "optimizer.lr": "0.1", "optimizer.momentum": "0.9", "batch_size": "16",
    }  # fmt: skip
    assert wanted.items() <= run.params.items()
    assert "optimizer.nesterov" not in run.params
    assert series(notebook, "train.loss") == pytest.approx(notebook.shell.user_ns["kept"])
    assert series(notebook, "learning_rate") == []


def test_a_loop_in_a_method_knows_its_model_and_its_schedule(notebook) -> None:
    notebook.ok(FUNCTION, "Trainer(net).go(5)")
    (run,) = notebook.runs()
    assert (run.params["scheduler"], run.params["scheduler.gamma"]) == ("StepLR", "0.5")
    assert run.params["optimizer"] == "Adam"
    assert len(series(notebook, "train.loss")) == 5
    assert series(notebook, "learning_rate") == [0.01, 0.01, 0.005, 0.005, 0.0025]


def test_the_model_is_known_to_its_run(notebook) -> None:
    notebook.ok(LOOP, "acc = (net(X).argmax(1) == y).float().mean().item()")
    (run,) = notebook.runs()
    assert run.metrics["acc"] == notebook.shell.user_ns["acc"]
    said = notebook.shell.run_line_magic("track", "register net signs --example X")
    assert dict(said.table().rows)["run"] == run.run_id
    assert notebook.sql("SELECT count(*) > 0 FROM inputs") == [(True,)]


def test_two_models_in_one_loop_are_two_child_runs(notebook) -> None:
    notebook.ok(
        "torch.manual_seed(1); one, two = nn.Linear(4, 2), nn.Linear(4, 2)\n"
        "opts = [torch.optim.SGD(m.parameters(), lr=r) for m, r in ((one, 0.1), (two, 0.2))]\n"
        "for _ in range(3):\n    for m, opt in zip((one, two), opts):\n"
        "        opt.zero_grad(); nn.functional.cross_entropy(m(X), y).backward(); opt.step()"
    )
    group, *children = notebook.runs()
    assert dict(group.metrics) == {}
    assert {child.params["optimizer.lr"] for child in children} == {"0.1", "0.2"}
    assert all(len(series(notebook, "train.loss", child.name)) == 3 for child in children)


def test_losses_of_several_batches_make_one_step(notebook) -> None:
    notebook.ok(
        "opt = torch.optim.SGD(net.parameters(), lr=0.1)\nfor _ in range(2):\n"
        "    for xb, yb in loader:\n"
        "        loss = nn.functional.cross_entropy(net(xb), yb) / 4\n"
        "        loss.backward(); kept.append(loss.item())\n    opt.step(); opt.zero_grad()"
    )
    kept = notebook.shell.user_ns["kept"]
    assert series(notebook, "train.loss") == pytest.approx([sum(kept[:4]), sum(kept[4:])])


def test_a_scaled_loss_is_told_as_it_was(notebook) -> None:
    notebook.ok(
        "scaler = torch.amp.GradScaler('cpu'); opt = torch.optim.SGD(net.parameters(), 0.1)\n"
        "loss = nn.functional.cross_entropy(net(X), y); kept.append(loss.item())\n"
        "scaler.scale(loss).backward(); scaler.step(opt); scaler.update()"
    )
    assert series(notebook, "train.loss") == pytest.approx(notebook.shell.user_ns["kept"])


def test_a_run_by_hand_goes_on_from_cell_to_cell(notebook) -> None:
    step = (
        "loss = nn.functional.cross_entropy(net(X), y); opt.zero_grad()\n"
        "loss.backward(); opt.step(); kept.append(loss.item())"
    )
    notebook.ok("opt = torch.optim.SGD(net.parameters(), lr=0.1)", "%track start mine")
    notebook.ok(step, step, "%track stop")
    (run,) = notebook.runs()
    assert run.name == "mine"
    assert series(notebook, "train.loss") == pytest.approx(notebook.shell.user_ns["kept"])


def test_an_interrupted_loop_keeps_what_it_learned(notebook) -> None:
    notebook.run(
        LOOP.replace("kept.append(loss.item())", "if epoch: raise KeyboardInterrupt")
    )
    (run,) = notebook.runs()
    assert run.status == "KILLED"
    assert len(series(notebook, "train.loss")) == 5


def test_gradients_and_weights_are_those_without_trackbook(notebook) -> None:
    notebook.ok(LOOP)
    mine = [each.detach().clone() for each in notebook.shell.user_ns["net"].parameters()]
    names: dict[str, object] = {"kept": []}
    notebook.shell.run_line_magic("track", "off")
    exec(SETUP + LOOP, names)
    theirs = [each.detach() for each in names["net"].parameters()]
    assert all(torch.equal(one, other) for one, other in zip(mine, theirs, strict=True))


def test_a_model_that_is_only_asked_opens_no_run(notebook) -> None:
    notebook.ok("with torch.no_grad():\n    for xb, yb in loader: net(xb)")
    notebook.ok("nn.functional.cross_entropy(net(X), y).backward()")
    assert notebook.runs() == []
