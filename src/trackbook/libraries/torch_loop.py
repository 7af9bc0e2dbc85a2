"""A training loop of PyTorch, as far as its optimizer's steps tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from weakref import ref

from trackbook.libraries.base import Given, Measured
from trackbook.libraries.given import name_of, plain
from trackbook.libraries.torch_facts import given_of, owner_of, size_of


@dataclass(slots=True)
class Loop:
    """What is known of the steps of one optimizer."""

    optimizer: ref[Any]
    model: ref[Any] | None
    params: dict[str, object]
    data: list[Given]
    rate: object
    """Its learning rate."""
    changed: int = 0
    """At which step it got that."""
    done: int = 0
    asked_s: float = 0.0
    """When it told something last; 0 where the next step is to be told at once."""
    losses: list[tuple[int, Any]] = field(default_factory=list)
    rates: list[tuple[int, float]] = field(default_factory=list)

    def left(self) -> list[Measured]:
        """Return what is left when a cell ends; if another goes on, that begins anew."""
        found = self.measured()
        self.asked_s = 0.0
        return found

    def measured(self) -> list[Measured]:
        """Return what came since the last time; here a device may have to be waited for."""
        import torch

        self.asked_s = monotonic()
        losses, self.losses = self.losses, []
        rates, self.rates = self.rates, []
        found = [Measured(name="learning_rate", values=rates)] if rates else []
        if losses:
            device = losses[-1][1].device
            alike = [loss.to(device, torch.float64) for _, loss in losses]
            values = torch.stack(alike).tolist()
            steps = [step for step, _ in losses]
            found.append(
                Measured(name="train.loss", values=list(zip(steps, values, strict=True)))
            )
        return found


def begun(optimizer: Any, loader: Any) -> Loop:
    """Return a loop of which one step was made, with the loader that its batches come from."""
    model = owner_of(optimizer)
    params = {"model": name_of(type(model)), **size_of(model)} if model is not None else {}
    params |= given_of(optimizer)
    if loader is not None:
        params["batch_size"] = plain(getattr(loader, "batch_size", None))
    return Loop(
        ref(optimizer),
        ref(model) if model is not None else None,
        params,
        [Given("training", loader, "loader")] if loader is not None else [],
        optimizer.param_groups[0].get("lr"),
    )
