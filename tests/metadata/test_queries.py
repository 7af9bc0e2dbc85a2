"""The room's named statements are all understood, and all asked."""

from __future__ import annotations

from importlib.resources import files

import pytest

from trackbook.metadata import things
from trackbook.metadata.read import SQL

CLASSES = {
    "datasets_called": things.DatasetMetadata,
    "dataset_versions": things.DatasetVersionMetadata,
    "measures_of": things.Measure,
    "experiment_called": things.ExperimentMetadata,
    "model_of": things.ModelMetadata,
}
PYTHON_ALONE = {"versions", "measures", "collected"}
"""Fields that other statements fill."""


@pytest.mark.parametrize("name", SQL)
def test_the_database_understands_every_statement(project, name) -> None:
    assert project.store.shape(SQL[name])


@pytest.mark.parametrize("name", SQL)
def test_every_statement_is_asked_somewhere(name) -> None:
    room = [
        file.read_text()
        for file in files("trackbook.metadata").iterdir()
        if file.name.endswith(".py")
    ]
    assert any(f'SQL["{name}"]' in text for text in room)


@pytest.mark.parametrize("name", CLASSES)
def test_rows_are_the_fields_of_their_class(project, name) -> None:
    columns = set(project.store.shape(SQL[name])) - {"hyperparameter_types"}
    fields = set(CLASSES[name].__dataclass_fields__) - PYTHON_ALONE
    assert columns == fields


@pytest.mark.parametrize("kind", ["dataset", "dataset_version", "model", "experiment"])
def test_views_have_all_that_python_has(project, kind) -> None:
    statement = {
        "dataset": "datasets_called", "dataset_version": "dataset_versions",
        "model": "model_of", "experiment": "experiment_called",
    }[kind]  # fmt: skip
    assert project.store.shape(SQL[statement]) == project.store.shape(
        f"FROM {kind}_metadata"
    )
