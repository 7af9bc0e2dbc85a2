"""What is known of a dataset, a model's version, an experiment, a run: one class for each.

Their fields are the columns of the views `dataset_metadata`, `dataset_version_metadata`,
`model_metadata` and `experiment_metadata`, under the same names. Times are aware, UTC; None
stands for what is not on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trackbook.metadata.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Standing = Literal["none", "promoted", "deployed", "failed", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersionMetadata:
    """One content that a dataset had."""

    version_id: str
    """The id under which it was first seen, as `datasets` and `inputs` have it."""
    dataset_id: str
    namespace: str
    name: str
    version: int | None
    """Counts the contents of the dataset from 1; None until all values were gone through."""
    content_digest: str | None
    """Of all values: equal for equal data, whatever they are called."""
    quick: str | None
    """Digest of shape, names and a sample of rows."""
    schema_version: str
    """SHA-256 of the columns in order: name, type, whether values were missing."""
    schema_change: Literal["same", "compatible", "breaking"] | None
    """Against the version before. Compatible: no column is gone, of another type, or newly
    with missing values."""
    location: str | None
    format: str | None
    made_by: str
    size_bytes: int | None
    """In memory."""
    row_count: int | None
    """Counted, never estimated."""
    column_names: Sequence[str]
    column_types: Sequence[str]
    nullables: Sequence[bool | None] | None
    """Whether values were missing in each column; None where nobody looked."""
    sketches: Sequence[str] | None
    """Of each column, as JSON: counts, range, quantiles, values most seen."""
    roles: Sequence[str]
    run_count: int
    created_at: datetime
    last_seen_at: datetime
    seen_as: Sequence[str]
    """Every id under which it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DatasetMetadata(Page):
    """One dataset as it was seen last, and every content that it had."""

    dataset_id: str
    """Of namespace and name, for ever the same."""
    namespace: str
    """The file, address or query that it came from; else the notebook that made it."""
    name: str
    """Unique in its namespace."""
    version: int | None
    version_id: str
    version_count: int
    content_digest: str | None
    schema_version: str
    location: str | None
    """Without user and password."""
    format: str | None
    size_bytes: int | None
    """In memory."""
    row_count: int | None
    created_at: datetime
    updated_at: datetime
    """When its labels changed; other data are another version."""
    last_seen_at: datetime
    description: str | None
    owner: str | None
    licence: str | None
    pii: str | None
    retention: str | None
    roles: Sequence[str]
    """What runs used it for: training, validation, test, loaded."""
    run_count: int
    """Runs that used it, without those in the trash."""
    tags: Mapping[str, str]
    versions: Sequence[DatasetVersionMetadata] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One metric of a version."""

    name: str
    value: float
    low: float | None
    """Lower end of its interval, where the gate worked one out."""
    high: float | None
    row_count: int | None
    split: str | None
    """evaluation (a gate's own rows), or what the metric's name says; None where it is silent."""
    source: str
    """`run`, or the gate that measured it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelMetadata(Page):
    """One registered version, with its run; a run in the trash counts too."""

    model_id: str
    """Of the version."""
    registered_model_id: str
    """Of the model, whatever version."""
    name: str
    version: str
    seq: int
    description: str
    framework: str
    framework_version: str | None
    algorithm: str | None
    """Class of the estimator that learned, with its module; of a pipeline its last step's."""
    pipeline_steps: Sequence[str]
    training_dataset_ids: Sequence[str]
    """`version_id`s of `dataset_version_metadata`."""
    validation_dataset_ids: Sequence[str]
    test_dataset_ids: Sequence[str]
    feature_set_version: str | None
    """The label of this name, or the run's tag."""
    hyperparameters: Mapping[str, Any]
    """What somebody chose; defaults of libraries are not among them."""
    training_duration_seconds: float | None
    """From the run's begin to its end."""
    cpu_seconds: float | None
    """Of all cores, from samples."""
    gpu_seconds: float | None
    peak_memory_bytes: int | None
    """Resident, from samples."""
    metrics: Mapping[str, float]
    """The run's last values; NaN and infinities stay."""
    validation_metrics: Mapping[str, float]
    """Those whose names say that they were measured on validation data."""
    metric_splits: Mapping[str, str | None]
    signature: str | None
    """What goes in and comes out, as JSON."""
    api_schema: Mapping[str, Any] | None
    """The same as JSON Schema."""
    resource_requirements: Mapping[str, float]
    """cpu_cores, memory_gb (10⁹ bytes), inference_latency_p99_ms."""
    resource_sources: Mapping[str, str]
    """declared, or the gate that measured it."""
    parent_model_ids: Sequence[str]
    experiment_id: str | None
    experiment: str | None
    run_id: str | None
    environment_hash: str | None
    git_commit: str | None
    package_digest: str
    size_bytes: int
    """Of the package."""
    created_at: datetime
    created_by: str
    created_by_known_from: str
    author: str
    current_stage: str
    stage_since: datetime
    environments: Mapping[str, Standing]
    slots: Sequence[str]
    aliases: Sequence[str]
    tags: Mapping[str, str]
    collected: Mapping[str, Mapping[str, Any]]
    """What each plug-in found when it was registered."""
    measures: Sequence[Measure] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What an experiment is after."""

    task: str | None
    metric: str
    split: str | None
    direction: Literal["max", "min"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExperimentMetadata(Page):
    """One experiment."""

    experiment_id: str
    """Of its name, for ever the same."""
    name: str
    description: str | None
    """Markdown."""
    objective: Aim | None
    framework_version: str | None
    """name==version, where all runs had the same; the plural holds the set of them."""
    framework_versions: Sequence[str]
    python_version: str | None
    python_versions: Sequence[str]
    environment_hash: str | None
    environment_hashes: Sequence[str]
    total_runs: int
    """Without those in the trash; parts of runs count."""
    best_run_id: str | None
    """By the objective: the largest or smallest finite last value, the latest of equal ones."""
    best_value: float | None
    created_at: datetime
    last_updated: datetime
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RunMetadata(Page):
    """One run."""

    run_id: str
    name: str
    experiment_id: str
    experiment: str
    status: str
    parent_run_id: str | None
    relation: str | None
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: float | None
    hyperparameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    """Last values; NaN and infinities stay."""
    training_dataset_ids: Sequence[str]
    validation_dataset_ids: Sequence[str]
    test_dataset_ids: Sequence[str]
    model_ids: Sequence[str]
    """Versions registered from it."""
    environment_hash: str | None
    git_commit: str | None
    notebook: str | None
    created_by: str
    host: str
    reproduced: str | None
    tags: Mapping[str, str]
    collected: Mapping[str, Mapping[str, Any]]
    """What each plug-in found when it ended."""
