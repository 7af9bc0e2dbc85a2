"""What is heard of loops in PyTorch: losses by step, settings, models, loaders."""

from __future__ import annotations

import contextlib
import gc
import threading

import pytest
from sklearn.base import BaseEstimator
from torch.utils.data import DataLoader, TensorDataset

import torch
from torch import nn
from trackbook.libraries import torch as card
from trackbook.libraries import torch_loop, torch_losses

X = torch.linspace(-1, 1, 64).reshape(16, 4)
Y = (X[:, 0] > 0).long()


@pytest.fixture(autouse=True, params=[0.0, 60.0], ids=["each step", "at the end"])
def every_step(monkeypatch, request):
    list(card.rest())
    monkeypatch.setattr(torch_losses, "EVERY_S", request.param)


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))


def points(steps, name):
    return [
        point
        for step in steps
        for one in step.metrics
        if one.name == name
        for point in one.values
    ]


def test_a_loop_tells_its_losses_its_settings_and_its_data(told):
    model, loader = net(), DataLoader(TensorDataset(X, Y), batch_size=8, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.2)
    losses = []
    for _ in range(2):
        for rows, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(rows), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        scheduler.step()
    told.take(card.rest())
    first, last = told.steps[0], told.steps[-1]
    assert points(told.steps, "train.loss") == list(enumerate(losses, 1))
    assert points(told.steps, "lr") == [(1, 0.5), (3, 0.1)]
    assert first.of is model
    assert (first.label, last.done, last.unit) == ("Sequential", 4, "step")
    assert [(given.role, given.data) for given in first.data] == [("training", loader)]
    assert last.params == {
        "optimizer": "SGD", "optimizer.lr": 0.5, "optimizer.momentum": 0.9,
        "scheduler": "StepLR", "scheduler.step_size": 1, "scheduler.gamma": 0.2,
        "model": "Sequential", "parameters": 23, "trainable": 23,
        "layers": "Linear 2, ReLU 1", "dtype": "float32", "device": "cpu",
        "batch_size": 8, "shuffle": True, "dataset": "TensorDataset",
    }  # fmt: skip


def test_losses_of_an_evaluation_are_told_apart_as_their_mean(told):
    model, loss_of = net(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())
    halves = DataLoader(TensorDataset(X, Y), batch_size=12)
    loss_of(model(X), Y).backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        for rows, labels in halves:
            loss_of(model(rows), labels)
        whole = loss_of(model(X), Y).item()
    told.take(card.rest())
    [(step, mean)] = points(told.steps, "validation.loss")
    assert step == 1
    assert mean == pytest.approx(whole)


def test_a_model_is_evaluated_after_its_optimizer_is_gone(told):
    model, other, loss_of = net(), net(), nn.CrossEntropyLoss()
    waits = torch.optim.Adam(other.parameters())
    for each, optimizer in ((other, waits), (model, torch.optim.Adam(model.parameters()))):
        loss_of(each(X), Y).backward()
        optimizer.step()
    del optimizer
    gc.collect()
    model.eval()
    with torch.no_grad():
        whole = loss_of(model(X), Y).item()
    told.take(card.rest())
    of_model = [step for step in told.steps if step.of is model]
    assert points(of_model, "validation.loss") == [(1, whole)]
    assert points(told.steps, "validation.loss") == [(1, whole)]


def test_losses_without_gradients_of_a_model_in_training_are_no_validation(told):
    model, loss_of = net(), nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters())
    loss_of(model(X), X[:, :2]).backward()
    optimizer.step()
    with torch.no_grad():
        loss_of(model(X), X[:, :2])
    told.take(card.rest())
    assert points(told.steps, "validation.loss") == []


def test_a_loss_scaled_for_mixed_precision_is_told_as_it_was(told):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nn.functional.cross_entropy(model(X), Y)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    assert points(told.steps, "train.loss") == [(1, loss.item())]


def test_losses_that_are_gathered_for_one_step_are_added(told):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    parts = [nn.functional.cross_entropy(model(rows), Y[:8]) / 2 for rows in (X[:8], X[8:])]
    for part in parts:
        part.backward()
    optimizer.step()
    [(_, value)] = points(told.steps, "train.loss")
    assert value == pytest.approx(sum(part.item() for part in parts))


def test_two_optimizers_that_take_turns_keep_their_own_losses_and_rates(told):
    models = [net(), net()]
    optimizers = [torch.optim.SGD(each.parameters(), lr=0.1) for each in models]
    losses = [[], []]
    for step in range(6):
        for which, (model, optimizer) in enumerate(zip(models, optimizers, strict=True)):
            optimizer.param_groups[0]["lr"] = 0.1 + which if step < 3 else 0.01
            loss = nn.functional.cross_entropy(model(X) * (which + 1), Y)
            loss.backward()
            optimizer.step()
            losses[which].append(loss.item())
    told.take(card.rest())
    for which, model in enumerate(models):
        own = [each for each in told.steps if each.of is model]
        assert points(own, "train.loss") == list(enumerate(losses[which], 1))
        assert points(own, "lr") == [(1, 0.1 + which), (4, 0.01)]


def test_losses_that_nobody_takes_a_step_by_do_not_pile_up(told):
    weight = torch.ones(1, requires_grad=True)
    for _ in range(3 * torch_loop.MOST):
        (weight * 2).sum().backward()
    [losses] = torch_losses.Losses.of(threading.get_ident())
    assert len(losses.noted) <= torch_loop.MOST
    loader = DataLoader([])
    for _ in range(2 * torch_loop.MOST):
        iter(loader)
    assert len(losses.noted) <= torch_loop.MOST
    (weight * torch.ones(2)).backward(torch.ones(2))  # no single number
    told.take(card.rest())
    assert told.steps == []


def test_groups_of_weights_that_differ_are_told_in_their_order(told):
    model = net()
    groups = [
        {"params": model[0].parameters(), "lr": 0.1},
        {"params": model[2].parameters()},
    ]
    optimizer = torch.optim.AdamW(groups, lr=0.01)
    model(X).sum().backward()
    optimizer.step()
    assert told.steps[0].params["optimizer.lr"] == [0.1, 0.01]
    assert told.steps[0].params["optimizer.groups"] == 2


def test_a_loop_whose_model_is_gone_is_told_to_its_end_and_keeps_nothing_alive(
    told, monkeypatch
):
    monkeypatch.setattr(torch_losses, "EVERY_S", 100.0)

    def train():
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            model(X).sum().backward()
            optimizer.step()

    train()
    key, early = told.steps[0].key, points(told.steps, "train.loss")
    told.steps.clear()
    gc.collect()
    [last] = card.rest()
    assert [step for step, _ in early + points([last], "train.loss")] == [1, 2, 3]
    assert last.of is None
    assert last.key is key
    assert list(card.rest()) == []


def test_a_compiled_model_is_known_as_the_one_inside(told):
    model = net()
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    optimizer = torch.optim.SGD(compiled.parameters(), lr=0.1)

    @torch.compile(backend="eager", fullgraph=True)
    def loss_of(rows, labels):
        return nn.functional.cross_entropy(compiled(rows), labels)

    @torch.compile(backend="eager")
    def step():
        optimizer.step()

    for _ in range(2):
        optimizer.zero_grad()
        loss = loss_of(X, Y)
        loss.backward()
        optimizer.step()
        step()
    told.take(card.rest())
    assert told.steps[0].of is model
    assert points(told.steps, "train.loss")[1:] == [(3, loss.item())]


class Network(BaseEstimator):
    """Another card's: what it does inside of `fit` is its own."""

    def fit(self, x, y, fails=False):
        trained(net())
        if fails:
            raise ValueError("no luck")
        return self


def trained(model, steps=3):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    found = []
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(X), Y)
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return found


@pytest.mark.parametrize("fails", [False, True])
def test_a_loop_inside_of_a_trainer_is_not_told_and_one_after_it_is(told, fails):
    with contextlib.suppress(ValueError):
        Network().fit(X.numpy(), Y.numpy(), fails=fails)
    told.take(card.rest())
    assert told.steps == []
    losses = trained(net())
    told.take(card.rest())
    assert points(told.steps, "train.loss") == list(enumerate(losses, 1))
    assert told.steps[-1].done == 3
