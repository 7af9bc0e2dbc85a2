"""What serving a version takes and what was measured of it: declared, before a gate, in its run."""

from __future__ import annotations

import json

import pytest

from trackbook.clock import new_id
from trackbook.metadata import Description
from trackbook.metadata.document import slug_of
from trackbook.metadata.read import model_of
from trackbook.records import GateReport, GateResult, Label, Packaged, Version

SIGNATURE = {"form": "array", "inputs": [], "outputs": []}


@pytest.fixture
def registry(project):
    """Write versions and gates as they are on record."""
    return Registry(project)


class Registry:
    def __init__(self, project):
        self.project = project
        self.count = 0

    def version(
        self, model="churn", *, run=None, signature="", flavour="sklearn", parent=None
    ):
        self.count += 1
        version_id = new_id()
        fact = Version(
            version_id=version_id, model=model, seq=self.count, semver=f"1.{self.count}.0",
            why_semver="", package_digest=f"{self.count:064x}", weights_fp=None, object_fp=None,
            object_fp_why="", fp_algo="", flavour=flavour, is_unsafe=False, signature=signature,
            size_bytes=1, file_count=1, probe_count=0, source_run_id=run, git_commit=None,
            author="ann", description="", parent_id=parent, entry=self.count, at_us=self.count,
            actor="ann", actor_from="login", identity="{}", prev_hash="", hash="",
        )  # fmt: skip
        self.project.journal.put(fact)
        return version_id

    def gate(self, version_id, check, evidence, *, value="null", outcome="passed"):
        report = new_id()
        about = GateReport(
            report_id=report, model="churn", version_id=version_id, version="1.1.0",
            package_digest="", target="staging", policy_digest="", policy="", champion=None,
            verdict="passed", began_us=0, duration_s=0.0, machine="{}",
        )  # fmt: skip
        found = GateResult(
            report_id=report, place=0, label=check, check_name=check, outcome=outcome,
            severity="fail", blocks=False, words="", value=value, threshold=None,
            evidence=evidence, duration_s=0.0,
        )  # fmt: skip
        self.project.journal.put(about)
        self.project.journal.put(found)

    def label(self, thing, subject, **words):
        for name, value in words.items():
            fact = Label(thing=thing, subject=subject, name=name, value=value)
            self.project.journal.put(fact)

    def model(self, version_id):
        return model_of(self.project.store, version_id)


def test_what_gates_measured_is_what_serving_takes_unless_declared(registry) -> None:
    one = registry.version()
    assert registry.model(one).resource_requirements == {}
    registry.gate(one, "load.clean_process", json.dumps({"peak_mb": 250.0}))
    registry.gate(
        one, "latency.p99", json.dumps({"p99_ms": 12.5, "threads": 2, "batch": 1})
    )
    registry.gate(
        one, "latency.p50", json.dumps({"p99_ms": 99.0, "threads": 8, "batch": 64})
    )
    found = registry.model(one)
    assert found.resource_requirements == {
        "cpu_cores": 2.0, "memory_gb": 0.25, "inference_latency_p99_ms": 12.5,
    }  # fmt: skip
    assert set(found.resource_sources.values()) == {"measured before staging"}
    registry.gate(one, "size.memory", "{}", value="300.0")
    assert registry.model(one).resource_requirements["memory_gb"] == 0.3
    registry.label("model", "churn", memory_gb="16")
    registry.label("version", one, cpu_cores="4")
    said = Description.of(registry.model(one)).document()
    assert said["resource_requirements"] == {
        "cpu_cores": 4.0, "memory_gb": 16.0, "inference_latency_p99_ms": 12.5,
    }  # fmt: skip
    assert said["sources"]["resource_requirements"]["cpu_cores"] == "declared"


@pytest.mark.parametrize("evidence", ["", "{", "[]", '{"peak_mb": "x"}', '{"peak_mb": -1}'])
def test_evidence_that_says_nothing_is_passed_over(registry, evidence) -> None:
    one = registry.version()
    for check in ("load.clean_process", "latency.p99", "perf.threshold", "size.memory"):
        registry.gate(one, check, evidence, value="nonsense")
    found = registry.model(one)
    assert (found.resource_requirements, list(found.measures)) == ({}, [])


def test_a_gates_own_measure_goes_before_the_runs(registry) -> None:
    run = registry.project.run(metrics={"acc": 0.99, "val_acc": 0.8, "train_test_gap": 0.1})
    one = registry.version(run=run)
    facts = {"metric": "acc", "measured": 0.9, "low": 0.85, "high": 0.95, "rows": 200}
    registry.gate(one, "perf.threshold", json.dumps(facts), outcome="failed")
    found = {measure.name: measure for measure in registry.model(one).measures}
    acc = found["acc"]
    assert (acc.value, acc.low, acc.high, acc.row_count) == (0.9, 0.85, 0.95, 200)
    assert (acc.split, acc.source) == ("evaluation", "gate to staging")
    assert (found["val_acc"].split, found["val_acc"].source) == ("validation", "run")
    assert found["train_test_gap"].split is None
    assert registry.model(one).metrics["acc"] == 0.99


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("val_loss", "validation"), ("loss/valid", "validation"), ("dev.f1", "validation"),
        ("Test Accuracy", "test"), ("score_X_test", "test"), ("holdout_auc", "test"),
        ("train_loss", "training"), ("accuracy", None), ("value", None), ("contest", None),
        ("evaluation", None), ("train_val", None),
    ],
)  # fmt: skip
def test_the_split_is_what_the_name_says(registry, name, split) -> None:
    one = registry.version(run=registry.project.run(metrics={name: 1.0}))
    assert registry.model(one).metric_splits == {name: split}


def test_params_are_what_they_were(registry) -> None:
    chosen = {
        "n": 3,
        "lr": 0.1,
        "on": True,
        "off": False,
        "none": None,
        "text": "3",
        "odd": "'\"<",
    }
    one = registry.version(run=registry.project.run(params=chosen))
    assert registry.model(one).hyperparameters == chosen


def test_without_a_run_nothing_is_made_up(registry) -> None:
    found = registry.model(registry.version(signature=json.dumps(SIGNATURE)))
    unknown = (
        found.run_id, found.experiment_id, found.training_duration_seconds, found.cpu_seconds,
        found.peak_memory_bytes, found.algorithm, found.framework_version, found.git_commit,
        found.environment_hash, found.feature_set_version,
    )  # fmt: skip
    assert set(unknown) == {None}
    assert (found.framework, found.parent_model_ids) == ("sklearn", [])
    assert found.api_schema["required"] == ["inputs"]


def test_a_pickle_is_of_the_library_that_its_class_is_from(registry) -> None:
    one = registry.version(flavour="pickle")
    kept = Packaged(
        name="churn", package_digest=f"{1:064x}", flavour="pickle", size_bytes=1,
        algorithm="catboost.core.CatBoost", libraries=["Catboost==1.2"],
    )  # fmt: skip
    registry.project.journal.put(kept)
    found = registry.model(one)
    assert (found.framework, found.framework_version) == ("catboost", "1.2")


def test_parents_and_the_model_are_told_by_their_ids(registry) -> None:
    first = registry.version()
    second = registry.version(parent=first)
    found = registry.model(second)
    assert found.parent_model_ids == [first]
    assert found.registered_model_id == registry.model(first).registered_model_id == first


@pytest.mark.parametrize(
    ("name", "version", "slug"),
    [
        ("Driver ETA", "3.2.1", "driver_eta_v3_2"),
        ("team/churn-v2", "0.1.0", "team_churn_v2_v0_1"),
        ("Übung", "1.0.0-rc.1+abc", "übung_v1_0_rc_1"),
    ],
)
def test_a_slug_is_of_the_name_and_two_numbers(name, version, slug) -> None:
    assert slug_of(name, version) == slug
