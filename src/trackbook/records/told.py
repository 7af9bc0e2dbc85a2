"""What people say of things that are no runs: words tied to them, and what experiments are for."""

from __future__ import annotations

from typing import Literal

from trackbook.records.base import Record, kind

Thing = Literal["dataset", "experiment", "model", "version"]


@kind("label")
class Label(Record, frozen=True, kw_only=True):
    """A word tied to a thing; the last one of a name counts, an empty one removes it."""

    thing: Thing
    subject: str
    """Which one: a dataset's id, an experiment's or a model's name, a version's id."""
    name: str
    """`description`, `owner`, `licence`, `pii`, `retention`, or a word of one's own."""
    value: str


@kind("objective")
class Objective(Record, frozen=True, kw_only=True):
    """What an experiment is after; the last one counts."""

    experiment: str
    metric: str
    """Empty where it is after nothing any more."""
    direction: Literal["max", "min"]
    """Whether more or less of the metric is better."""
    split: str | None = None
    """The part of the data that the metric is to be measured on."""
    task: str | None = None
    """classification, regression, or another word for what is learned."""


@kind("collected")
class Collected(Record, frozen=True, kw_only=True):
    """What a plug-in found when a run ended or a version was registered; stamped with the run."""

    collector: str
    """Its name among the entry points of `trackbook.collectors`."""
    moment: Literal["run", "version"]
    version_id: str | None
    names: list[str]
    contents: list[str]
    """For each name its value, as JSON."""
    problem: str
    """Why there is nothing; empty where all went well."""
    duration_s: float
