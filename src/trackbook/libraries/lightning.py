"""The card of PyTorch Lightning, under both of its names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Given, Library, Training, Used
from trackbook.libraries.given import name_of, plain, values_of
from trackbook.libraries.lightning_epochs import Epochs, latest
from trackbook.libraries.lightning_facts import (
    checkpoints_of,
    hparams_of,
    plain_name,
    settings_of,
)
from trackbook.libraries.measures import once
from trackbook.libraries.torch_facts import loader_params, model_params, optimizer_params

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.libraries.base import Call, Finding

ARGUMENTS = {"train_dataloaders": "training", "val_dataloaders": "validation"}
PLACES = ("lightning.pytorch", "pytorch_lightning")

_given: dict[int, tuple[ref[object], dict[str, object]]] = {}
"""Trainers with what they were made with."""


def made(call: Call) -> Iterable[Finding]:
    """Note what a Trainer was given, which it keeps in many places."""
    trainer, key = call.given["self"], id(call.given["self"])
    given = {name: value for name, value in call.given.items() if name != "self"}
    _given[key] = ref(trainer, lambda _: _given.pop(key, None)), settings_of(given)
    return ()


def fitted(call: Call) -> Iterator[Finding]:
    """Read `fit`: hyper-parameters, settings, curves by epoch, checkpoints."""
    yield from latest.end()
    trainer: Any = call.given["self"]
    model = trainer.lightning_module
    if not trainer.is_global_zero:
        return
    params, kept = _params(trainer, model)
    yield Training(
        label=name_of(type(model)),
        model=model,
        params=params,
        defaults=kept,
        data=_data(call, trainer),
        tags=checkpoints_of(trainer),
    )


def epoch_ended(call: Call) -> Iterator[Finding]:
    """Read the end of an epoch, when what was logged of it is known."""
    loop: Any = call.given["self"]
    trainer = loop.trainer
    known = latest.of(trainer) or latest.begin(Epochs(trainer))
    if not known.is_told:
        return
    epoch, model = trainer.current_epoch - 1, trainer.lightning_module
    known.take(trainer, epoch)
    if epoch == 0:
        yield replace(known.step(model), params=_params(trainer, model)[0])
    elif known.is_due():
        yield known.step(model)


def judged(call: Call) -> Iterator[Finding]:
    """Read `validate` and `test`: how good the model is, and on what."""
    trainer: Any = call.given["self"]
    model = trainer.lightning_module
    part = "validation" if call.name == "validate" else "test"
    results: Any = call.result if type(call.result) is list else []
    if not trainer.is_global_zero:
        return
    for result in results:
        for name, value in result.items():
            yield from once(f"{part}.{plain_name(str(name))}", value, of=model)
    data = [
        Given(part, call.given[name], name)
        for name in ("dataloaders", "datamodule")
        if call.given.get(name) is not None
    ]
    yield Used(data=_flat(data), of=model)


def _params(trainer: Any, model: Any) -> tuple[dict[str, object], dict[str, object]]:
    """Return what was chosen, and the hyper-parameters that are as their class has them."""
    chosen, kept = hparams_of(model)
    known = _given.get(id(trainer))
    own = known[1] if known is not None and known[0]() is trainer else {}
    params = model_params(model)
    for optimizer in trainer.optimizers[:1]:
        params |= optimizer_params(optimizer)
    loader = values_of(trainer.fit_loop).get("_combined_loader")
    for each in _flat([Given("training", getattr(loader, "iterables", None), "")]):
        params |= loader_params(each.data)
    return params | {f"trainer.{n}": plain(v) for n, v in own.items()} | chosen, kept


def _data(call: Call, trainer: Any) -> list[Given]:
    found = [
        Given(role, call.given[name], name)
        for name, role in ARGUMENTS.items()
        if call.given.get(name) is not None
    ]
    if not found:  # of a datamodule, or of the module itself
        loops = {
            "training": trainer.fit_loop,
            "validation": trainer.fit_loop.epoch_loop.val_loop,
        }
        for role, loop in loops.items():
            loader = values_of(loop).get("_combined_loader")
            found.append(Given(role, getattr(loader, "iterables", None), "datamodule"))
    return _flat(found)


def _flat(given: list[Given]) -> list[Given]:
    """Return loaders one by one, where several are given at once."""
    found: list[Given] = []
    for role, data, name in given:
        each: Any = data.values() if type(data) is dict else data
        parts = each if type(data) in (dict, list, tuple) else [data]
        found += [Given(role, one, name) for one in parts if one is not None]
    return found


LIGHTNING = Library(
    module="lightning",
    methods={
        f"{place}.trainer.trainer:Trainer": {
            "__init__": made, "fit": fitted, "validate": judged, "test": judged,
        }
        for place in PLACES
    },
    live={f"{place}.loops.fit_loop:_FitLoop.on_advance_end": epoch_ended for place in PLACES},
    rest=latest.rest,
)  # fmt: skip
