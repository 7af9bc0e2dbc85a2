"""What is described is what is on record: the views and the Python side say the same."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import sys

import pytest
from IPython.core.error import UsageError
from jsonschema import Draft202012Validator

import trackbook as tb
from trackbook.metadata import schema

TRAIN = """\
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
X, y = load_wine(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
"""
FIT = """\
C = {c}
model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=500)).fit(X_train, y_train)
test_accuracy = model.score(X_test, y_test)
"""
POLICY = """\
version = 1
[targets.staging]
require = ["package.intact"]
[targets.production]
extends = "staging"
"""


def one_registered(sheet) -> None:
    (sheet.project / "trackbook.gates.toml").write_text(POLICY)
    sheet.ok("%track experiment wines", TRAIN, FIT.format(c=1.0))
    sheet.ok("%track tag feature_set_version=wine_v2")
    track(sheet, "register model wine --example X_test --description 'sorts wine'")


@pytest.fixture
def lab(copied, tmp_path):
    with copied(one_registered, tmp_path) as made:
        yield made


def track(sheet, line):
    return sheet.shell.run_line_magic("track", line)


def rows(sheet, view, where="true"):
    sheet.book.settle()
    answer = sheet.book.store.rows(f"FROM {view} WHERE {where}")
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def same(one, row):
    """Compare an object with a row of its view, in what both have; times are UTC."""
    for field in dataclasses.fields(one):
        if field.name not in row or field.name in ("objective", "hyperparameters"):
            continue
        value, seen = getattr(one, field.name), row[field.name]
        if hasattr(value, "tzinfo"):
            value = value.replace(tzinfo=None)
        if field.name == "api_schema":
            seen = json.loads(seen)
        assert value == seen, field.name


def test_a_version_is_in_the_view_what_it_is_in_python(lab) -> None:
    (row,) = rows(lab, "model_metadata")
    found = tb.describe("wine@1.0.0")
    same(found, row)
    assert found == dataclasses.replace(tb.describe("wine"))
    (run,) = lab.runs()
    assert (found.run_id, found.experiment) == (run.run_id, "wines")
    assert found.framework == "sklearn"
    assert found.framework_version == __import__("sklearn").__version__
    assert found.algorithm == "sklearn.linear_model._logistic.LogisticRegression"
    assert found.pipeline_steps == [
        "standardscaler: sklearn.preprocessing._data.StandardScaler",
        "logisticregression: sklearn.linear_model._logistic.LogisticRegression",
    ]
    assert found.hyperparameters["logisticregression.max_iter"] == 500
    assert found.hyperparameters["C"] == 1.0
    assert found.metric_splits == {"test_accuracy": "test"}
    assert found.validation_metrics == {}
    assert found.training_duration_seconds > 0
    assert found.feature_set_version == "wine_v2"
    assert found.current_stage == "DEVELOPMENT"
    assert found.created_at.tzinfo is not None


def test_the_data_of_a_version_are_versions_of_datasets(lab) -> None:
    found = tb.describe("wine@1.0.0")
    data = tb.describe("X_train")
    (only,) = data.versions
    assert only.version_id in found.training_dataset_ids
    assert (data.version, data.row_count, only.content_digest[:4]) == (1, 133, "fp1:")
    assert tb.describe("X_test").version_id in found.test_dataset_ids
    (row,) = rows(lab, "dataset_metadata", "name = 'X_train'")
    same(data, row)
    (row,) = rows(lab, "dataset_version_metadata", "name = 'X_train'")
    same(only, row)
    assert (
        tb.describe(only.content_digest)
        == data
        == tb.describe(f"dataset:{only.version_id}")
    )


def test_an_experiment_is_in_the_view_what_it_is_in_python(lab) -> None:
    track(
        lab,
        "experiment wines --objective 'test_accuracy on test, classification' --description '# Wine'",
    )
    lab.ok(TRAIN, FIT.format(c=1e-6))
    found = tb.describe("wines")
    (row,) = rows(lab, "experiment_metadata")
    same(found, row)
    assert dataclasses.asdict(found.objective) == row["objective"] == {
        "task": "classification", "metric": "test_accuracy", "split": "test", "direction": "max",
    }  # fmt: skip
    best = max(lab.runs(), key=lambda run: run.metrics["test_accuracy"])
    assert (found.total_runs, found.best_run_id) == (2, best.run_id)
    assert found.description == "# Wine"
    assert found.framework_version == f"scikit-learn=={__import__('sklearn').__version__}"
    assert found.python_version == ".".join(map(str, sys.version_info[:3]))
    assert len(found.environment_hash) == 64
    assert tb.describe(found.experiment_id) == found


def test_a_run_is_described_as_it_is_on_record(lab) -> None:
    (run,) = lab.runs()
    found = tb.describe("last")
    assert (found.run_id, found.metrics) == (run.run_id, run.metrics)
    assert found.hyperparameters["C"] == 1.0
    assert found.model_ids == [tb.describe("wine").model_id]
    assert found.training_dataset_ids == tb.describe("wine").training_dataset_ids


def test_the_document_of_a_version_holds_to_its_schema(lab) -> None:
    said = json.loads(lab.in_shell("describe", "wine@1.0.0", "--json").stdout)
    Draft202012Validator(schema()).validate(said)
    (run,) = lab.runs()
    assert said == {
        "model_id": "wine_v1_0",
        "model_name": "wine",
        "version": "1.0.0",
        "framework": "sklearn",
        "training_job_id": run.run_id,
        "feature_set_version": "wine_v2",
        "performance_metrics": {"test_accuracy": run.metrics["test_accuracy"]},
        "resource_requirements": {
            "cpu_cores": None, "memory_gb": None, "inference_latency_p99_ms": None,
        },
        "environments": {"dev": "none", "staging": "none", "production": "none"},
        "sources": {
            "performance_metrics": {"test_accuracy": {"source": "run", "split": "test"}},
            "resource_requirements": {},
        },
    }  # fmt: skip


def test_the_schema_is_one(lab) -> None:
    Draft202012Validator.check_schema(schema())
    said = track(lab, "describe wine").document()
    for name in said:
        wrong = {key: value for key, value in said.items() if key != name}
        assert not Draft202012Validator(schema()).is_valid(wrong), name
    assert not Draft202012Validator(schema()).is_valid(said | {"more": 1})


def test_what_was_declared_is_said_with_its_source(lab) -> None:
    track(lab, "label wine memory_gb=16 cpu_cores=4 display_name='Wine by Grower'")
    track(lab, "label wine@1.0.0 memory_gb=2.5")
    said = track(lab, "describe wine").document()
    assert said["model_name"] == "Wine by Grower"
    assert said["resource_requirements"]["memory_gb"] == 2.5
    assert said["resource_requirements"]["cpu_cores"] == 4
    assert said["sources"]["resource_requirements"]["memory_gb"] == "declared"
    track(lab, "label wine@1.0.0 memory_gb=")
    assert tb.describe("wine").resource_requirements["memory_gb"] == 16
    with pytest.raises(UsageError, match="number above 0"):
        track(lab, "label wine memory_gb=much")


def test_environments_follow_the_log(lab) -> None:
    def standing(which="wine@1.0.0"):
        return track(lab, f"describe {which}").document()["environments"]

    track(lab, "promote wine@1.0.0 staging")
    assert standing() == {"dev": "none", "staging": "promoted", "production": "none"}
    track(lab, "deploy wine@1.0.0 staging --reason try")
    assert standing()["staging"] == "deployed"
    track(lab, "promote wine@1.0.0 production --reason good")
    assert standing()["production"] == "deployed"
    lab.ok(TRAIN, FIT.format(c=0.1))
    track(lab, "register model wine --example X_test")
    track(lab, "promote wine@1.1.0 staging")
    track(lab, "promote wine@1.1.0 production --reason better")
    assert standing()["production"] == "retired"
    assert standing("wine@1.1.0")["production"] == "deployed"
    (lab.project / "trackbook.gates.toml").unlink()
    track(lab, "rollback wine --reason 'it was not'")
    assert standing("wine@1.1.0")["production"] == "failed"
    assert standing()["production"] == "deployed"


def test_a_version_keeps_what_a_run_in_the_trash_measured(lab) -> None:
    track(lab, "experiment wines --objective test_accuracy,higher")
    before = tb.describe("wine@1.0.0")
    track(lab, "rm last")
    assert tb.describe("wine@1.0.0") == before
    after = tb.describe("experiment:wines")
    assert (after.total_runs, after.best_run_id) == (0, None)
    assert tb.describe("X_train").run_count == 0


def test_what_diverged_stays_valid_json(sheet) -> None:
    sheet.ok(
        TRAIN,
        "import trackbook\nwith trackbook.start_run():\n"
        "    model = LogisticRegression(max_iter=500).fit(X, y)\n"
        "    trackbook.log_metric('loss', float('nan'))\n"
        "    trackbook.log_metric('val_mape', 2e15)\n"
        "    trackbook.log_metric('mape', 0.08)\n",
    )
    track(sheet, "register model odd")
    found = tb.describe("odd")
    assert math.isnan(found.metrics["loss"])
    assert found.validation_metrics == {"val_mape": 2e15}
    said = json.loads(track(sheet, "describe odd").json())
    Draft202012Validator(schema()).validate(said)
    assert said["performance_metrics"] == {"loss": "NaN", "val_mape": None, "mape": 0.08}
    assert "zero" in said["sources"]["performance_metrics"]["val_mape"]["note"]


def test_one_name_for_two_things_is_asked_back(lab) -> None:
    lab.ok(TRAIN, "%track experiment wine", FIT.format(c=0.5))
    with pytest.raises(UsageError, match="model:wine, experiment:wine"):
        track(lab, "describe wine")
    assert tb.describe("experiment:wine").total_runs == 1
    assert tb.describe("model:wine").version == "1.0.0"


@pytest.mark.parametrize("what", ["nothing", "wine@9.9.9", "model:no", "dataset:no", "@no"])
def test_what_is_not_there_is_said(lab, what) -> None:
    with pytest.raises(UsageError, match=r"no .*(nothing|9\.9\.9|no)"):
        track(lab, f"describe {what}")


def test_a_name_with_an_at_sign_may_be_an_experiment(sheet) -> None:
    sheet.ok("%track experiment ann@lab --description x")
    assert tb.describe("ann@lab").description == "x"


def test_a_version_is_found_by_its_id_and_labelled_alone(lab) -> None:
    found = tb.describe("wine")
    assert tb.describe(found.model_id) == found
    tb.label(found.model_id, note="this one")
    lab.ok(TRAIN, FIT.format(c=0.1))
    track(lab, "register model wine --example X_test")
    assert tb.describe("wine").version == "1.1.0"
    assert "note" not in tb.describe("wine").tags
    assert tb.describe("wine@1.0.0").tags["note"] == "this one"


def test_metrics_may_be_called_as_facts_are(sheet) -> None:
    sheet.ok(
        TRAIN,
        "import trackbook\nwith trackbook.start_run():\n"
        "    model = LogisticRegression(max_iter=5000).fit(X, y)\n"
        "    trackbook.log_metrics({'versions': 1.0, 'api_schema': 2.0, 'a.b': 3.0})\n",
    )
    track(sheet, "register model odd")
    text = repr(track(sheet, "describe odd"))
    assert "performance_metrics.api_schema" in text
    assert re.search(r"performance_metrics\.a\.b +3\.0 +run", text)


def test_an_empty_project_has_empty_views(sheet) -> None:
    for kind in ("dataset", "dataset_version", "model", "experiment"):
        assert rows(sheet, f"{kind}_metadata") == []
    with pytest.raises(UsageError, match="no version, model, dataset, experiment or run"):
        track(sheet, "describe x")


def test_an_objective_is_the_headline_and_says_which_way_is_better(sheet) -> None:
    from trackbook.doors.lab.lines import experiments_of, page_of

    sheet.ok(
        "import trackbook\n"
        "for n in (3, 1, 2):\n"
        "    with trackbook.start_run(f'r{n}', experiment='zoo'):\n"
        "        trackbook.log_metrics({'acc': n / 10, 'zorg': n})\n"
    )
    with pytest.raises(UsageError, match="is not known"):
        track(sheet, "show best:zorg")
    said = track(sheet, "experiment zoo --objective 'zorg on test, lower'")
    assert ("objective", "zorg on test, lower") in said.rows
    assert track(sheet, "show best:zorg").run.name == "r1"
    best = tb.describe("zoo").best_run_id
    page = page_of(sheet.book, experiment="zoo")
    assert (page.best.run_id, page.best.headline_name) == (best, "zorg")
    (experiment,) = experiments_of(sheet.book)
    assert (experiment.headline_name, experiment.headline) == ("zorg", "1.0")
    with pytest.raises(UsageError, match="better lower"):
        track(sheet, "experiment ark --objective 'zorg, higher'")
    track(sheet, "experiment zoo --objective none")
    assert tb.describe("zoo").objective is None


def test_an_objective_may_be_the_first_word_of_a_project(sheet) -> None:
    said = track(sheet, "experiment zoo --objective 'zorg, lower'")
    assert ("objective", "zorg, lower") in said.rows
    assert sheet.book.direction("zorg") == "min"


def test_an_experiment_is_described_from_a_shell(lab) -> None:
    said = lab.in_shell(
        "experiment",
        "new/one",
        "--objective",
        "auc on val, higher",
        "--description",
        "a|b",
    )
    assert said.returncode == 0, said.stderr
    found = tb.describe("new/one")
    assert (found.total_runs, found.objective.split, found.description) == (0, "val", "a|b")
    assert "use it in a notebook" in lab.in_shell("experiment", "new/one").stderr


def test_a_description_masks_secrets(lab) -> None:
    token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    track(lab, f"experiment wines --description 'token={token}'")
    track(lab, f"label wine note='see {token}' api_key=abc")
    told = repr(tb.describe("wines")) + repr(tb.describe("wine").tags)
    assert token not in told
    assert "abc" not in tb.describe("wine").tags["api_key"]


def test_what_is_shown_is_escaped_and_whole(lab) -> None:
    hostile = "<script>alert(1)</script>\x1b[2J"
    tb.label("wine", display_name=hostile)
    tb.label("X_train", owner=hostile)
    for what in ("wine", "wine --full", "X_train"):
        shown = track(lab, f"describe {what}")
        html, text = shown._repr_html_(), repr(shown)
        assert "&lt;script&gt;" in html
        assert "<script>" not in html
        assert "\x1b" not in html + text
        assert "<script>alert(1)</script>␛[2J" in text


def test_a_versions_service_is_an_openapi_document(lab) -> None:
    document = json.loads(lab.in_shell("describe", "wine", "--openapi").stdout)
    assert document["info"]["version"] == "1.0.0"
    found = tb.describe("wine")
    schema_of_rows = json.loads(repr(track(lab, "describe wine --schema")))
    assert schema_of_rows == found.api_schema
    lab.ok(TRAIN)
    rows = lab.shell.user_ns["X_test"].to_dict("records")
    assert Draft202012Validator(schema_of_rows).is_valid(
        {"inputs": rows, "outputs": [0, 2]}
    )
    assert not Draft202012Validator(schema_of_rows).is_valid({"inputs": [{}]})
    with pytest.raises(UsageError, match="is no version"):
        track(lab, "describe X_train --openapi")


def test_an_objective_of_another_process_is_known_in_a_shell(sheet) -> None:
    sheet.ok(
        "import trackbook\nwith trackbook.start_run('r', experiment='zoo'):\n"
        "    trackbook.log_metric('zorg', 1.0)\n"
    )
    assert "is not known" in sheet.in_shell("show", "best:zorg").stderr
    said = sheet.in_shell("experiment", "zoo", "--objective", "zorg, lower")
    assert said.returncode == 0, said.stderr
    assert sheet.in_shell("show", "best:zorg").returncode == 0
    sheet.ok("%track show best:zorg")
