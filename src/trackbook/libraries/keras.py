"""The card of Keras 3, whatever backend it works on."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Derived, Given, Library, Measured, Training, Used
from trackbook.libraries.given import name_of, plain, values_of
from trackbook.libraries.keras_epochs import Fit, curves_of, epochs_of, latest, split
from trackbook.libraries.keras_models import callbacks_of, kept_by, params_of
from trackbook.libraries.loading import data_given
from trackbook.libraries.measures import number_of, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.libraries.base import Call, Finding

FIT: dict[str, object] = {
    "batch_size": None, "epochs": 1, "validation_split": 0.0, "shuffle": True,
    "class_weight": None, "initial_epoch": 0, "steps_per_epoch": None,
    "validation_steps": None, "validation_batch_size": None, "validation_freq": 1,
}  # fmt: skip


def fitted(call: Call) -> Iterable[Finding]:
    """Read `fit`: the settings, the curves, and the best epoch where it stopped early."""
    model: Any = call.given["self"]
    asked: Any = call.given["epochs"]
    latest.forget()  # all that it told is in its curves
    epochs = epochs_of(model, values_of(model).get("history"))
    params = params_of(model, epochs.first_rate)
    kept = kept_by(model)
    for name, default in FIT.items():
        value = plain(call.given.get(name, default))
        (kept if value == default else params)[name] = value
    if epochs.is_continued:
        params["epochs"] = max(epochs.next, epochs.shift + asked)
    yield Training(
        label=name_of(type(model)),
        model=model,
        params=params | callbacks_of(call.given.get("callbacks")),
        defaults=kept,
        metrics=[
            *curves_of(epochs, call.given.get("validation_freq")),
            *_best(call.given.get("callbacks"), epochs.shift),
        ],
        results=[values_of(model).get("history")],
        data=_data(call),
        continued=epochs.is_continued,
    )


def epoch_ended(call: Call) -> Iterable[Finding]:
    """Read the end of an epoch, before which `History` has noted its numbers."""
    callbacks: Any = call.given["self"]
    epoch: Any = call.given["epoch"]
    logs: Any = call.given.get("logs") or {}
    known = latest.of(callbacks)
    if known is not None:
        known.take(epoch, logs)
        return (known.step(callbacks.model),) if known.is_due() else ()
    model, history = callbacks.model, values_of(callbacks).get("_history")
    if history is None:
        return ()
    known = latest.begin(Fit(callbacks, epochs_of(model, history)))
    known.take(epoch, logs)
    params = params_of(model, known.epochs.first_rate)
    return (replace(known.step(model), params=params),)


def evaluated(call: Call) -> Iterator[Finding]:
    """Read `evaluate`: how good the model is on data that it did not train on."""
    model: Any = call.given["self"]
    result: Any = call.result
    if not isinstance(result, dict):
        values = list(result) if isinstance(result, (list, tuple)) else [result]
        inner = [getattr(metric, "metrics", None) or [metric] for metric in model.metrics]
        names = [each.name for group in inner for each in group]
        result = dict(zip(names, values, strict=False))
    for name, value in result.items():
        yield from once(f"test.{name}", value, of=model)
    yield Used(data=data_given(call.given, "test"), of=model)


def predicted(call: Call) -> Iterator[Finding]:
    """Read `predict`."""
    made = call.result if isinstance(call.result, (list, tuple)) else [call.result]
    yield from (Derived(made=each, of=call.given["self"]) for each in made)
    yield Used(data=data_given(call.given, "test"), of=call.given["self"])


def _best(given: object, shift: int) -> Iterator[Measured]:
    for each in given if isinstance(given, (list, tuple)) else [given]:
        values = values_of(each)
        best = number_of(values.get("best"))
        if "best_epoch" in values and best is not None and isfinite(best):
            yield from once("best_epoch", shift + int(values["best_epoch"]))  # type: ignore[call-overload]  # Keras's number
            yield from once(f"best_{split(str(values.get('monitor')))[1]}", best)


def _data(call: Call) -> list[Given]:
    found = data_given(call.given)
    validation: Any = call.given.get("validation_data")
    parts = validation if type(validation) in (tuple, list) else (validation,)
    names = ("x", "y", "sample_weight") if len(parts) > 1 else ("",)
    found += [
        Given("validation", part, f"validation_data {name}".rstrip())
        for name, part in zip(names, parts, strict=False)
        if part is not None
    ]
    return found


KERAS = Library(
    module="keras",
    methods={
        "keras.src.models.model:Model": {
            "fit": fitted, "evaluate": evaluated, "predict": predicted,
        },
    },
    live={"keras.src.callbacks.callback_list:CallbackList.on_epoch_end": epoch_ended},
    rest=latest.rest,
)  # fmt: skip
