"""Loops that use Hugging Face Accelerate, and what they have not told yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import get_ident
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Given, Measured, Step
from trackbook.libraries.rounds import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, weakref_slot=True, eq=False)
class Prepared:
    """What one `Accelerator` has been told."""

    model: Any = None
    """A weak reference to it."""
    params: dict[str, object] = field(default_factory=dict)
    loaders: list[Any] = field(default_factory=list)
    """Weak references, in the order given: the first is trained on."""
    label: str = "Accelerator"
    is_fresh: bool = True
    """Its params and its data were not told, or not in this cell."""
    thread: int = field(default_factory=get_ident)
    steps: int = 0
    logged: int = 0
    told_s: float = 0.0
    pace: Pace = field(default_factory=Pace)
    """Of what is logged."""
    points: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """What was logged and is not told."""

    def take(self) -> list[Measured]:
        """Return what was logged since the last time."""
        points, self.points = self.points, {}
        self.pace.told()
        return [Measured(name=name, values=values) for name, values in points.items()]


known_by_id: dict[int, tuple[ref[object], Prepared]] = {}
_gone: list[Prepared] = []
"""Their accelerators are no more, and not all was told."""


def prepared_by(accelerator: Any) -> Prepared:
    """Return what is known of an accelerator; it is forgotten with it."""
    known = known_by_id.get(id(accelerator))
    if known is not None and known[0]() is accelerator:
        return known[1]
    found, key = Prepared(), id(accelerator)

    def forget(_: object) -> None:
        known_by_id.pop(key, None)
        if found.points:
            _gone.append(found)

    known_by_id[key] = ref(accelerator, forget), found
    return found


def step_of(accelerator: object, known: Prepared) -> Step:
    """Return what a loop has not told yet."""
    model = known.model() if known.model is not None else None
    loaders = [each for each in (one() for one in known.loaders) if each is not None]
    is_fresh, known.is_fresh = known.is_fresh, False
    return Step(
        of=accelerator if model is None else model,
        key=known,
        label=known.label,
        params=known.params if is_fresh else {},
        metrics=known.take(),
        done=known.steps or None,
        unit="step",
        data=[
            Given("validation" if at else "training", each, "prepare")
            for at, each in enumerate(loaders if is_fresh else ())
        ],
    )


def rest(thread: int | None = None) -> Iterator[Step]:
    """Return what was logged and is not told."""
    gone = [known for known in _gone if thread in (None, known.thread)]
    _gone[:] = [known for known in _gone if known not in gone]
    for known in gone:
        yield step_of(None, known)
    for living, known in list(known_by_id.values()):
        if thread in (None, known.thread):
            if known.points:
                yield step_of(living(), known)
            known.is_fresh = True
