"""One training as a part of the run that stands for several, without the objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trackbook.capture.run import ActiveRun
    from trackbook.libraries import Training


class Part(NamedTuple):
    """One training of a run, with the names that it wrote there."""

    training: Training
    """Without the objects: nothing is kept alive."""
    run: ActiveRun
    params: list[str]
    metrics: list[str]
    began_us: int
    candidates: list[str]
    """Child runs that it brought along, by id."""


def is_of(name: str, param: str) -> bool:
    """Tell whether a param's name is another's, or that of a part of it."""
    return name == param or name.startswith(f"{param}.")


def without_objects(training: Training) -> Training:
    """Return a training's facts without its model, data and candidates."""
    metrics = [replace(measured, of=None) for measured in training.metrics]
    return replace(training, model=None, results=(), metrics=metrics, children=(), data=())
