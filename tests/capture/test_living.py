"""What a training tells while it runs is in its run at once, and there once only."""

from __future__ import annotations

import textwrap

import pytest

from trackbook.libraries import Library, Measured, Step, Training

SLOW = """
class Boom(Exception): pass

def look(net, epoch): pass

class Net:
    def __init__(self, lr=0.1): self.lr = lr
    def fit(self, epochs=3, fails_at=None, seen=None):
        for epoch in range(epochs):
            self.epoch = epoch
            look(self, epoch)
            if seen is not None: seen()
            if epoch == fails_at: raise Boom("no memory left")
        return self

def tick(net, loss): pass
"""


def read_fit(call):
    net = call.given["self"]
    loss = Measured(name="loss", values=[(n, 1.0 / (n + 1)) for n in range(net.epoch + 1)])
    best = Measured(name="best", values=[(0, 0.5)])
    yield Training(label="Net", model=net, params={"lr": net.lr}, metrics=[loss, best])


def read_look(call):
    epoch, around = call.given["epoch"], call.around()
    yield Step(
        of=call.given["net"],
        label="Net",
        metrics=[
            Measured(name="loss", values=[(epoch, 1.0 / (epoch + 1))]),
            Measured(name="speed", values=[(epoch, 9.0)]),
        ],
        done=epoch + 1,
        total=around.given["epochs"],
    )


def read_tick(call):
    net = call.given["net"]
    yield Step(
        of=net,
        label="Loop",
        params={"lr": net.lr},
        metrics=[Measured(name="loss", values=[(net.epoch, call.given["loss"])])],
    )


CARD = Library(
    module="slow",
    methods={"slow:Net": {"fit": read_fit}},
    live={"slow:look": read_look, "slow:tick": read_tick},
)


@pytest.fixture
def slow(tmp_path, monkeypatch, sheet):
    """A sheet in which a library that trains for long is watched."""
    from trackbook.doors.ipython import Plugged

    (tmp_path / "slow.py").write_text(textwrap.dedent(SLOW))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "slow", raising=False)
    watch = Plugged.plug.watch
    watch.stop()
    monkeypatch.setattr(watch, "_libraries", (CARD,))
    watch._forget()
    watch.start()
    sheet.ok("import slow")
    return sheet


def points(sheet, name):
    return sheet.sql(
        "SELECT step, value FROM metrics JOIN runs USING (run_id)"
        f" WHERE metrics.name = '{name}' ORDER BY runs.name, step"
    )


def test_a_run_is_there_while_its_training_still_runs(slow) -> None:
    slow.shell.user_ns["seen"] = lambda: found.append(
        [(run.name, run.status, dict(run.metrics)) for run in slow.runs()]
    )
    found = []
    slow.ok("net = slow.Net(lr=0.5).fit(2, seen=seen)")
    assert found[0] == [("Net-1", "RUNNING", {"loss": 1.0, "speed": 9.0})]
    (run,) = slow.runs()
    assert (run.status, run.params["lr"]) == ("FINISHED", "0.5")
    assert run.metrics == {"loss": 0.5, "speed": 9.0, "best": 0.5}
    assert points(slow, "loss") == [(0, 1.0), (1, 0.5)]


def test_a_training_that_raises_leaves_a_failed_run_with_what_it_told(slow) -> None:
    slow.run("slow.Net().fit(3, fails_at=1)")
    slow.ok("try:\n    slow.Net().fit(3, fails_at=0)\nexcept slow.Boom: pass")
    first, second = slow.runs()
    assert (first.status, first.metrics["loss"]) == ("FAILED", 0.5)
    assert slow.sql("SELECT error FROM runs ORDER BY started_at") == [
        ("Boom: no memory left",),
        ("an error ended the training",),
    ]
    assert (second.status, second.metrics["loss"]) == ("FAILED", 1.0)


def test_several_trainings_of_a_cell_are_child_runs(slow) -> None:
    slow.ok("for lr in (0.1, 0.2):\n    slow.Net(lr).fit(2)")
    group, *children = slow.runs()
    assert dict(group.metrics) == {}
    assert [(run.params["lr"], run.status, run.metrics["loss"]) for run in children] == [
        ("0.1", "FINISHED", 0.5),
        ("0.2", "FINISHED", 0.5),
    ]
    assert points(slow, "speed") == [(0, 9.0), (1, 9.0)] * 2


LOOP = "for net.epoch in range(3):\n    slow.tick(net, 1.0 / (net.epoch + 1))"


def test_a_loop_of_ones_own_is_a_run_of_its_cell(slow) -> None:
    slow.ok("net = slow.Net(0.3)", LOOP)
    (run,) = slow.runs()
    assert (run.name, run.status) == ("Loop-1", "FINISHED")
    assert (run.params["lr"], run.metrics["loss"]) == ("0.3", pytest.approx(1 / 3))
    assert len(points(slow, "loss")) == 3


def test_a_loop_over_two_models_is_two_child_runs(slow) -> None:
    slow.ok(
        "nets = [slow.Net(0.1), slow.Net(0.2)]",
        "for epoch in range(2):\n    for net in nets:\n        net.epoch = epoch\n"
        "        slow.tick(net, net.lr + epoch)",
    )
    _, *children = slow.runs()
    assert [(r.params["lr"], r.metrics["loss"], r.status) for r in children] == [
        ("0.1", 1.1, "FINISHED"),
        ("0.2", 1.2, "FINISHED"),
    ]


def test_a_run_of_ones_own_takes_the_steps(slow) -> None:
    slow.ok("net = slow.Net()", "%track start mine", LOOP, "%track stop")
    (run,) = slow.runs()
    assert (run.name, run.metrics["loss"]) == ("mine", pytest.approx(1 / 3))


def test_where_nothing_is_recorded_no_run_opens(slow) -> None:
    slow.ok("net = slow.Net()", "%track manual", LOOP, "%track off", LOOP)
    assert slow.runs() == []


def test_a_reader_that_fails_is_said_once_and_the_training_goes_on(slow) -> None:
    slow.ok("class Bad(slow.Net):\n    lr = property(lambda self: 1 / 0)")
    slow.ok(
        "bad = Bad.__new__(Bad); bad.epoch = 0", "slow.tick(bad, 1.0); slow.tick(bad, 1.0)"
    )
    assert [fault.place for fault in slow.book.recorder.faults] == ["reading slow: tick"]
