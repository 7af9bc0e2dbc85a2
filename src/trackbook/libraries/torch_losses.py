"""What loops of PyTorch went down on: losses as they came, without waiting for a device."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.given import MRO_OF, module_of, name_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 500
"""Points that one telling brings: of more, every second, third … is kept."""

MOST_OVER = 100
"""Loops that wait for the end of a cell; a script has none."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Loop:
    """What is known of one optimizer's loop; it outlives the optimizer until it was told."""

    optimizer: ref[Any]
    first_only: bool
    """Its steps work the loss out many times (LBFGS); the first is the one before it."""
    is_others: bool = False
    """Another card tells of it."""
    label: str = ""
    model: ref[Any] | None = None
    loader: ref[object] | None = None
    judged: ref[object] | None = None
    scheduler: type | None = None
    params: dict[str, object] = field(default_factory=dict)
    is_fresh: bool = True
    """Its data were not told in this cell."""
    steps: int = 0
    told_s: float = 0.0
    rate: float | None = None
    losses: list[tuple[int, object]] = field(default_factory=list)
    judgements: list[tuple[int, object]] = field(default_factory=list)
    rates: list[tuple[int, float]] = field(default_factory=list)

    def take(self) -> Iterator[tuple[str, list[tuple[int, float]]]]:
        """Yield the points that have come since, by metric; they are read here."""
        losses, self.losses = self.losses, []
        judgements, self.judgements = self.judgements, []
        rates, self.rates = self.rates, []
        every = len(losses) // MOST + 1
        yield "train.loss", numbers(losses[::-every][::-1])
        yield "validation.loss", numbers(judgements)
        yield "lr", rates


class Losses:
    """The loops of this process, and the losses that wait for the step they lead to."""

    def __init__(self) -> None:
        self._loops: dict[int, Loop] = {}
        self._over: list[Loop] = []
        self._waiting: list[Any] = []
        self._scaled: tuple[object, object] = (None, None)
        self._loader: tuple[ref[object] | None, ref[object] | None] = (None, None)
        self._judged: list[tuple[str, Any, int]] = []
        self._latest: Loop | None = None

    def scale(self, outputs: object, result: object) -> None:
        """Note what a loss was before it was scaled."""
        self._scaled = (result, outputs)

    def train(self, loss: Any) -> None:
        """Keep a loss; only a single real number is one."""
        scaled, before = self._scaled
        if scaled is not None:
            loss = before if loss is scaled else loss
            self._scaled = (None, None)
        if self._judged:
            self._end_judging()
        # In one piece: after seconds of other work, each call of a function takes microseconds.
        torch: Any = sys.modules["torch"]
        if type(loss) is torch.Tensor and loss.numel() == 1 and len(self._waiting) < MOST:
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
        loop = self._loops.get(id(optimizer))
        if loop is None or loop.optimizer() is not optimizer:
            loop = self.loop_of(optimizer)
        waiting, self._waiting = self._waiting, []
        if loop is None or loop.is_others:
            return None
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
        loop = self._loops.get(key)
        if loop is None or loop.optimizer() is not optimizer:
            loop = Loop(
                optimizer=ref(optimizer, lambda gone: self._end(key, gone)),
                first_only=name_of(type(optimizer)) == "LBFGS",
            )
            self._loops[key] = loop
        return loop

    def open_loops(self) -> list[Loop]:
        """Return the loops there are, with all that belongs to them."""
        self._end_judging()
        self._waiting.clear()
        self._latest = None  # what a later cell evaluates may be another model
        over, self._over = self._over, []
        return [*over, *self._loops.values()]

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
        loop = self._loops.get(key)
        if loop is not None and loop.optimizer is gone:
            del self._loops[key]
            self._over = [*self._over[-MOST_OVER:], loop]

    def _end_judging(self) -> None:
        judged, self._judged = self._judged, []
        loop = self._latest
        if judged and loop is not None:
            total = sum(rows for _, _, rows in judged) or 1
            mean = sum(loss * (rows / total) for _, loss, rows in judged)
            loop.judgements.append((loop.steps, mean))


def is_evaluating() -> bool:
    """Tell whether gradients are off just now."""
    torch: Any = sys.modules["torch"]
    return not torch.is_grad_enabled()


def is_tensor(value: object) -> bool:
    """Tell whether it is a tensor of torch's own."""
    torch: Any = sys.modules["torch"]
    return type(value) is torch.Tensor


def kept(loss: Any) -> Any:
    """Return a loss that may wait: a number where that is there, else cut off from its graph."""
    return loss.item() if loss.is_cpu else loss.detach()


def is_module(value: object) -> bool:
    """Tell whether it is a network, without asking it."""
    return any(
        name_of(base) == "Module" and module_of(base) == "torch.nn.modules.module"
        for base in MRO_OF(type(value))
    )


def numbers(points: list[tuple[int, Any]]) -> list[tuple[int, float]]:
    """Return points as numbers; those on a device are fetched in one go."""
    torch: Any = sys.modules["torch"]
    if not points:
        return []
    with torch.no_grad():
        far = [value for _, value in points if type(value) is torch.Tensor]
        if far and torch.cuda.is_available() and torch.cuda.is_current_stream_capturing():
            return []
        if far and len({value.device for value in far}) == 1 and len(far) == len(points):
            flat = torch.stack(
                [
                    value.reshape(()).double()
                    if value.device.type != "mps"
                    else value.reshape(()).float()
                    for value in far
                ]
            )
            return list(zip((step for step, _ in points), flat.tolist(), strict=True))
        return [(step, float(value)) for step, value in points]
