"""What is read from Keras."""

from __future__ import annotations

import gc
import os
import weakref

import pytest

from trackbook.libraries import Derived, Measured, Training, keras_epochs, rounds

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras


def values_of(training):
    return {each.name: list(each.values) for each in training.metrics}


def net():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.Adam(learning_rate=0.02), "mse", metrics=["mae"])
    return model


@pytest.fixture
def each_epoch(monkeypatch):
    """Let each epoch be told, however fast they come."""
    monkeypatch.setattr(rounds, "EVERY_S", 0.0)


def test_a_fit_has_its_settings_its_model_and_its_curves(told, data, each_epoch):
    model = net()
    history = model.fit(*data, epochs=2, batch_size=16, validation_split=0.25, verbose=0)
    [training] = told.of(Training)
    assert (training.label, training.model) == ("Sequential", model)
    assert training.params == {
        "model": "Sequential",
        "layers": "Dense, Dense",
        "parameters": 19,
        "loss": "mse",
        "metrics": ["mae"],
        "optimizer": "Adam",
        "optimizer.learning_rate": 0.02,
        "epochs": 2,
        "batch_size": 16,
        "validation_split": 0.25,
    }
    assert training.defaults["shuffle"] is True
    assert training.defaults["optimizer.beta_1"] == 0.9
    log = history.history
    assert values_of(training) == {
        "train.loss": list(enumerate(log["loss"])),
        "train.mae": list(enumerate(log["mae"])),
        "validation.loss": list(enumerate(log["val_loss"])),
        "validation.mae": list(enumerate(log["val_mae"])),
    }
    assert {(given.role, given.name) for given in training.data} == {
        ("training", "x"),
        ("training", "y"),
    }
    assert [(step.done, step.total, step.unit) for step in told.steps] == [
        (1, 2, "epoch"),
        (2, 2, "epoch"),
    ]
    assert {one.name: one.values for one in told.steps[1].metrics} == {
        name: [points[1]] for name, points in values_of(training).items()
    }
    assert told.steps[0].params["optimizer.learning_rate"] == 0.02
    model.evaluate(*data, verbose=0)
    made = model.predict(data[0], verbose=0)
    assert {each.name for each in told.of(Measured)} == {"test.loss", "test.mae"}
    assert all(each.of is model for each in told.of(Measured))
    assert told.of(Derived)[-1].made is made
    assert told.data[-1].of is model


class Stops(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 7:
            raise KeyboardInterrupt


def test_epochs_that_come_fast_are_told_together_and_none_is_lost(told, data, monkeypatch):
    monkeypatch.setattr(rounds, "EVERY_S", 1000.0)
    model = net()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data, epochs=9, callbacks=[Stops()], verbose=0)
    told.take(keras_epochs.latest.rest())
    assert [(step.done, step.total) for step in told.steps] == [
        *((done, 9) for done in range(1, rounds.FEW + 1)), (7, 9),
    ]  # fmt: skip
    for name in ("train.loss", "train.mae"):
        points = [
            p for s in told.steps for m in s.metrics if m.name == name for p in m.values
        ]
        assert [at for at, _ in points] == list(range(7))
    assert list(keras_epochs.latest.rest()) == []
    model.fit(*data, epochs=2, verbose=0)
    assert [at for at, _ in values_of(told.of(Training)[0])["train.loss"]] == [7, 8]


def test_a_second_fit_counts_on_and_a_model_compiled_anew_begins_again(
    told, data, each_epoch
):
    model = net()
    model.fit(*data, epochs=2, verbose=0)
    model.fit(*data, epochs=1, verbose=0)
    model.fit(*data, initial_epoch=3, epochs=5, verbose=0)
    model.compile(
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.9)),
        "mse",
    )
    model.fit(*data, epochs=1, verbose=0)
    trainings = told.of(Training)
    steps = [[step for step, _ in values_of(each)["train.loss"]] for each in trainings]
    assert steps == [[0, 1], [2], [3, 4], [0]]
    assert [each.continued for each in trainings] == [False, True, True, False]
    assert [each.params.get("epochs") for each in trainings] == [2, 3, 5, None]
    assert [(step.done, step.total) for step in told.steps] == [
        (1, 2), (2, 2), (3, 3), (4, 5), (5, 5), (1, 1),
    ]  # fmt: skip
    rate = {n: v for n, v in trainings[-1].params.items() if "rate" in n}
    assert rate == {
        "optimizer.learning_rate": "ExponentialDecay",
        "optimizer.learning_rate.initial_learning_rate": 0.1,
        "optimizer.learning_rate.decay_steps": 5,
        "optimizer.learning_rate.decay_rate": 0.9,
    }


def test_stopping_early_tells_the_best_epoch_and_validation_has_its_own_steps(told, data):
    model = net()
    model.compile(keras.optimizers.SGD(0.5), keras.losses.Huber(delta=2.0), metrics=["mae"])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=1e9)
    slower = keras.callbacks.LearningRateScheduler(
        lambda epoch, rate: rate / 2 if epoch else rate
    )
    model.fit(
        *data,
        epochs=9,
        validation_data=data,
        validation_freq=2,
        callbacks=[stop, slower],
        verbose=0,
    )
    [training] = told.of(Training)
    found = values_of(training)
    assert [step for step, _ in found["train.loss"]] == list(
        range(len(found["train.loss"]))
    )
    assert [step for step, _ in found["validation.loss"]] == [1, 3]
    assert found["best_epoch"] == [(0, float(stop.best_epoch))]
    assert found["best_loss"] == [(0, stop.best)]
    assert [value for _, value in found["learning_rate"]][:2] == [0.5, 0.25]
    params = training.params
    assert params["optimizer.learning_rate"] == 0.5
    assert (params["loss"], params["loss.delta"]) == ("Huber", 2.0)
    assert params["callbacks"] == ["EarlyStopping", "LearningRateScheduler"]
    assert (params["EarlyStopping.patience"], params["EarlyStopping.min_delta"]) == (1, 1e9)
    assert {given.name for given in training.data if given.role == "validation"} == {
        "validation_data x",
        "validation_data y",
    }


def test_a_model_of_ones_own_is_named_and_counted(told, data):
    class Two(keras.Model):
        """Two outputs, a loss for each."""

        def __init__(self):
            super().__init__(name="<b>twins")
            self.one, self.other = keras.layers.Dense(1), keras.layers.Dense(1)

        def call(self, x):
            return {"one": self.one(x), "other": self.other(x)}

    x, y = data
    model = Two()
    model.compile(
        "sgd", {"one": "mse", "other": "mae"}, loss_weights={"one": 0.5, "other": 1.0}
    )
    model.fit(x, {"one": y, "other": y}, epochs=1, verbose=0)
    [training] = told.of(Training)
    assert training.label == "Two"
    assert training.params["model.name"] == "<b>twins"
    assert training.params["parameters"] == 10
    assert training.params["loss_weights"] == {"one": 0.5, "other": 1.0}
    assert "train.one_loss" in values_of(training)


def test_nothing_keeps_a_model_alive_and_fits_of_one_epoch_count_on(told, data):
    model = net()
    for _ in range(4):
        model.fit(*data, epochs=1, verbose=0)
        gc.collect()
    assert [step.done for step in told.steps] == [1, 2, 3, 4]
    gone = weakref.ref(model)
    told.clear()
    told.steps.clear()
    told.data.clear()
    del model
    gc.collect()
    assert gone() is None
