"""What loops of PyTorch went down on: losses as they came, without waiting for a device."""

from __future__ import annotations

import sys
from collections import defaultdict
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import ref

from trackbook.libraries.given import INSIDE_OF, name_of
from trackbook.libraries.rounds import EVERY_S
from trackbook.libraries.torch_loop import MOST, Loop, kept

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 2
"""Steps of other cards' loops in a row after which no losses are asked for: two optimizers may
take turns."""
MOST_OVER = 100
"""Loops that wait for the end of a cell; a script has none."""


class Losses:
    """The loops of one thread, and the losses that wait for the step they lead to.

    What comes with each batch is only noted, and sorted out in one go before anything else is
    done: after milliseconds of other work each line of ours costs microseconds.
    """

    threads: ClassVar[defaultdict[int, Losses]]
    """By `get_ident`: a thread that asks for its own has some."""
    deaf: ClassVar[set[int]] = set()
    """Threads whose loops are all other cards': no loss is asked for until a loader is gone
    through, an optimizer is made or takes a step, or the cell ends. Only a loop that comes after
    theirs in a cell and does none of it before its first loss lacks that."""

    @classmethod
    def here(cls) -> Losses:
        """Return those of this thread."""
        return cls.threads[get_ident()]

    @classmethod
    def of(cls, thread: int | None) -> Iterator[Losses]:
        """Yield those of a thread; for None of all, and forget those that have no loops."""
        for each, known in list(cls.threads.items()):
            if thread in (None, each):
                yield known
            if thread is None and not known.loops:
                cls.threads.pop(each, None)
                cls.deaf.discard(each)

    __slots__ = (
        "_judged", "_latest", "_loader", "_over", "_scaled", "_waiting", "due_s", "is_plain",
        "last", "learns", "left", "listens", "loops", "noted", "passed", "tensor", "thread",
        "told_s", "values_of",
    )  # fmt: skip

    def __init__(self) -> None:
        self.thread = get_ident()
        self.loops: dict[int, Loop] = {}
        self.noted: list[Any] = []
        """What came, in its order: losses; of steps the optimizer's id and its rate; of loaders
        and of an evaluation's losses what is to be done with what."""
        self.is_plain = True
        """Whether losses may be noted as they are: they were not scaled."""
        self.told_s: dict[int, float] = {}
        """When loops were told of last, by `monotonic` and their optimizer's id."""
        self.due_s = 0.0
        """When the next one is to be told of."""
        self.last = 0
        """The id of the optimizer that took the latest step in this cell, while it lives."""
        torch: Any = sys.modules["torch"]
        self.tensor: Any = torch.Tensor
        self.values_of: Any = INSIDE_OF(torch.nn.Module)["__dict__"].__get__
        """Gives a network's attributes, to be read only."""
        self.learns: Any = torch.is_grad_enabled
        """Whether what is done now is to be trained on."""
        self._over: list[Loop] = []
        self._waiting: list[Any] = []
        self._scaled: tuple[object, object] = (None, None)
        self._loader: tuple[ref[object] | None, ref[object] | None] = (None, None)
        self._judged: list[tuple[str, Any, int]] = []
        self._latest: Loop | None = None
        self.left: set[int] = set()
        """The ids of optimizers of which another card tells."""
        self.listens = True
        """Whether the thread is not `deaf`."""
        self.passed = 0
        """Steps in a row of which another card tells."""

    def scale(self, outputs: object, result: object) -> None:
        """Note what a loss was before it was scaled."""
        if self.listens:
            self._scaled, self.is_plain = (result, outputs), False

    def note_loss(self, loss: Any) -> None:
        """Keep a loss; only a single real number is one."""
        if self.is_plain:
            if len(self.noted) >= MOST:
                self._sort()  # nobody may ever take a step
            if type(loss) is self.tensor and loss.numel() == 1:
                self.noted.append(kept(loss))
        else:
            scaled, before = self._scaled
            self._scaled, self.is_plain = (None, None), True
            self.note_loss(before if loss is scaled else loss)

    def make_room(self) -> None:
        """Keep the losses that come, after what was noted: nobody may ever train."""
        self.listen()
        if len(self.noted) >= MOST:
            self._sort()

    def latest(self) -> Loop | None:
        """Return the loop that took the latest step in this cell; its optimizer may be gone."""
        self._sort()
        return self._latest

    def note_step(self, optimizer: Any, now: float) -> Loop | None:
        """Give a step the losses that led to it; return its loop where that is to be told.

        Args:
            optimizer: which took it
            now: by `monotonic`
        """
        key = id(optimizer)
        self._sort()
        loop = self.loop_of(optimizer)
        if loop is None or key in self.left:
            self._waiting.clear()
            self._pass_over()
            return None
        self.listen()
        self.last = key
        self.noted.append((key, optimizer.param_groups[0].get("lr")))
        self._sort()
        if now - self.told_s.get(key, -EVERY_S) < EVERY_S:
            return None
        self.told_s[key] = now
        late = [each for each in self.told_s.values() if each + EVERY_S >= now]
        self.due_s = min(late) + EVERY_S
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
            self.left.discard(key)
        return loop

    def open_loops(self) -> list[Loop]:
        """Return the loops there are, with all that belongs to them."""
        self.listen()
        self._sort()
        self._end_judging()
        self._waiting.clear()
        self._latest = None  # what a later cell evaluates may be another model
        self.last = 0
        over, self._over = self._over, []
        return [*over, *self.loops.values()]

    def leave(self, optimizer: Any) -> None:
        """Leave an optimizer's steps to another card: that of what it was handed to."""
        if self.loop_of(optimizer) is not None:
            self.left.add(id(optimizer))
            self.told_s.pop(id(optimizer), None)

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
            self._sort()
            if self.last == key:
                self.last = 0
            del self.loops[key]
            self.told_s.pop(key, None)
            self.left.discard(key)
            self._over = [*self._over[-MOST_OVER:], loop]

    def listen(self) -> None:
        """Keep the losses that come."""
        self.listens, self.passed = True, 0
        self.deaf.discard(self.thread)

    def _pass_over(self) -> None:
        """Note a step that another card tells of."""
        self.passed += 1
        if self.passed >= PATIENCE and self.left.issuperset(self.loops):
            self.listens = False
            self.deaf.add(self.thread)

    def _sort(self) -> None:
        """Give each step that was noted the losses before it, and each evaluation its own."""
        noted, self.noted = self.noted, []
        for each in noted:
            if type(each) is not tuple:
                if len(self._waiting) < MOST:
                    self._waiting.append(each)
            elif type(each[0]) is int:
                self._count(*each)
            else:
                act, *given = each
                act(*given)

    def enter(self, loader: ref[object], to_learn: bool) -> None:
        """Go through a loader, once that is sorted out."""
        if to_learn:
            self._end_judging()
        training, judging = self._loader
        self._loader = (loader, judging) if to_learn else (training, loader)

    def judge(self, function: str, loss: Any, rows: int) -> None:
        """Count an evaluation's loss, once that is sorted out.

        Args:
            function: which worked it out: only one counts
            loss: the mean of some rows
            rows: how many
        """
        first = self._judged[0][0] if self._judged else function
        if self._latest is not None and function == first:
            self._judged.append((function, loss, rows))
            self._latest.judged = self._loader[1]

    def _count(self, key: int, rate: object) -> None:
        self._end_judging()
        waiting, self._waiting = self._waiting, []
        loop = self.loops.get(key)
        if loop is None:
            return
        loop.steps += 1
        if waiting:
            loss = waiting[0]
            if not loop.first_only:
                for other in waiting[1:]:
                    loss = loss + other
            loop.losses.append((loop.steps, loss))
        if type(rate) is float and rate != loop.rate:
            loop.rate = rate
            loop.rates.append((loop.steps, rate))
        loop.loader, self._latest = self._loader[0], loop

    def _end_judging(self) -> None:
        judged, self._judged = self._judged, []
        loop = self._latest
        if judged and loop is not None:
            total = sum(rows for _, _, rows in judged) or 1
            mean = sum(loss * (rows / total) for _, loss, rows in judged)
            loop.judgements.append((loop.steps, mean))


Losses.threads = defaultdict(Losses)
