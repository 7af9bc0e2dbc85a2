"""Bounds set by hand: `%track start`, `%%track`, `with start_run()`, and the switches."""

from __future__ import annotations

from trackbook.errors import Misused

TREE = "tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)"


def test_a_track_line_makes_the_cell_one_named_run(iris) -> None:
    iris.ok(f"%%track my baseline\nlevel = 3\n{TREE}\nacc = tree.score(X, y)\nacc")
    (run,) = iris.runs()
    assert (run.name, run.origin, run.status) == ("my baseline", "cell", "FINISHED")
    assert run.params["level"] == "3"
    assert list(run.metrics) == ["acc"]


def test_a_track_line_changes_nothing_of_what_the_cell_shows(iris) -> None:
    assert iris.run("%%track\n1 + 1").result == 2
    assert (
        iris.run("%%track x\nimport asyncio\nawait asyncio.sleep(0)\n'done'").result
        == "done"
    )


def test_skip_records_nothing_of_the_cell(iris) -> None:
    iris.ok(f"%%track skip\n{TREE}\nacc = tree.score(X, y)")
    assert iris.runs() == []
    assert iris.sql("SELECT count(*) FROM cells WHERE source LIKE '%skip%'") == [(0,)]


def test_start_and_stop_bound_a_run_over_several_cells(iris) -> None:
    iris.ok(
        "%track start long",
        "lr = 0.5",
        "mean = X.mean() * lr",
        "%track stop",
        "late = X.max() * 1",
    )
    (run,) = iris.runs()
    assert (run.name, run.status) == ("long", "FINISHED")
    assert run.params["lr"] == "0.5"
    assert list(run.metrics) == ["mean"]


def test_the_functions_of_the_field_log_to_the_open_run(iris) -> None:
    iris.ok(
        "import trackbook\n"
        "with trackbook.start_run(run_name='a', experiment='e/x', tags={'owner': 'ann'}) as run:\n"
        "    trackbook.log_param('lr', 0.1)\n"
        "    trackbook.log_params({'net': {'depth': 3}})\n"
        "    trackbook.log_metric('loss', 0.5, step=1)\n"
        "    trackbook.log_metrics({'loss': 0.25, 'acc': 0.9}, step=2)\n"
    )
    (run,) = iris.runs()
    assert (run.name, run.experiment, dict(run.tags)) == ("a", "e/x", {"owner": "ann"})
    assert dict(run.params) == {"lr": "0.1", "net.depth": "3"}
    assert dict(run.metrics) == {"loss": 0.25, "acc": 0.9}


def test_numpy_batches_become_points(iris) -> None:
    iris.ok(
        "import numpy as np, trackbook\n"
        "with trackbook.start_run('b'):\n"
        "    trackbook.log_metric('loss', np.arange(1000) / 2)\n"
        "    trackbook.log_metric('late', np.array([1.0, 2.0]), step=np.array([10, 20]))\n"
    )
    assert iris.sql(
        "SELECT name, count(*), min(step), max(step), max(value) FROM metrics GROUP BY 1 ORDER BY 1"
    ) == [("late", 2, 10, 20, 2.0), ("loss", 1000, 0, 999, 499.5)]


def test_a_run_inside_an_open_run_must_be_said_to_be_nested(iris) -> None:
    result = iris.run(
        "import trackbook\n"
        "with trackbook.start_run('outer'):\n"
        "    with trackbook.start_run('inner', nested=True):\n"
        "        pass\n"
        "    trackbook.start_run('wrong')\n"
    )
    assert isinstance(result.error_in_exec, Misused)
    outer, inner = iris.runs()
    assert (inner.parent_run_id, inner.relation) == (outer.run_id, "child")
    assert (outer.status, inner.status) == ("FAILED", "FINISHED")


def test_two_trainings_inside_one_run_become_its_children(iris) -> None:
    iris.ok(
        "import trackbook\n"
        "with trackbook.start_run('both'):\n"
        "    for depth in (1, 2):\n"
        "        DecisionTreeClassifier(max_depth=depth).fit(X, y)\n"
    )
    both, *children = iris.runs()
    assert [run.params["max_depth"] for run in children] == ["1", "2"]
    assert {run.parent_run_id for run in children} == {both.run_id}
    assert dict(both.params) == {}


def test_a_cell_that_opens_a_run_by_hand_gives_variations_too(iris) -> None:
    for lr in (1, 2):
        iris.ok(
            f"import trackbook\nwith trackbook.start_run('tuned'):\n    trackbook.log_param('lr', {lr})",
            cell_id="same",
        )
    first, second = iris.runs()
    assert (second.parent_run_id, second.relation) == (first.run_id, "variation")


def test_a_run_that_is_stopped_shows_its_card(iris, capsys) -> None:
    iris.ok("%track normal", "%track start long", "level = 3 * len(X)")
    capsys.readouterr()
    iris.ok("%track stop")
    assert "✓ long" in capsys.readouterr().out


def test_in_manual_mode_runs_open_only_by_hand(iris) -> None:
    iris.ok("%track manual", TREE, "%track start mine", TREE, "%track stop")
    (run,) = iris.runs()
    assert (run.name, run.params["max_depth"]) == ("mine", "2")


def test_off_records_nothing_until_on(iris) -> None:
    iris.ok("%track off", TREE, "hidden = 1", "%track on", TREE)
    assert len(iris.runs()) == 1
    assert iris.sql("SELECT count(*) FROM cells WHERE source LIKE 'hidden%'") == [(0,)]


def test_ignored_names_are_never_captured(iris) -> None:
    iris.ok("%track ignore tmp*", TREE, "tmp_acc = tree.score(X, y)")
    assert dict(iris.runs()[0].metrics) == {}


def test_a_name_can_be_forced_to_be_a_metric(iris) -> None:
    iris.ok(TREE, "%track metric leaves", "leaves = tree.get_n_leaves()")
    assert dict(iris.runs()[0].metrics) == {"leaves": 3.0}


def test_wrong_values_say_what_to_do(sheet) -> None:
    result = sheet.run("import trackbook\ntrackbook.log_metric('acc', 'high')")
    assert "metric 'acc' is 'high'" in str(result.error_in_exec)


def test_artifacts_keep_a_copy_of_the_bytes(iris) -> None:
    iris.ok(
        "from pathlib import Path\nimport trackbook\nPath('plot.txt').write_text('v1')\n"
        "with trackbook.start_run('art'):\n    trackbook.log_artifact('plot.txt', 'plots')\n"
        "Path('plot.txt').write_text('v2')"
    )
    ((path, digest, size),) = iris.sql("SELECT path, digest, size_bytes FROM artifacts")
    assert (path, size) == ("plots/plot.txt", 2)
    assert iris.book.artifacts.open(digest).read() == b"v1"


def test_on_goes_back_to_what_off_ended(iris) -> None:
    iris.ok("%track manual", "%track off", "%track off", "%track on", TREE)
    assert iris.runs() == []
    assert iris.book.recorder.mode == "manual"


def test_a_step_below_zero_counts_on_the_card_too(iris) -> None:
    iris.ok(
        "import trackbook\nrun = trackbook.start_run('r')\nrun.log_metric('loss', 0.5, step=-1)"
    )
    assert iris.book.recorder.active.metrics == {"loss": 0.5}


def test_a_password_of_digits_is_masked_and_a_number_is_not(iris) -> None:
    iris.ok(
        "import trackbook\nwith trackbook.start_run('r', tags={'password': '24681012'}):\n"
        "    trackbook.log_params({'password': '13579111', 'max_tokens': 512, 'token': 7})"
    )
    iris.book.store.drain()
    stored = b"".join(p.read_bytes() for p in iris.project.rglob("*") if p.is_file())
    assert b"13579111" not in stored
    assert b"24681012" not in stored
    assert dict(iris.runs()[0].params) == {
        "password": "***",
        "max_tokens": "512",
        "token": "7",
    }
