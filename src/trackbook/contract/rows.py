"""What the statements of `queries.sql` give back: one class for each, columns as fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """What one training left."""

    run_id: str
    label: str
    library: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRow:
    """One dataset that a run was trained on, or loaded."""

    run_id: str
    role: str
    name: str
    digest: str | None
    column_names: Sequence[str]
    column_types: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentTagRow:
    """A tag of the run of which another is a part."""

    run_id: str
    name: str
    value: str
