"""What a thing is: a version as one document, a dataset, an experiment, a run as facts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused
from trackbook.table import Table

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.metadata import (
        DatasetMetadata,
        Description,
        ExperimentMetadata,
        ModelMetadata,
        RunMetadata,
    )

    Metadata = DatasetMetadata | ExperimentMetadata | ModelMetadata | RunMetadata


class Document:
    """A document for other programs, as JSON."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        return self._said

    def json(self) -> str:
        """Return it as JSON."""
        return json.dumps(self._said, allow_nan=False, indent=1)

    def __repr__(self) -> str:
        return self.json()


def describe(
    book: Book,
    thing: str,
    *,
    full: bool = False,
    schema: bool = False,
    openapi: bool = False,
) -> Description | Metadata | Document:
    """Describe a version, model, dataset, experiment or run; a version as one short document.

    Args:
        thing: churn@1.2.0, a model, a dataset's name or fingerprint, an experiment, a run
        full: everything on record of a version, not the short document
        schema: what a version takes and gives, as JSON Schema
        openapi: the same as an OpenAPI 3.1 document
    """
    from trackbook.metadata import Description, ModelMetadata
    from trackbook.metadata import describe as described
    from trackbook.metadata import openapi as service

    found = described(book, thing)
    if not isinstance(found, ModelMetadata):
        if schema or openapi:
            raise Misused(f"{thing!r} is no version: only versions take and give something")
        return found
    if openapi or schema:
        document = service(found)
        return Document(document if openapi else dict(found.api_schema or {}))
    return found if full else Description.of(found)


def metadata(book: Book, thing: str) -> Metadata:
    """Return all that is on record of a version, model, dataset, experiment or run.

    Args:
        thing: churn@1.2.0, a model (its latest version), a dataset's name or fingerprint, an
            experiment, a run; model:churn, dataset:churn … where several have one name
    """
    from trackbook.metadata import describe as described

    return described(book, thing)


def label(book: Book, thing: str, words: list[str]) -> Table:
    """Tie words to a dataset, an experiment, a model or a version: owner=ann, licence=MIT.

    Args:
        thing: the dataset, experiment, model, or version (churn@1.2.0)
        words: NAME=VALUE; NAME= takes one away. cpu_cores, memory_gb, inference_latency_p99_ms
            declare what serving takes
    """
    from trackbook.metadata import labelled

    rows = [(one.thing, thing, one.name, one.value) for one in labelled(book, thing, words)]
    return Table(["thing", "which", "label", "value"], rows)
