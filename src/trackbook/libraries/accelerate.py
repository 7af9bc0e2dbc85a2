"""The card of Hugging Face Accelerate: loops of the user's own, by what they tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Given, Library, Measured, Noted, Step
from trackbook.libraries.given import defaults_of, name_of, plain, values_of
from trackbook.libraries.measures import number_of
from trackbook.libraries.torch_losses import Losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.libraries.base import Call, Finding

EVERY_S = 0.5
"""A loop says that it goes on no more often: it may take a step in a millisecond."""
OWN = {"mixed_precision": "no", "gradient_accumulation_steps": 1, "num_processes": 1}
TRACKER = "trackbook"
"""The name of our own tracker, which writes what is logged by itself."""


@dataclass(slots=True)
class Prepared:
    """What one `Accelerator` has been told."""

    model: Any = None
    """A weak reference to it."""
    params: dict[str, object] = field(default_factory=dict)
    loaders: list[Any] = field(default_factory=list)
    """Weak references, in the order given: the first is trained on."""
    label: str = "Accelerator"
    steps: int = 0
    logged: int = 0
    told_s: float = 0.0


_known: dict[int, tuple[ref[object], Prepared]] = {}


def prepared_by(accelerator: Any) -> Prepared:
    """Return what is known of an accelerator; it is forgotten with it."""
    known = _known.get(id(accelerator))
    if known is not None and known[0]() is accelerator:
        return known[1]
    found, key = Prepared(), id(accelerator)
    _known[key] = ref(accelerator, lambda _: _known.pop(key, None)), found
    return found


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
            known.params |= settings_of(thing)
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
    return ()


def configured(call: Call) -> Iterable[Finding]:
    """Read the configuration that trackers are begun with: what the user calls params."""
    known = prepared_by(call.given["self"])
    config: Any = call.given.get("config") or {}
    known.params |= {str(name): plain(value) for name, value in config.items()}
    return ()


def stepped(accelerator: Any) -> Iterable[Finding] | None:
    """Read one `backward`: a loop goes on."""
    found = _known.get(id(accelerator))
    if found is None or found[1].model is None:
        return None
    known, now = found[1], monotonic()
    known.steps += 1
    if known.steps > 1 and now - known.told_s < EVERY_S:
        return None
    known.told_s = now
    return (_step(accelerator, known, done=known.steps),)


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
    metrics = [
        Measured(name=str(name), values=((place, number),))
        for name, value in values.items()
        if (number := _number(value)) is not None
    ]
    if metrics:
        yield _step(accelerator, known, metrics=metrics, done=known.steps or None)


def settings_of(optimizer: Any) -> dict[str, object]:
    """Return an optimizer's settings that are not as its class has them, and its rate."""
    own = defaults_of(type(optimizer))
    settings = values_of(optimizer).get("defaults")
    found: dict[str, object] = {"optimizer": name_of(type(optimizer))}
    for name, value in settings.items() if isinstance(settings, dict) else ():
        if name == "lr" or plain(own.get(name, value)) != plain(value):
            found[f"optimizer.{name}"] = plain(value)
    return found


def _step(accelerator: object, known: Prepared, **told: Any) -> Step:
    model = known.model() if known.model is not None else None
    loaders = [each for each in (one() for one in known.loaders) if each is not None]
    return Step(
        of=accelerator if model is None else model,
        label=known.label,
        params=known.params,
        unit="step",
        data=[
            Given("validation" if at else "training", each, "prepare")
            for at, each in enumerate(loaders)
        ],
        **told,
    )


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
        "accelerate.accelerator:Accelerator.backward": Noted("self", stepped),
        "accelerate.accelerator:Accelerator.log": logged,
    },
)  # fmt: skip
