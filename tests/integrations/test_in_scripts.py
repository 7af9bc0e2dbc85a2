"""Callbacks and trackers in a plain script, where nobody loaded the extension."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, json
os.environ["KERAS_BACKEND"] = "torch"
import numpy as np, torch, keras
import trackbook
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
from accelerate import Accelerator
from trackbook.integrations.keras import TrackbookCallback
from trackbook.integrations.accelerate import TrackbookTracker
import trackbook.integrations.transformers

x, y = np.ones((8, 3)), np.zeros(8)
def net():
    made = keras.Sequential([keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    return made

silent = net()
silent.fit(x, y, epochs=1, verbose=0)
with trackbook.start_run("by hand"):
    log = net().fit(x, y, epochs=2, verbose=0, callbacks=[TrackbookCallback()]).history
log_alone = net().fit(x, y, epochs=1, verbose=0, callbacks=[TrackbookCallback()]).history

class Lines(torch.utils.data.Dataset):
    def __len__(self):
        return 8
    def __getitem__(self, at):
        return {"input_ids": torch.full((4,), at), "labels": torch.tensor(at % 2)}

bert = BertForSequenceClassification(BertConfig(
    vocab_size=8, hidden_size=4, num_hidden_layers=2, num_attention_heads=1,
    intermediate_size=4, max_position_embeddings=4))
with trackbook.start_run("trainer"):
    Trainer(bert, TrainingArguments(
        output_dir="out", num_train_epochs=1, per_device_train_batch_size=4, logging_steps=1,
        save_strategy="no", report_to="trackbook", disable_tqdm=True, use_cpu=True,
    ), train_dataset=Lines()).train()

def loop(accelerator):
    model = torch.nn.Linear(2, 1)
    model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=0.5))
    for step in range(3):
        loss = model(torch.ones(1, 2)).sum()
        accelerator.backward(loss)
        optimizer.step()
        accelerator.log({"loss": float(step), "phase": "warm"}, step=step)

tracker = TrackbookTracker(run_name="<i>loop", tags={"team": "<b>"})
accelerator = Accelerator(cpu=True, log_with=tracker)
accelerator.init_trackers("ours", config={"lr": 0.5})
loop(accelerator)
accelerator.get_tracker("trackbook").log({"late": 1.0}, step=7)
accelerator.end_training()
named = Accelerator(cpu=True, log_with="trackbook")
named.init_trackers("by name")
named.end_training()
with trackbook.start_run("last"):
    net().fit(x, y, epochs=1, verbose=0, callbacks=[TrackbookCallback()])
print("FOUND", json.dumps({"log": log, "alone": log_alone}))
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    folder = tmp_path_factory.mktemp("script")
    (folder / "train.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "train.py"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"TRACKBOOK_PROJECT": str(folder), "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.partition("FOUND ")[2])

    def ask(question):
        import trackbook.book as room

        book = room.open_book(folder)
        try:
            book.settle()
            return book.store.rows(question).rows
        finally:
            book.close()

    return ask, said


def test_what_was_given_a_callback_is_recorded_and_nothing_else(script):
    ask, _ = script
    assert ask("select name, experiment, status from runs order by started_at") == [
        ("by hand", "train", "FINISHED"),
        ("Sequential-1", "train", "FINISHED"),
        ("trainer", "train", "FINISHED"),
        ("<i>loop", "train", "FINISHED"),
        ("run-1", "by name", "FINISHED"),
        ("last", "train", "FINISHED"),
    ]


def test_each_point_is_written_once_as_the_library_has_it(script):
    ask, said = script
    points = ask(
        "select r.name, p.name, p.step, p.value from metrics p join runs r using (run_id)"
        " order by r.started_at, p.name, p.step"
    )
    of = lambda run: [point[1:] for point in points if point[0] == run]  # noqa: E731
    assert of("by hand") == [
        ("train.loss", *pair) for pair in enumerate(said["log"]["loss"])
    ]
    assert of("Sequential-1") == [("train.loss", 0, said["alone"]["loss"][0])]
    assert [point[:2] for point in of("trainer") if point[0] == "train.loss"] == [
        ("train.loss", 1),
        ("train.loss", 2),
    ]
    assert of("<i>loop") == [("late", 7, 1.0), *[("loss", n, float(n)) for n in range(3)]]
    assert len(of("last")) == 1


def test_params_and_tags_are_those_of_what_was_trained(script):
    ask, _ = script
    params = {}
    for run, name, value in ask(
        "select r.name, p.name, p.value from params p join runs r using (run_id)"
    ):
        params.setdefault(run, {})[name] = value
    assert params["by hand"]["optimizer"] == "SGD"
    assert params["by hand"]["epochs"] == "2"
    assert params["trainer"]["model"] == "BertForSequenceClassification"
    assert params["trainer"]["per_device_train_batch_size"] == "4"
    loop = params["<i>loop"]
    assert (loop["lr"], loop["optimizer.lr"], loop["model"]) == ("0.5", "0.5", "Linear")
    assert ("team", "<b>") in ask("select name, value from tags")
    assert ("phase", "warm") in ask("select name, value from tags")
