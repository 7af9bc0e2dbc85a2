"""What is read from Hugging Face Accelerate."""

from __future__ import annotations

from accelerate import Accelerator

import torch
from trackbook.libraries import Training, rounds
from trackbook.libraries import torch as torch_card


def loop(accelerator, *, says=lambda step, loss: None):
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    made = torch.utils.data.TensorDataset(torch.randn(12, 4), torch.randn(12, 1))
    loader = torch.utils.data.DataLoader(made, batch_size=4)
    ready = accelerator.prepare(model, optimizer, loader)
    for step, (x, y) in enumerate(ready[2]):
        loss = ((ready[0](x) - y) ** 2).mean()
        accelerator.backward(loss)
        ready[1].step()
        ready[1].zero_grad()
        says(step, loss.detach())
    return model, loader


def losses_of(model, told):
    """Return what PyTorch's card told of a model's losses."""
    told.take(torch_card.rest())
    return [
        point
        for step in told.steps
        for one in step.metrics
        if one.name == "train.loss" and step.of is model
        for point in one.values
    ]


def test_a_loop_tells_its_settings_its_data_and_what_it_logs(told, monkeypatch):
    monkeypatch.setattr(rounds, "EVERY_S", 0.0)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    accelerator.init_trackers("<b>", config={"seed": 3, "depth": {"of": "it"}})
    losses = []

    def say(step, loss):
        losses.append(loss.item())
        accelerator.log({"train_loss": loss, "epoch": step // 2, "note": "words"})

    model, loader = loop(accelerator, says=say)
    accelerator.log({"accuracy": 0.5}, step=40)
    assert told.of(Training) == []
    first, *rest = told.steps
    assert first.of is model
    assert (first.label, first.done, first.total, first.unit) == ("Linear", 1, None, "step")
    assert first.params == {
        "model": "Linear",
        "parameters": 5,
        "optimizer": "SGD",
        "optimizer.lr": 0.05,
        "optimizer.momentum": 0.9,
        "batch_size": 4,
        "gradient_accumulation_steps": 2,
        "seed": 3,
        "depth": {"of": "it"},
    }
    assert [(given.role, given.data) for given in first.data] == [("training", loader)]
    points = [(m.name, *m.values[0]) for step in rest for m in step.metrics]
    assert [p for p in points if p[0] == "train_loss"] == [
        ("train_loss", step, loss) for step, loss in enumerate(losses)
    ]
    assert points[-1] == ("accuracy", 40, 0.5)
    assert {name for name, _, _ in points} == {"train_loss", "epoch", "accuracy"}


def test_a_loop_without_it_beside_one_with_it_tells_all_its_losses(told):
    accelerator = Accelerator(cpu=True)
    model, _ = loop(accelerator)
    alive = accelerator._optimizers
    own = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(own.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = own(torch.ones(2, 4)).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert alive
    assert losses_of(own, told) == list(enumerate(losses, 1))
    assert not [one for step in told.steps if step.of is model for one in step.metrics]


def test_two_optimizers_that_take_turns_of_which_one_is_prepared(told):
    accelerator = Accelerator(cpu=True)
    nets = [torch.nn.Linear(4, 1) for _ in range(2)]
    one, other = (torch.optim.SGD(net.parameters(), lr=0.1) for net in nets)
    net, one = accelerator.prepare(nets[0], one)
    losses = []
    for _ in range(3):
        for turn, (model, optimizer) in enumerate([(net, one), (nets[1], other)]):
            optimizer.zero_grad()
            loss = model(torch.ones(2, 4)).square().mean()
            loss.backward() if turn else accelerator.backward(loss)
            optimizer.step()
            if turn:
                losses.append(loss.item())
    assert losses_of(nets[1], told) == list(enumerate(losses, 1))


def test_a_loop_that_goes_on_after_one_with_it_is_heard_again(told):
    own = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(own.parameters(), lr=0.1)
    accelerator = Accelerator(cpu=True)
    loop(accelerator)
    assert accelerator._optimizers
    data = torch.utils.data.DataLoader(torch.ones(3, 4))
    losses = []
    for x in data:
        loss = own(x).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses_of(own, told) == list(enumerate(losses, 1))


def test_preparing_alone_trains_nothing(told):
    Accelerator(cpu=True).prepare(torch.nn.Linear(2, 1))
    assert told.steps == []
    assert told == []


LOOP = """
import torch
from accelerate import Accelerator
def train(steps, fails=False):
    accelerator = Accelerator(cpu=True)
    model = torch.nn.Linear(4, 1)
    model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=0.01))
    for step in range(steps):
        loss = model(torch.ones(2, 4)).mean()
        accelerator.backward(loss)
        optimizer.step()
        accelerator.log({"loss": step / 2}, step=step)
    if fails:
        raise ValueError("it failed")
"""


def test_what_is_logged_faster_than_it_is_told_is_there_when_the_cell_ends(sheet):
    sheet.ok(LOOP, "train(70)")
    assert not sheet.run("train(50, fails=True)").success
    points = sheet.sql(
        "SELECT count(*), max(m.step), max(m.value), any_value(r.status) FROM metrics m"
        " JOIN runs r USING (run_id) WHERE m.name = 'loss' GROUP BY run_id ORDER BY 1"
    )
    assert points == [(50, 49, 24.5, "FAILED"), (70, 69, 34.5, "FINISHED")]
    params = sheet.sql("SELECT DISTINCT params['optimizer.lr'], params['model'] FROM runs")
    assert params == [("0.01", "Linear")]
    assert sheet.book.recorder.faults == []
