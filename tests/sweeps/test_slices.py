"""A run swept by its cells: the shared ones once, and the numbers as if all were executed."""

from __future__ import annotations

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.sweeps import RunSlice, Wishes, space_from, sweep

v4 = nbformat.v4


def swept(session, run: str, space: dict[str, object], metric: str, *, share: bool):
    """Return what a sweep's trials came to: state, value, cells executed and reused, metrics."""
    book = session.book
    target = RunSlice(book.store, book.find(run), share=share)
    wishes = Wishes(metric=metric, direction="max", jobs=2)
    done = sweep(book.recorder, book.store, book.project, target, space_from(space), wishes)
    rows = session.sql(
        "SELECT t.state, t.value, t.cells_executed, t.cells_reused, r.metrics, t.error"
        f" FROM trials t JOIN runs r USING (run_id) WHERE t.sweep_id = '{done.sweep_id}'"
        " ORDER BY number"
    )
    return done, rows


def own(session, metric: str):
    """Return the run of the notebook's own cells that has a metric."""
    (run,) = [
        r
        for r in session.runs()
        if metric in r.metrics and r.origin == "auto" and r.relation != "child"
    ]
    return run


def test_what_no_param_reaches_is_executed_once_with_the_same_numbers(session) -> None:
    acc = own(session, "acc")
    space = {"lr": [0.1, 2.5], "cfg.depth": [3, 4]}
    once, shared = swept(session, acc.run_id, space, "acc", share=True)
    assert once.remarks == []
    _, whole = swept(session, acc.run_id, space, "acc", share=False)
    assert [row[2:4] for row in shared] == [(2, 5)] * 4
    assert [row[2:4] for row in whole] == [(7, 0)] * 4
    assert [(r[0], r[1], r[4]) for r in shared] == [(r[0], r[1], r[4]) for r in whole]
    assert shared[0][1] == acc.metrics["acc"]  # as the run itself had it, to the bit
    assert len({row[1] for row in shared}) == 4


def test_a_trial_has_a_slice_and_can_be_swept_and_proven_again(session) -> None:
    acc = own(session, "acc")
    done, _ = swept(session, acc.run_id, {"lr": [0.7]}, "acc", share=True)
    trial = f"{done.name}/0"
    assert "lr = 0.7" in repr(session.run(f"%track slice {trial}").result)
    proof = session.run(f"%track reproduce {trial}").result
    assert proof.is_good, proof
    again, rows = swept(session, trial, {"lr": [0.7]}, "acc", share=True)
    assert again.best.value == done.best.value
    assert rows[0][3] > 0


def test_cells_that_write_files_are_executed_whole_each_in_its_own_folder(session) -> None:
    error = own(session, "error")
    done, rows = swept(session, error.run_id, {"lr": [0.5, 1.5, 2.0]}, "error", share=True)
    assert done.remarks == [
        "every trial executes the whole slice: a cell writes into big.txt"
    ]
    assert [row[0] for row in rows] == ["done", "done", "failed"]
    assert "ZeroDivisionError" in rows[2][5]
    assert not (session.project / "big.txt").exists()
    assert (session.project / "log.txt").read_text() == "x"


@settings(max_examples=3, deadline=None)
@given(st.data())
def test_small_slices_give_what_executing_everything_gives(session, data) -> None:
    """Any order of cells that draw, define, change and read: shared or not, the same."""
    pool = [
        "b = a * 2 + np.random.random()",
        "a = a + rng.random()",
        "def f(x=1):\n    return a * x + p",
        "things = [rng.random() for _ in range(3)]",
        "things.append(len(things) + p)",
        "q['k'] = p",
        "a = a + f()",
        "a = a + sum(things)",
    ]
    cells = data.draw(st.lists(st.sampled_from(pool), min_size=3, max_size=6))
    name = f"score_{len(session.runs())}"
    before = [
        "import numpy as np, random",
        "np.random.seed(3)\nrng = np.random.default_rng(1)",
        "a = 1.0\nthings = [1]\nq = {}\ndef f(): return 0",
        "p = 2",
    ]
    after = [
        "total = sum(things) + len(q)",
        f"{name} = float(np.tanh(a) + total + p * 0.5)",
    ]
    session.ok(*before, *cells, *after)
    run = own(session, name)
    space = {"p": [2, 5.5]}
    _, shared = swept(session, run.run_id, space, name, share=True)
    _, whole = swept(session, run.run_id, space, name, share=False)
    assert [(r[0], r[1], r[4]) for r in shared] == [(r[0], r[1], r[4]) for r in whole]
    assert shared[0][1] == run.metrics[name]
    assert all(row[1] == row[4][name] for row in shared)


def test_the_value_of_a_trial_is_that_on_record_in_whatever_order_steps_were_logged(
    session,
) -> None:
    session.ok(
        "import numpy, trackbook",
        "gain = 1.0",
        "for step in (5, 2, 9, 4):\n    trackbook.log_metric('jumps', step * gain, step)\n"
        "trackbook.log_metric('jumps', numpy.array([3.0, 8.0, 1.0]) * gain, [11, 12, 3])",
    )
    run = own(session, "jumps")
    assert run.metrics["jumps"] == 8.0
    _, rows = swept(session, run.run_id, {"gain": [1.0, 0.5]}, "jumps", share=True)
    assert [(row[1], row[4]["jumps"]) for row in rows] == [(8.0, 8.0), (4.0, 4.0)]


def test_a_notebook_that_was_launched_is_swept_as_the_one_run_that_it_is(session) -> None:
    sources = (
        "lr = 0.1",
        "from sklearn.datasets import load_iris\nX, y = load_iris(return_X_y=True)",
        "from sklearn.linear_model import SGDClassifier",
        "model = SGDClassifier(alpha=lr, max_iter=5, tol=None, random_state=0).fit(X, y)",
        "acc = model.score(X, y)\nacc",
    )
    cells = [v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(v4.new_notebook(cells=cells), session.project / "sheet.ipynb")
    session.run("%track run sheet.ipynb -P lr=0.3 --name launched")
    done, rows = swept(session, "launched", {"lr": [0.01, 0.3]}, "acc", share=True)
    assert [row[0] for row in rows] == ["done", "done"]
    first = session.book.find("launched")
    assert rows[1][1] == first.metrics["acc"]
    assert rows[0][1] != rows[1][1]
    trial = session.book.find(f"{done.name}/1")
    assert trial.params["alpha"] == first.params["alpha"]
    assert (
        session.sql(f"SELECT name FROM runs WHERE parent_run_id = '{trial.run_id}'") == []
    )
    proof = session.run(f"%track reproduce {trial.name}").result
    assert proof.is_good, proof
