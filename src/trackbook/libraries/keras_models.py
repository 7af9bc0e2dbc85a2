"""What a Keras model is and how it was compiled, as params."""

from __future__ import annotations

import re
from typing import Any

from trackbook.libraries.given import (
    defaults_of,
    given_params,
    kept_params,
    name_of,
    plain,
    values_of,
)
from trackbook.libraries.measures import number_of

COMPILE: dict[str, object] = {
    "loss": None, "loss_weights": None, "metrics": None, "weighted_metrics": None,
    "run_eagerly": False, "steps_per_execution": 1,
}  # fmt: skip
NOT_SETTINGS = ("optimizer.name", "optimizer.learning_rate")
MOST_LAYERS = 12
"""Layers that are named; of more only the number is told."""


def params_of(model: Any, first_rate: float | None) -> dict[str, object]:
    """Return what a model is and how it was compiled, as far as given."""
    kind = name_of(type(model))
    params: dict[str, object] = {"model": kind}
    if not re.fullmatch(rf"{snake(kind)}(_\d+)?", str(model.name)):
        params["model.name"] = plain(model.name)
    layers = [name_of(type(each)) for each in model.layers]
    named = 0 < len(layers) <= MOST_LAYERS
    params["layers"] = ", ".join(layers) if named else len(layers)
    if model.built:
        params["parameters"] = int(model.count_params())
    compiled = getattr(values_of(model).get("_compile_config"), "config", {})
    for name, default in COMPILE.items():
        value = compiled.get(name, default)
        if value is not default and plain(value) != default:
            params[name] = plain(value)
            if name == "loss":
                params |= _loss(value)
    params["optimizer"] = name_of(type(model.optimizer))
    return params | optimizer_of(model, first_rate)


def kept_by(model: Any) -> dict[str, object]:
    """Return what is as Keras has it, of `compile` and of the optimizer."""
    compiled = getattr(values_of(model).get("_compile_config"), "config", {})
    kept = {n: v for n, v in COMPILE.items() if compiled.get(n, v) == v}
    return kept | _optimizer(kept_params(model.optimizer, prefix="optimizer."))


def optimizer_of(model: Any, first_rate: float | None) -> dict[str, object]:
    """Return the settings of an optimizer as given; its learning rate is told in any case.

    Args:
        model: a compiled model
        first_rate: the rate that the training began with, where something changes it
    """
    found = _optimizer(given_params(model.optimizer, prefix="optimizer."))
    rate = values_of(model.optimizer).get("_learning_rate")
    number = first_rate if first_rate is not None else number_of(rate)
    if number is None and hasattr(rate, "assign"):  # a variable of the backend
        number = float(rate.value)  # type: ignore[attr-defined]  # Keras's own Variable
    if number is not None:
        return found | {"optimizer.learning_rate": float(f"{number:.7g}")}
    schedule = given_params(rate, prefix="optimizer.learning_rate.")
    return found | {"optimizer.learning_rate": plain(rate)} | schedule


def _optimizer(found: dict[str, object]) -> dict[str, object]:
    """Return settings without the optimizer's name and its rate, which is no attribute."""
    return {n: v for n, v in found.items() if n not in NOT_SETTINGS}


def snake(name: str) -> str:
    """Return what Keras makes of a class's name where nobody names a model."""
    inner = re.sub(r"\W+", "", name)
    inner = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", inner)
    return re.sub("([a-z])([A-Z])", r"\1_\2", inner).lower()


def callbacks_of(given: object) -> dict[str, object]:
    """Return the names of a fit's callbacks, and what they were set to."""
    callbacks = list(given) if isinstance(given, (list, tuple)) else [given]
    callbacks = [each for each in callbacks if each is not None]
    names = [name_of(type(each)) for each in callbacks]
    params: dict[str, object] = {"callbacks": names} if names else {}
    for name, each in zip(names, callbacks, strict=True):
        inner = given_params(each, prefix=f"{name}.")
        params |= {n: v for n, v in inner.items() if type(v) in (str, int, float, bool)}
        if f"{name}.min_delta" in params:  # turned over where less is better
            params[f"{name}.min_delta"] = abs(inner[f"{name}.min_delta"])  # type: ignore[arg-type]  # a number
    return params


def _loss(loss: object) -> dict[str, object]:
    """Return the settings of a loss that is an object; most keep them for their function."""
    kept = values_of(loss).get("_fn_kwargs")
    values = values_of(loss) | (kept if isinstance(kept, dict) else {})
    pairs = defaults_of(type(loss)).items() if "reduction" in values else ()
    return {
        f"loss.{name}": values[name]
        for name, default in pairs
        if type(values.get(name)) in (int, float, bool) and values[name] != default
    }
