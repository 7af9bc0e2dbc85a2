"""Rounds and epochs that come fast: told one by one at first, then together."""

from __future__ import annotations

from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from weakref import ref

from trackbook.libraries.base import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.libraries.base import Call, Measured

EVERY_S, FEW = 1.0, 4
"""After a training's first few tellings they come no more often: each costs up to a millisecond
or two, and a loss on a GPU is there only once all is done that was queued before it."""
MOST_SILENT = 100
"""Trainings that tell nothing and are remembered, so that they are not asked anew each round."""


class Pace:
    """When something tells: at first at once, then once a second."""

    def __init__(self) -> None:
        self.due_s, self._tellings = 0.0, 0
        """From when on, by `monotonic`; and how often it has told."""

    def is_due(self) -> bool:
        """Tell whether it is time to tell."""
        return monotonic() >= self.due_s

    def told(self) -> None:
        """Note that it has told."""
        self._tellings += 1
        if self._tellings >= FEW:
            self.due_s = monotonic() + EVERY_S


class Rounds:
    """A training that is known by what lives as long as it does, and what it has told."""

    unit: ClassVar[str] = "round"

    def __init__(self, living: Any) -> None:
        self.living = ref(living)
        self.is_told = False
        """Whether it tells anything: no search's candidate does, nor `cv`."""
        self.pace, self.done = Pace(), 0
        self.label = ""
        self.total: int | None = 0

    def counts(self, label: str, total: object) -> None:
        """Let it be told of by a label, and how many there will be if that is a number."""
        self.is_told, self.label = True, label
        self.total = total if type(total) is int and total > 0 else None

    def is_due(self) -> bool:
        """Tell whether it is time to tell."""
        return self.is_told and monotonic() >= self.pace.due_s

    def news(self) -> Sequence[Measured]:
        """Return the points that have come since the last time; asked once."""
        raise NotImplementedError

    def step(self, of: object = None) -> Step:
        """Return what has come since the last time."""
        self.pace.told()
        return Step(
            of=of, key=self, label=self.label, metrics=self.news(), done=self.done,
            total=self.total, unit=self.unit,
        )  # fmt: skip

    def due(self, call: Call) -> Sequence[Step]:
        """Return what has come since the last time, if it is time to tell, within a call."""
        if not self.is_due():
            return ()
        around = call.around()
        return (self.step(around.given.get("self") if around is not None else None),)


R = TypeVar("R", bound=Rounds)


class Latest(Generic[R]):
    """The training that was heard last, in each thread, and those that tell nothing."""

    def __init__(self) -> None:
        self._by_thread: dict[int, R] = {}
        self._silent: dict[int, R] = {}
        """By the address of what lives: the boosters of a cross-validation take turns."""

    def of(self, living: object) -> R | None:
        """Return what is given's training, if it is this thread's or tells nothing."""
        known = self._by_thread.get(get_ident())
        if known is not None and known.living() is living:
            return known
        known = self._silent.get(id(living))
        return known if known is not None and known.living() is living else None

    def is_near(self) -> bool:
        """Tell whether this thread's training may be due, or there is none; asked each step."""
        known = self._by_thread.get(get_ident())
        return known is None or monotonic() >= known.pace.due_s

    def is_due(self, living: object, _result: object = None) -> bool:
        """Tell whether it is time to tell of a training, or to begin with it."""
        known = self.of(living)
        return known is None or known.is_due()

    def begin(self, rounds: R) -> R:
        """Take this for the thread's training from now on, if it tells anything."""
        if rounds.is_told:
            self._by_thread[get_ident()] = rounds
            return rounds
        if len(self._silent) >= MOST_SILENT:
            self._silent.clear()
        self._silent[id(rounds.living())] = rounds
        return rounds

    def forget(self) -> None:
        """Let this thread's training tell nothing more."""
        self._by_thread.pop(get_ident(), None)

    def end(self) -> Iterator[Step]:
        """Return what this thread's training, which has ended, has not told."""
        yield from self.rest(get_ident())

    def rest(self, thread: int | None = None) -> Iterator[Step]:
        """Return the last rounds of trainings that ended before they told them."""
        for each in tuple(self._by_thread) if thread is None else (thread,):
            known = self._by_thread.pop(each, None)
            if known is None or not known.is_told:
                continue
            step = known.step()
            if step.metrics:
                yield step
