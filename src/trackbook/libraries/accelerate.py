"""The card of Hugging Face Accelerate: loops of the user's own, by what they tell it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.accelerate_loops import known_by_id, prepared_by, rest, step_of
from trackbook.libraries.base import Library, Noted
from trackbook.libraries.given import name_of, plain
from trackbook.libraries.measures import number_of
from trackbook.libraries.rounds import EVERY_S
from trackbook.libraries.torch_facts import optimizer_params
from trackbook.libraries.torch_losses import Losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.libraries.base import Call, Finding

OWN = {"mixed_precision": "no", "gradient_accumulation_steps": 1, "num_processes": 1}
TRACKER = "trackbook"
"""The name of our own tracker, which writes what is logged by itself."""


def prepared(call: Call) -> Iterable[Finding]:
    """Read `prepare`; a run opens only when something is trained."""
    accelerator: Any = call.given["self"]
    known = prepared_by(accelerator)
    given: Any = call.given["args"]
    for thing in given:
        if hasattr(thing, "named_parameters") and hasattr(thing, "forward"):
            known.model, known.label = ref(thing), name_of(type(thing))
            count = sum(each.numel() for each in thing.parameters())
            known.params |= {"model": known.label, "parameters": count}
        elif hasattr(thing, "param_groups"):
            known.params |= optimizer_params(thing)
            Losses.here().leave(thing)
        elif hasattr(thing, "get_last_lr"):
            known.params["scheduler"] = name_of(type(thing))
        elif hasattr(thing, "dataset"):
            known.loaders.append(ref(thing))
            size = getattr(thing, "batch_size", None)
            if size is not None:
                known.params.setdefault("batch_size", size)
    chosen = {name: plain(getattr(accelerator, name)) for name in OWN}
    known.params |= {n: v for n, v in chosen.items() if v != OWN[n]}
    known.is_fresh = True
    return ()


def configured(call: Call) -> Iterable[Finding]:
    """Read the configuration that trackers are begun with: what the user calls params."""
    known = prepared_by(call.given["self"])
    config: Any = call.given.get("config") or {}
    known.params |= {str(name): plain(value) for name, value in config.items()}
    known.is_fresh = True
    return ()


def stepped(accelerator: Any, _result: object) -> Iterable[Finding] | None:
    """Read one `backward`: a loop goes on."""
    found = known_by_id.get(id(accelerator))
    if found is None or found[1].model is None:
        return None
    known, now = found[1], monotonic()
    known.steps += 1
    if known.steps > 1 and now - known.told_s < EVERY_S:
        return None
    known.told_s = now
    return (step_of(accelerator, known),)


def logged(call: Call) -> Iterator[Finding]:
    """Read `log`, whether trackers take it or none are there."""
    accelerator: Any = call.given["self"]
    if any(each.name == TRACKER for each in accelerator.trackers):
        return
    known = prepared_by(accelerator)
    values: Any = call.given["values"]
    asked = call.given.get("step")
    place = asked if type(asked) is int else known.logged
    known.logged = place + 1
    for name, value in values.items():
        number = _number(value)
        if number is not None:
            known.points.setdefault(str(name), []).append((place, number))
    if known.points and known.pace.is_due():
        yield step_of(accelerator, known)


def _number(value: Any) -> float | None:
    number = number_of(value)
    if number is None and getattr(value, "shape", None) == () and hasattr(value, "item"):
        number = number_of(value.item())
    return number


ACCELERATE = Library(
    module="accelerate",
    methods={
        "accelerate.accelerator:Accelerator": {
            "prepare": prepared, "init_trackers": configured,
        },
    },
    live={
        "accelerate.accelerator:Accelerator.backward": Noted(
            "self", stepped, when=known_by_id.__len__
        ),
        "accelerate.accelerator:Accelerator.log": logged,
    },
    rest=rest,
)  # fmt: skip
