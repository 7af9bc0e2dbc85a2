"""What a run was given, and what it gave."""

from __future__ import annotations

from trackbook.records.base import Record, kind


@kind("param")
class Param(Record, frozen=True, kw_only=True):
    """A value that somebody chose for a run."""

    name: str
    value: str
    """As text; strings without their quotes, lists and the like as JSON."""
    type: str
    """Python's name of the value's type: int, float, str, bool, NoneType, list…"""
    origin: str
    """The rule that caught it: literal, call, logged, parameters…"""


@kind("metric")
class Metric(Record, frozen=True, kw_only=True):
    """One measured number; in the database a point of a series."""

    name: str
    value: float
    """May be NaN or infinite: a diverged run is a result too."""
    step: int = 0
    """Counted in the library's own unit; 0 when measured once."""
    origin: str = "logged"
    """The rule that caught it."""


@kind("tag")
class Tag(Record, frozen=True, kw_only=True):
    """A word tied to a run; the last one of a name counts, an empty one removes it."""

    name: str
    value: str


@kind("note")
class Note(Record, frozen=True, kw_only=True):
    """A sentence somebody wrote about a run."""

    words: str


@kind("artifact")
class Artifact(Record, frozen=True, kw_only=True):
    """A file that a run produced, kept by its content."""

    path: str
    """Where it stands among the run's artifacts, with forward slashes."""
    digest: str
    """`b3-` and the BLAKE3 of its bytes."""
    size_bytes: int


@kind("retraction")
class Retraction(Record, frozen=True, kw_only=True):
    """Params and metrics that turned out not to be the run's own."""

    params: list[str]
    metrics: list[str]
