"""The card of Hugging Face transformers: what its Trainer trains and judges."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import (
    Derived,
    Given,
    Library,
    Measured,
    Noted,
    Training,
    Used,
)
from trackbook.libraries.given import name_of, values_of
from trackbook.libraries.measures import once
from trackbook.libraries.transformers_facts import (
    NOISE,
    arguments_of,
    curves_of,
    facts_of,
    split,
)
from trackbook.libraries.transformers_logs import Logged, latest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.libraries.base import Call, Finding

OF_ITSELF = {
    "DefaultFlowCallback", "ProgressCallback", "PrinterCallback", "TrackbookCallback",
    "NotebookProgressCallback",
}  # fmt: skip


def trained(call: Call) -> Iterable[Finding]:
    """Read `Trainer.train`: arguments, configuration, curves by step, checkpoints."""
    latest.forget()  # all that it told is in its curves
    trainer: Any = call.given["self"]
    state, model = trainer.state, trainer.model
    given, kept = arguments_of(trainer.args)
    callbacks = [name_of(type(one)) for one in trainer.callback_handler.callbacks]
    callbacks = [name for name in callbacks if name not in OF_ITSELF]
    if callbacks:
        given["callbacks"] = callbacks
    inner = values_of(trainer.optimizer).get("optimizer", trainer.optimizer)
    yield Training(
        label=name_of(type(model)),
        model=model,
        params={**facts_of(model), "optimizer": name_of(type(inner)), **given},
        defaults=kept,
        metrics=[*curves_of(state.log_history), *_best(state)],
        results=[call.result],
        data=[
            *_data("training", trainer.train_dataset, "train_dataset"),
            *_data("validation", trainer.eval_dataset, "eval_dataset"),
        ],
        tags=_checkpoints(trainer),
    )


def begun(call: Call) -> Iterator[Finding]:
    """Read the beginning of a training, by which its run opens."""
    handler: Any = call.given["self"]
    model = handler.model
    known = latest.begin(Logged(handler, call.given["state"]))
    params = {**facts_of(model), **arguments_of(call.given["args"])[0]}
    yield replace(known.step(model), params=params)


def is_logged(handler: object, _result: object) -> bool:
    """Tell whether what a training logged is to be told: once a second."""
    known = latest.of(handler)
    return known is not None and known.is_due()


def stepped(call: Call) -> Iterator[Finding]:
    """Read how far a training is, and what it has logged."""
    handler: Any = call.given["self"]
    known = latest.of(handler) or latest.begin(Logged(handler, call.given["state"]))
    yield known.step(handler.model)


def evaluated(call: Call) -> Iterator[Finding]:
    """Read `evaluate` after a training: on the set of the Trainer, or on one given."""
    trainer: Any = call.given["self"]
    given = call.given.get("eval_dataset")
    own = given is None or given is trainer.eval_dataset
    result: Any = call.result
    for name, value in result.items():
        if not name.endswith(NOISE):
            metric = name.removeprefix("eval_")
            part = "evaluation" if own else "test"
            called = split(name) if metric == name else f"{part}.{metric}"
            yield from once(called, value, of=trainer.model)
    role = "validation" if own else "test"
    data = trainer.eval_dataset if given is None else given
    yield Used(data=_data(role, data, "eval_dataset"), of=trainer.model)


def predicted(call: Call) -> Iterator[Finding]:
    """Read `predict`, and how good the predictions are where their set has labels."""
    model = call.given["self"].model  # type: ignore[attr-defined]  # see above
    result: Any = call.result
    yield Derived(made=result.predictions, of=model)
    for name, value in (result.metrics or {}).items():
        if not name.endswith(NOISE):
            yield from once(split(name), value, of=model)
    yield Used(data=_data("test", call.given.get("test_dataset"), "test_dataset"), of=model)


def _best(state: Any) -> Iterator[Measured]:
    yield from once("best_metric", state.best_metric)
    yield from once("best_step", getattr(state, "best_global_step", None))


def _checkpoints(trainer: Any) -> dict[str, str]:
    state, tags = trainer.state, {}
    last = os.path.join(str(trainer.args.output_dir), f"checkpoint-{state.global_step}")  # noqa: PTH118  # as the Trainer names it
    if os.path.isdir(last):  # noqa: PTH112  # see above
        tags["checkpoint"] = last
    if state.best_model_checkpoint:
        tags["checkpoint.best"] = str(state.best_model_checkpoint)
    return tags


def _data(role: str, data: object, name: str) -> list[Given]:
    if isinstance(data, dict):
        return [Given(role, each, f"{name} {key}") for key, each in data.items()]
    return [] if data is None else [Given(role, data, name)]


TRANSFORMERS = Library(
    module="transformers",
    methods={
        "transformers.trainer:Trainer": {
            "train": trained, "evaluate": evaluated, "predict": predicted,
        },
    },
    live={
        "transformers.trainer_callback:CallbackHandler.on_train_begin": begun,
        "transformers.trainer_callback:CallbackHandler.on_step_end": Noted(
            "self", latest.is_due, read=stepped, when=latest.is_near
        ),
        "transformers.trainer_callback:CallbackHandler.on_log": Noted(
            "self", is_logged, read=stepped, when=latest.is_near
        ),
    },
    rest=latest.rest,
)  # fmt: skip
