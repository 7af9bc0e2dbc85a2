"""The same callbacks and trackers in a notebook, whose cards see the trainings anyway."""

from __future__ import annotations

BEGIN = """
import os
os.environ.setdefault("KERAS_BACKEND", "torch")
import keras, numpy as np
from trackbook.integrations.keras import TrackbookCallback
x, y = np.ones((8, 3)), np.zeros(8)
def net():
    made = keras.Sequential([keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    return made
"""
LOOP = """
import torch
from accelerate import Accelerator
from trackbook.integrations.accelerate import TrackbookTracker
accelerator = Accelerator(cpu=True, log_with={with_what})
accelerator.init_trackers("p", config={{"depth": 3}})
model = torch.nn.Linear(2, 1)
model, optimizer = accelerator.prepare(model, torch.optim.SGD(model.parameters(), lr=0.5))
for step in range(3):
    accelerator.backward(model(torch.ones(1, 2)).sum())
    optimizer.step()
    accelerator.log({{"loss": float(step)}}, step=step)
accelerator.end_training()
"""


def points(sheet, run):
    return sheet.sql(
        "select m.name, step, value from metrics m join runs r using (run_id)"
        f" where r.name = '{run}' order by m.name, step"
    )


def test_a_callback_beside_the_card_writes_nothing_twice_and_fits_are_counted_on(sheet):
    sheet.ok(BEGIN)
    sheet.ok(
        "model = net()\n"
        "first = model.fit(x, y, epochs=2, verbose=0, callbacks=[TrackbookCallback()])"
    )
    sheet.ok(
        "second = model.fit(x, y, epochs=1, verbose=0, callbacks=[TrackbookCallback()])"
    )
    [run] = sheet.runs()
    assert (run.status, run.params["optimizer"]) == ("FINISHED", "SGD")
    shell = sheet.shell.user_ns
    losses = shell["first"].history["loss"] + shell["second"].history["loss"]
    assert points(sheet, run.name) == [("train.loss", n, v) for n, v in enumerate(losses)]
    assert sheet.sql("select done, total, is_over from training_progress")[-1][:2] == (3, 3)


def test_a_fit_that_raises_has_its_epochs_and_failed(sheet):
    sheet.ok(BEGIN)
    sheet.run(
        "class Stop(keras.callbacks.Callback):\n"
        "    def on_epoch_begin(self, epoch, logs=None):\n"
        "        if epoch == 2:\n"
        "            raise RuntimeError('<b>enough')\n"
        "net().fit(x, y, epochs=5, verbose=0, callbacks=[Stop()])"
    )
    [run] = sheet.runs()
    assert run.status == "FAILED"
    assert [step for _, step, _ in points(sheet, run.name)] == [0, 1]
    assert run.params["optimizer.learning_rate"] == "0.01"


def test_a_loop_with_accelerate_is_one_run_with_a_tracker_and_without(sheet):
    for with_what in ("None", "TrackbookTracker()"):
        sheet.ok(LOOP.format(with_what=with_what))
    runs = sheet.runs()
    assert [run.status for run in runs] == ["FINISHED", "FINISHED"]
    for run in runs:
        assert points(sheet, run.name) == [("loss", n, float(n)) for n in range(3)]
        assert run.params["depth"] == "3"
        assert run.params["optimizer.lr"] == "0.5"
