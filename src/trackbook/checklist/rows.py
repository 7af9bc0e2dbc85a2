"""What the statements of `queries.sql` give back: one class for each, columns as fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much of each kind is on record of one run."""

    params: int
    params_of_calls: int
    """Those that a training was given."""
    series: int
    """Metrics with more than one point."""
    outputs: int
    """Executions of which something printed was kept; what `%track` shows does not count."""
    samples: int
    peak_memory_bytes: int | None
    notes: int
    models: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRow:
    """One dataset that a run used."""

    role: str
    name: str
    row_count: int | None
    quick: str
    digest: str | None
    column_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file that a run kept."""

    path: str
    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRow:
    """One package of a run's model."""

    package_digest: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """A run that is tagged as a baseline."""

    run_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """An entry of the registry's log."""

    entry: int | None
