"""`trackbook demo` as somebody sees it who has just installed trackbook."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from trackbook.doors.demo import check_installed, placed, shipped
from trackbook.doors.demo_kernel import play, variants
from trackbook.errors import NotFound
from trackbook.reproduce import CellFailed

SHELL = [sys.executable, "-c", "from trackbook.doors.cli import run; run()"]


def shell(*words, cwd):
    return subprocess.run(
        [*SHELL, *words], cwd=cwd, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="session")
def shown(tmp_path_factory):
    """Run the demo once, and give what it printed and the folder that it made."""
    here = tmp_path_factory.mktemp("demo")
    done = shell("demo", cwd=here)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(said=done.stdout, folder=here / "trackbook-demo", done=done)


@pytest.fixture(scope="session")
def runs(shown):
    """Give the demo's runs by name."""
    found = json.loads(shell("runs", "--json", cwd=shown.folder).stdout)
    return {run["name"]: run for run in found}


@pytest.fixture
def ask(shown):
    def rows(question):
        return json.loads(shell("sql", "--json", question, cwd=shown.folder).stdout)

    return rows


@pytest.fixture
def executed(shown):
    notebook = nbformat.read(shown.folder / "quickstart.ipynb", as_version=4)
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


def notebook_of(folder, *sources):
    cells = [nbformat.v4.new_code_cell(s, id=f"cell-{n}") for n, s in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "small.ipynb")
    return folder / "small.ipynb"


# ---- what it says ------------------------------------------------------------------


def test_it_lists_every_run_and_says_nothing_else_than_that(shown, runs):
    assert all(name in shown.said for name in runs)
    assert shown.done.stderr == ""


def test_it_tells_the_best_run_what_it_varies_and_what_changed(shown):
    assert "Best accuracy: 0.99" in shown.said
    assert "by SVC-2, a variation of SVC-1" in shown.said
    assert "-gamma = 2.0" in shown.said
    assert "+gamma = 0.2" in shown.said


def test_it_tells_how_to_open_the_notebook(shown):
    assert "jupyter lab trackbook-demo/quickstart.ipynb" in shown.said


@pytest.mark.parametrize(
    "words", [["show", "best:accuracy"], ["runs", "metrics.accuracy > 0.95"]]
)
def test_the_commands_that_it_suggests_work(shown, words):
    assert f"trackbook {words[0]}" in shown.said
    done = shell(*words, cwd=shown.folder)
    assert (done.returncode, "SVC-2" in done.stdout) == (0, True)


def test_again_in_the_same_folder_as_json_it_gives_just_the_new_runs(shown, runs, tmp_path):
    shutil.copytree(shown.folder, tmp_path / "trackbook-demo")
    done = shell("demo", "--json", cwd=tmp_path)
    again = json.loads(done.stdout)
    assert not {run["run_id"] for run in again} & {run["run_id"] for run in runs.values()}
    assert len(again) == len(runs)


# ---- what it recorded --------------------------------------------------------------


def test_the_best_run_is_a_variation_by_a_safe_margin(runs):
    scores = {name: run.get("metrics.accuracy") or 0 for name, run in runs.items()}
    assert runs["SVC-2"]["parent_run_id"] == runs["SVC-1"]["run_id"]
    assert runs["SVC-2"]["relation"] == "variation"
    assert scores.pop("SVC-2") > max(scores.values()) + 0.005


def test_a_cell_run_again_differs_from_its_parent_in_what_was_changed(runs):
    before, after = runs["RandomForestClassifier-1"], runs["RandomForestClassifier-2"]
    changed = {k for k in after if k.startswith("params.") and after[k] != before[k]}
    assert changed == {"params.max_depth"}


def test_metrics_computed_later_belong_to_the_model_they_came_from(runs):
    assert runs["LogisticRegression-1"]["metrics.f1"] > 0.9
    assert runs["LogisticRegression-1"]["metrics.roc_auc"] > 0.9


def test_a_comparison_of_two_models_belongs_to_neither(runs):
    assert not any("gain" in key for run in runs.values() for key in run)


def test_trainings_in_one_cell_are_children_with_scores_of_their_own(runs, ask):
    rows = ask(
        "SELECT params['max_depth'] AS depth, list_max(map_values(metrics)) AS score FROM runs"
        " WHERE name LIKE 'DecisionTree%' AND relation = 'child' ORDER BY started_at"
    )
    assert [row["depth"] for row in rows] == ["3", "6", "12"]
    assert 0.4 < rows[0]["score"] < rows[1]["score"] < rows[2]["score"]


def test_candidates_of_a_grid_search_are_its_children(runs):
    search = runs["GridSearchCV(LogisticRegression)-1"]
    candidates = [r for r in runs.values() if r["parent_run_id"] == search["run_id"]]
    assert {r["params.logisticregression.C"] for r in candidates} == {0.01, 0.1, 1.0}
    assert search["metrics.best_score"] == max(
        r["metrics.mean_test_score"] for r in candidates
    )


def test_a_training_loop_without_a_library_leaves_its_curve(ask):
    ((row),) = ask(
        "SELECT count(*) AS points, first(value ORDER BY step) AS first,"
        " last(value ORDER BY step) AS last FROM metrics WHERE name = 'losses'"
    )
    assert row["points"] == 60
    assert row["last"] < row["first"] / 5


def test_what_was_logged_by_hand_is_there(runs, ask):
    assert runs["sgd"]["tags.owner"] == "ann"
    (row,) = ask("SELECT count(*) AS points FROM metrics JOIN runs USING (run_id)"
                 " WHERE runs.name = 'sgd' AND metrics.name = 'rmse'")  # fmt: skip
    assert row["points"] == 30
    assert [a["path"] for a in ask("SELECT path FROM artifacts")][:1] == ["weights.csv"]


def test_the_two_tasks_are_two_experiments(runs):
    second = {name for name, run in runs.items() if run["experiment"] == "diabetes"}
    assert {"baseline", "sgd"} < second
    assert {run["experiment"] for run in runs.values()} == {"quickstart", "diabetes"}


def test_cells_are_known_by_their_ids_and_the_notebook_by_its_path(shown, ask):
    rows = ask("SELECT cell_id, count(*) AS n FROM cells WHERE cell_id IN ('svm', 'forest')"
               " GROUP BY ALL ORDER BY ALL LIMIT 2")  # fmt: skip
    assert [row["cell_id"] for row in rows] == ["forest", "svm"]
    (row,) = ask("SELECT DISTINCT notebook FROM runs")
    assert row["notebook"] == str(shown.folder / "quickstart.ipynb")


def test_trackbook_itself_had_no_failure(ask):
    assert ask("SELECT * FROM faults") == []


# ---- the notebook ------------------------------------------------------------------


def test_the_saved_notebook_has_the_cells_as_they_ran_last_with_their_cards(executed):
    assert "gamma = 0.2" in executed["svm"].source
    (card,) = [o for o in executed["svm"].outputs if "text/html" in o.get("data", {})]
    assert "was 2.0" in card.data["text/plain"]


def test_no_cell_of_the_saved_notebook_shows_an_error_or_a_widget_without_kernel(executed):
    outputs = [output for cell in executed.values() for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert not [
        o
        for o in outputs
        if "application/vnd.jupyter.widget-view+json" in o.get("data", {})
    ]


def test_the_shipped_notebook_is_clean_and_begins_with_one_line():
    notebook = nbformat.read(shipped(), as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].source == "%load_ext trackbook"
    assert not any(cell.outputs or cell.execution_count for cell in code)


def test_every_value_to_try_again_changes_its_cell_by_one_line():
    notebook = nbformat.read(shipped(), as_version=4)
    tried = [
        variants(c) for c in notebook.cells if "try-again" in c.metadata.get("tags", ())
    ]
    assert len(tried) >= 2
    for first, *others in tried:
        assert [len(set(o.splitlines()) - set(first.splitlines())) for o in others] == [1]


# ---- where things are not as they should be ----------------------------------------


def test_a_changed_notebook_is_never_overwritten(tmp_path, capsys):
    file = placed(tmp_path)
    file.write_text(file.read_text().replace("gamma = 2.0", "gamma = 3.0"))
    assert placed(tmp_path).name == "quickstart-2.ipynb"
    assert "gamma = 3.0" in file.read_text()
    assert "was changed and stays as it is" in capsys.readouterr().err


def test_what_only_the_demo_changed_is_taken_again(tmp_path):
    file = placed(tmp_path)
    file.write_text(file.read_text().replace("gamma = 2.0", "gamma = 0.2"))
    assert placed(tmp_path) == file
    assert "gamma = 2.0" in file.read_text()


def test_a_failing_cell_is_named_with_its_error_and_the_notebook_is_kept(tmp_path):
    file = notebook_of(tmp_path, "%load_ext trackbook", "{}['learning_rate']", "never = 1")
    with pytest.raises(CellFailed, match="cell 'cell-1' failed: KeyError: 'learning_rate'"):
        play(file, lambda *_: None)
    kept = nbformat.read(file, as_version=4).cells
    assert kept[1].outputs[0].ename == "KeyError"
    assert kept[2].execution_count is None


def test_the_kernel_is_this_very_interpreter_in_the_notebooks_folder(tmp_path):
    file = notebook_of(tmp_path, "import os, sys\nprint(sys.executable, os.getcwd())")
    play(file, lambda *_: None)
    (said,) = nbformat.read(file, as_version=4).cells[0].outputs
    assert said.text.split() == [sys.executable, str(tmp_path)]


def test_a_missing_package_is_named_with_the_command_that_installs_it():
    with pytest.raises(
        NotFound, match=r"needs scikit-learn: pip install 'trackbook\[demo\]'"
    ):
        check_installed({"no_such_module_here": "scikit-learn", "json": "json"})


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "taken").write_text("a file")
    done = shell("demo", "--folder", "taken", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("trackbook: cannot write to")
    assert done.stderr.count("\n") == 1
