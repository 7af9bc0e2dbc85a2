"""A bill of materials: true to CycloneDX's schema, and to the record."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from trackbook.papers import bom


@pytest.fixture(scope="module")
def validator():
    return JsonStrictValidator(SchemaVersion.V1_6)


def test_it_is_true_to_the_published_schema(any_one, validator) -> None:
    assert validator.validate_str(bom(any_one)) is None


def test_the_model_has_the_digest_the_metrics_and_the_files_on_record(told) -> None:
    model = json.loads(bom(told.full))["metadata"]["component"]
    assert model["type"] == "machine-learning-model"
    assert (model["name"], model["version"]) == ("wine", "1.1.0")
    assert model["hashes"][0]["content"] == told.full.version.package_digest
    (metric,) = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert float(metric["value"]) == told.full.run.metrics["accuracy"]
    files = {one["name"]: one["hashes"][0]["content"] for one in model["components"]}
    assert files == {one.path: one.sha256 for one in told.full.kept.files}
    assert "model/model.skops" in files


def test_data_are_components_to_which_the_card_leads(told) -> None:
    said = json.loads(bom(told.full))
    refs = {one["ref"] for one in
            said["metadata"]["component"]["modelCard"]["modelParameters"]["datasets"]}  # fmt: skip
    data = [one for one in said["components"] if one["type"] == "data"]
    assert refs == {one["bom-ref"] for one in data}
    assert {one["name"] for one in data} == {one.data.name for one in told.full.data}
    assert told.full.data[0].data.digest in json.dumps(data)


def test_libraries_have_addresses_and_the_model_depends_on_them(told) -> None:
    said = json.loads(bom(told.full))
    libraries = {one["name"]: one for one in said["components"] if one["type"] == "library"}
    found = PackageURL.from_string(libraries["scikit-learn"]["purl"])
    assert (found.type, found.version) == ("pypi", version("scikit-learn"))
    needs = {one["ref"]: one.get("dependsOn", []) for one in said["dependencies"]}
    model = said["metadata"]["component"]["bom-ref"]
    assert libraries["scikit-learn"]["bom-ref"] in needs[model]
    assert set(needs) == {model, *(one["bom-ref"] for one in said["components"])}


def test_a_version_without_a_run_says_so(told) -> None:
    said = json.loads(bom(told.bare))
    limits = said["metadata"]["component"]["modelCard"]["considerations"]
    assert "no run is on record" in json.dumps(limits)
    assert said["components"] == []


def test_numbers_that_json_has_not_are_written_as_words(told) -> None:
    card = json.loads(bom(told.hostile))["metadata"]["component"]["modelCard"]
    metrics = card["quantitativeAnalysis"]["performanceMetrics"]
    assert {one["value"] for one in metrics} == {"nan", "inf"}
    assert {one["type"] for one in metrics} == {" ".join(told.words.split()), "huge"}
