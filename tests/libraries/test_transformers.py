"""What is read from Hugging Face transformers."""

from __future__ import annotations

import pytest
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

import torch
from trackbook.libraries import Derived, Measured, Training, rounds, transformers_logs


class Texts(torch.utils.data.Dataset):
    """A few lines of numbers with labels."""

    def __init__(self, count, seed):
        drawn = torch.Generator().manual_seed(seed)
        self.ids = torch.randint(0, 20, (count, 6), generator=drawn)
        self.labels = self.ids.sum(1) % 2

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, at):
        return {"input_ids": self.ids[at], "labels": self.labels[at]}


@pytest.fixture
def model():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=20, hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=8,
    )  # fmt: skip
    return BertForSequenceClassification(config)


def values_of(training):
    return {each.name: list(each.values) for each in training.metrics}


class Stops(TrainerCallback):
    def on_step_begin(self, args, state, control, **kwargs):
        if state.global_step == 6:
            raise KeyboardInterrupt


def test_logs_that_come_fast_are_told_together_and_none_is_lost(
    told, model, tmp_path, monkeypatch
):
    monkeypatch.setattr(rounds, "EVERY_S", 1000.0)
    args = TrainingArguments(
        output_dir=str(tmp_path), max_steps=9, per_device_train_batch_size=8,
        logging_steps=1, report_to="none", disable_tqdm=True, use_cpu=True,
    )  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        Trainer(model, args, train_dataset=Texts(16, 0), callbacks=[Stops()]).train()
    told.take(transformers_logs.latest.rest())
    assert (told.steps[0].done, told.steps[-1].done, told.steps[-1].total) == (0, 6, 9)
    assert len(told.steps) == rounds.FEW + 1
    losses = [m for step in told.steps for m in step.metrics if m.name == "train.loss"]
    assert [at for each in losses for at, _ in each.values] == [1, 2, 3, 4, 5, 6]
    assert len(losses[-1].values) > 1
    assert list(transformers_logs.latest.rest()) == []


def test_a_training_an_evaluation_and_predictions_are_told(
    told, model, tmp_path, monkeypatch
):
    monkeypatch.setattr(rounds, "EVERY_S", 0.0)
    args = TrainingArguments(
        output_dir=str(tmp_path), num_train_epochs=2, learning_rate=1e-3,
        per_device_train_batch_size=8, per_device_eval_batch_size=8, logging_steps=2,
        eval_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True,
        report_to="none", disable_tqdm=True, use_cpu=True, seed=42,
    )  # fmt: skip
    train, held_out, tested = Texts(16, 0), Texts(8, 1), Texts(8, 2)
    trainer = Trainer(
        model, args, train_dataset=train, eval_dataset=held_out,
        callbacks=[EarlyStoppingCallback(5)],
    )  # fmt: skip
    trainer.train()
    [training] = told.of(Training)
    assert (training.label, training.model) == ("BertForSequenceClassification", model)
    params = dict(training.params)
    assert params.pop("parameters") == model.num_parameters()
    assert params == {
        "model": "BertForSequenceClassification",
        "config.hidden_size": 8,
        "config.num_hidden_layers": 2,
        "config.num_attention_heads": 2,
        "config.intermediate_size": 16,
        "config.vocab_size": 20,
        "config.max_position_embeddings": 8,
        "config.num_labels": 2,
        "optimizer": "AdamW",
        "num_train_epochs": 2,
        "learning_rate": 1e-3,
        "logging_steps": 2,
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "load_best_model_at_end": True,
        "metric_for_best_model": "loss",
        "use_cpu": True,
        "callbacks": ["EarlyStoppingCallback"],
    }
    assert training.defaults["seed"] == 42
    assert training.defaults["weight_decay"] == 0.0
    found = values_of(training)
    history = trainer.state.log_history
    assert found["train.loss"] == [(e["step"], e["loss"]) for e in history if "loss" in e]
    assert [step for step, _ in found["train.loss"]] == [2, 4]
    assert [step for step, _ in found["validation.loss"]] == [2, 4]
    assert found["best_metric"] == [
        (0, min(value for _, value in found["validation.loss"]))
    ]
    assert training.tags["checkpoint"].endswith("checkpoint-4")
    assert training.tags["checkpoint.best"] == trainer.state.best_model_checkpoint
    assert [(g.role, g.data) for g in training.data] == [
        ("training", train), ("validation", held_out),
    ]  # fmt: skip
    steps = told.steps
    assert (steps[0].done, steps[0].total, steps[0].unit) == (0, 4, "step")
    assert steps[0].params["learning_rate"] == 1e-3
    assert (steps[-1].done, steps[-1].total) == (4, 4)
    assert all(each.of is model for each in steps)
    told_on_the_way = {one.name for step in steps for one in step.metrics}
    assert {"train.loss", "validation.loss", "learning_rate"} <= told_on_the_way

    trainer.evaluate()
    trainer.evaluate(tested)
    made = trainer.predict(tested)
    measured = told.of(Measured)
    assert {each.name for each in measured} == {"evaluation.loss", "test.loss"}
    assert all(each.of is model for each in measured)
    assert told.of(Derived)[-1].made is made.predictions
    assert [(g.role, g.data) for used in told.data[-3:] for g in used.data] == [
        ("validation", held_out), ("test", tested), ("test", tested),
    ]  # fmt: skip
