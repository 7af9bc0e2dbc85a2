"""One loop of PyTorch: what it tells, and how its losses become numbers."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import MRO_OF, module_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from weakref import ref

MOST = 500
"""Points that one telling brings: of more, every second, third … is kept."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Loop:
    """What is known of one optimizer's loop; it outlives the optimizer until it was told."""

    optimizer: ref[Any]
    first_only: bool
    """Its steps work the loss out many times (LBFGS); the first is the one before it."""
    label: str = ""
    model: ref[Any] | None = None
    loader: ref[object] | None = None
    judged: ref[object] | None = None
    scheduler: type | None = None
    params: dict[str, object] = field(default_factory=dict)
    is_fresh: bool = True
    """Its data were not told in this cell."""
    steps: int = 0
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
