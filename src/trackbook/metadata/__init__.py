"""Metadata: what is known of datasets, models, experiments and runs, as objects and documents."""

from __future__ import annotations

from trackbook.metadata.aim import aim_of, said_of
from trackbook.metadata.document import Description, openapi, schema
from trackbook.metadata.find import describe
from trackbook.metadata.label import labelled
from trackbook.metadata.read import aims
from trackbook.metadata.things import (
    Aim,
    DatasetMetadata,
    DatasetVersionMetadata,
    ExperimentMetadata,
    Measure,
    ModelMetadata,
    RunMetadata,
)

__all__ = [
    "Aim",
    "DatasetMetadata",
    "DatasetVersionMetadata",
    "Description",
    "ExperimentMetadata",
    "Measure",
    "ModelMetadata",
    "RunMetadata",
    "aim_of",
    "aims",
    "describe",
    "labelled",
    "openapi",
    "said_of",
    "schema",
]
