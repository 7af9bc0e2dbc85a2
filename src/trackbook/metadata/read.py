"""Reading the metadata views as objects."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.errors import Damaged, NotFound
from trackbook.metadata.things import (
    Aim,
    DatasetMetadata,
    DatasetVersionMetadata,
    ExperimentMetadata,
    Measure,
    ModelMetadata,
    RunMetadata,
)
from trackbook.packages import Signature, api_schema_of
from trackbook.store import ask, queries_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.metadata")


def datasets_called(store: Store, of: str) -> list[DatasetMetadata]:
    """Return the datasets that a name, an id, a place or a fingerprint may mean, the last first."""
    return ask(store, SQL["datasets_called"], DatasetMetadata, of=of)


def with_versions(store: Store, found: DatasetMetadata) -> DatasetMetadata:
    """Return a dataset with every content that it had."""
    rows = ask(store, SQL["dataset_versions"], DatasetVersionMetadata, id=found.dataset_id)
    return replace(found, versions=tuple(rows))


def model_of(store: Store, version_id: str) -> ModelMetadata:
    """Return a version.

    Raises:
        NotFound: somebody deleted it since its id was read
    """
    answer = ask(store, SQL["model_of"], dict, id=version_id)
    if not answer:
        raise NotFound(f"the version {version_id} was deleted meanwhile (%track versions)")
    row = answer[0]
    types = row.pop("hyperparameter_types")
    chosen = {
        name: typed(value, types[name]) for name, value in row["hyperparameters"].items()
    }
    return ModelMetadata(**row | {
        "hyperparameters": chosen,
        "api_schema": schema_of(row["api_schema"], row["signature"]),
        "collected": collected_of(store, run=None, version=version_id),
        "measures": tuple(ask(store, SQL["measures_of"], Measure, id=version_id)),
    })  # fmt: skip


def experiment_called(store: Store, of: str) -> ExperimentMetadata | None:
    """Return the experiment of a name or an id; None where there is none."""
    answer = ask(store, SQL["experiment_called"], dict, of=of)
    if not answer:
        return None
    row = answer[0]
    aim = row["objective"]
    return ExperimentMetadata(**row | {"objective": None if aim is None else Aim(**aim)})


def run_metadata(store: Store, run: Run) -> RunMetadata:
    """Return what is known of a run."""
    found = store.rows(SQL["run_facts_of"], run=run.run_id, experiment=run.experiment)
    facts = dict(zip(found.columns, found.rows[0], strict=True))
    types = dict(store.rows(SQL["param_types"], run=run.run_id).rows)
    lists = [name for name in facts if name.endswith("_ids")]
    return RunMetadata(
        run_id=run.run_id,
        name=run.name,
        experiment=run.experiment,
        status=run.status,
        parent_run_id=run.parent_run_id,
        relation=run.relation,
        started_at=run.started_at,
        ended_at=run.ended_at,
        duration_seconds=run.duration_s,
        hyperparameters={
            name: typed(value, types.get(name, "str")) for name, value in run.params.items()
        },
        metrics=run.metrics,
        git_commit=run.git_commit,
        notebook=run.notebook,
        created_by=run.user,
        host=run.host,
        reproduced=run.reproduced,
        tags=run.tags,
        collected=collected_of(store, run=run.run_id, version=None),
        **facts | {name: facts[name] or [] for name in lists},
    )


def aims(store: Store) -> dict[str, Aim]:
    """Return what each experiment is after, by its name."""
    rows = store.rows(SQL["objectives"]).rows
    return {
        experiment: Aim(task=task, metric=metric, split=split, direction=direction)
        for experiment, task, metric, split, direction in rows
    }


def collected_of(
    store: Store, *, run: str | None, version: str | None
) -> dict[str, dict[str, Any]]:
    """Return what plug-ins found of a run or a version, by their names."""
    found: dict[str, dict[str, Any]] = {}
    for collector, name, value in store.rows(
        SQL["collected_of"], run=run, version=version
    ).rows:
        found.setdefault(collector, {})[name] = json.loads(value)
    return found


def schema_of(recorded: str | None, signature: str | None) -> Mapping[str, Any] | None:
    """Return what goes in and comes out as JSON Schema; as it was recorded, where it was."""
    if recorded is not None:
        found: dict[str, Any] = json.loads(recorded)
        return found
    try:
        return api_schema_of(Signature.of_text(signature)) if signature else None
    except Damaged:
        return None


def typed(text: str, kind: str) -> object:
    """Return a param as what it was, from its text and its type's name."""
    if kind == "NoneType":
        return None
    if kind == "bool":
        return text == "True"
    try:
        if kind in ("int", "float"):
            return int(text) if kind == "int" else float(text)
        if kind in ("list", "dict", "tuple"):
            return json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text
