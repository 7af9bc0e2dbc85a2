"""What loops of PyTorch went down on: losses as they came, without waiting for a device."""

from __future__ import annotations

import sys
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import ref

from trackbook.libraries.given import name_of, values_of
from trackbook.libraries.torch_loop import MOST, Loop, is_evaluating, is_tensor, kept

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OVER = 100
"""Loops that wait for the end of a cell; a script has none."""


class Losses:
    """The loops of one thread, and the losses that wait for the step they lead to."""

    threads: ClassVar[dict[int, Losses]] = {}

    @classmethod
    def here(cls) -> Losses:
        """Return those of this thread."""
        thread = get_ident()
        found = cls.threads.get(thread)
        return found if found is not None else cls.threads.setdefault(thread, cls())

    @classmethod
    def of(cls, thread: int | None) -> Iterator[Losses]:
        """Yield those of a thread; for None of all, and forget those that have no loops."""
        for each, known in list(cls.threads.items()):
            if thread in (None, each):
                yield known
            if thread is None and not known.loops:
                cls.threads.pop(each, None)

    def __init__(self) -> None:
        self.loops: dict[int, Loop] = {}
        self._over: list[Loop] = []
        self._waiting: list[Any] = []
        self._scaled: tuple[object, object] = (None, None)
        self._loader: tuple[ref[object] | None, ref[object] | None] = (None, None)
        self._judged: list[tuple[str, Any, int]] = []
        self._latest: Loop | None = None
        self._unheard: Any = None
        self._listens = True
        """Whether losses are kept: not while the loops are all other cards'."""
        self._tensor: Any = sys.modules["torch"].Tensor

    def scale(self, outputs: object, result: object) -> None:
        """Note what a loss was before it was scaled."""
        self._scaled = (result, outputs)

    def train(self, loss: Any) -> None:
        """Keep a loss; only a single real number is one."""
        if not self._listens:
            self._unheard = loss  # to be read if it led to the first step of another loop
            return
        scaled, before = self._scaled
        if scaled is not None:
            loss = before if loss is scaled else loss
            self._scaled = (None, None)
        if self._judged:
            self._end_judging()
        # In one piece: after seconds of other work, each call of a function takes microseconds.
        if type(loss) is self._tensor and loss.numel() == 1 and len(self._waiting) < MOST:
            self._waiting.append(loss.item() if loss.is_cpu else loss.detach())

    def judge(self, function: str, loss: Any, given: Any) -> None:
        """Keep a loss worked out without gradients, of a model that is not in training."""
        loop = self._latest
        model = loop.model() if loop is not None and loop.model is not None else None
        if loop is None or values_of(model).get("training") is not False:
            return
        first = self._judged[0][0] if self._judged else function
        if function == first and is_tensor(loss) and loss.numel() == 1:
            rows = given.shape[0] if is_tensor(given) and given.dim() else 1
            self._judged.append((function, kept(loss), rows))
            loop.judged = self._loader[1]

    def feed(self, loader: object) -> None:
        """Note which loader is gone through, and whether to train on it."""
        training, judging = self._loader
        if self._judged and not is_evaluating():
            self._end_judging()
        self._loader = (
            (training, ref(loader)) if is_evaluating() else (ref(loader), judging)
        )

    def step(self, optimizer: Any) -> Loop | None:
        """Count a step, and give it the losses that led to it."""
        loop = self.loops.get(id(optimizer))
        if loop is None or loop.optimizer() is not optimizer:
            loop = self.loop_of(optimizer)
        waiting, self._waiting = self._waiting, []
        if loop is None or loop.is_others:
            self._unheard = None
            if loop is not None:
                self._listens = not all(each.is_others for each in self.loops.values())
            return None
        if not self._listens:
            self._listens = True
            unheard, self._unheard = self._unheard, None
            if is_tensor(unheard) and unheard.numel() == 1:
                waiting = [kept(unheard)]
        loop.steps += 1
        if waiting:
            loss = waiting[0]
            if not loop.first_only:
                for other in waiting[1:]:
                    loss = loss + other
            loop.losses.append((loop.steps, loss))
        rate = optimizer.param_groups[0].get("lr")
        if type(rate) is float and rate != loop.rate:
            loop.rate = rate
            loop.rates.append((loop.steps, rate))
        loop.loader, self._latest = self._loader[0], loop
        return loop

    def loop_of(self, optimizer: Any) -> Loop | None:
        """Return an optimizer's loop, its first time with it; it is forgotten with it."""
        if optimizer is None:
            return None
        key = id(optimizer)
        loop = self.loops.get(key)
        if loop is None or loop.optimizer() is not optimizer:
            loop = Loop(
                optimizer=ref(optimizer, lambda gone: self._end(key, gone)),
                first_only=name_of(type(optimizer)) == "LBFGS",
            )
            self.loops[key] = loop
        return loop

    def open_loops(self) -> list[Loop]:
        """Return the loops there are, with all that belongs to them."""
        self._end_judging()
        self._waiting.clear()
        self._latest = None  # what a later cell evaluates may be another model
        over, self._over = self._over, []
        return [*over, *self.loops.values()]

    def leave(self, optimizer: Any) -> None:
        """Leave an optimizer's steps to another card: that of what it was handed to."""
        loop = self.loop_of(optimizer)
        if loop is not None:
            loop.is_others = True

    def forget(self, loop: Loop) -> None:
        """Let go of what a loop has not told."""
        loop.losses.clear()
        loop.judgements.clear()
        loop.rates.clear()
        self._judged.clear()

    def _end(self, key: int, gone: object) -> None:
        """Let what an optimizer's loop has not told wait for the end of the cell."""
        loop = self.loops.get(key)
        if loop is not None and loop.optimizer is gone:
            del self.loops[key]
            self._over = [*self._over[-MOST_OVER:], loop]

    def _end_judging(self) -> None:
        judged, self._judged = self._judged, []
        loop = self._latest
        if judged and loop is not None:
            total = sum(rows for _, _, rows in judged) or 1
            mean = sum(loss * (rows / total) for _, loss, rows in judged)
            loop.judgements.append((loop.steps, mean))
