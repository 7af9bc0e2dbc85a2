"""The card of PyTorch: loops of the user's own, by the optimizer's steps and the losses before.

A loss is kept as it is, without its graph, and its number asked for when some have come
together: to ask a device for each would make it wait. What a library trains that has a card
of its own (Lightning, Keras, Accelerate's users) is read there.
"""

from __future__ import annotations

from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Library, Step
from trackbook.libraries.given import defaults_of, name_of, plain, values_of
from trackbook.libraries.torch_loop import Loop, begun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

EVERY_S, MOST = 0.5, 1000
"""How often losses are asked for their numbers, and how many are kept at most meanwhile."""


LOOPS: dict[int, Loop] = {}
"""By the optimizer's identity."""
LOSSES: dict[int, list[Any]] = {}
"""Since the last step, by thread."""
SCALED: dict[int, tuple[ref[Any], Any]] = {}
"""The loss behind one that a GradScaler made larger, by the identity of that."""
LOADERS: dict[int, ref[Any]] = {}
"""The last one that each thread began to go through."""


def descended(call: Call) -> Iterable[Finding]:
    """Keep a loss whose gradients were worked out; nothing is told before a step is made."""
    loss: Any = call.given["self"]
    scaled = SCALED.pop(id(loss), None)
    if scaled is not None and scaled[0]() is loss:
        loss = scaled[1]
    if loss.numel() == 1:
        kept = LOSSES.setdefault(get_ident(), [])
        kept.append(loss.detach().reshape(()))
        del kept[:-MOST]
    return ()


def scaled(call: Call) -> Iterable[Finding]:
    """Remember which loss a scaled one stands for."""
    loss, made = call.given["outputs"], call.result
    if made is not loss and hasattr(loss, "detach"):
        SCALED.clear()  # there is one at a time
        SCALED[id(made)] = ref(made), loss.detach()
    return ()


def gone_through(call: Call) -> Iterable[Finding]:
    """Remember the loader whose batches come next."""
    LOADERS[get_ident()] = ref(call.given["self"])
    return ()


def scheduled(call: Call) -> Iterable[Finding]:
    """Note a scheduler's settings with its optimizer's."""
    scheduler = call.given["self"]
    values = values_of(scheduler)
    loop = LOOPS.get(id(values.get("optimizer")))
    if loop is not None and "scheduler" not in loop.params:
        loop.params |= {"scheduler": name_of(type(scheduler))}
        loop.params |= {
            f"scheduler.{name}": plain(values[name])
            for name, default in defaults_of(type(scheduler)).items()
            if name in values and name not in ("optimizer", "last_epoch")
            and values[name] is not default and plain(values[name]) != default
        }  # fmt: skip
        loop.asked_s = 0.0
    return ()


def stepped(call: Call) -> Iterable[Finding]:
    """Read a step of an optimizer: the losses before it, and its rate where that changes."""
    optimizer: Any = call.given["self"]
    losses = LOSSES.pop(get_ident(), [])
    if call.around() is not None:
        return
    loop = LOOPS.get(id(optimizer))
    is_new = loop is None or loop.optimizer() is not optimizer
    if loop is None or is_new:
        for key in [key for key, old in LOOPS.items() if old.optimizer() is None]:
            del LOOPS[key]
        loader = LOADERS.get(get_ident(), lambda: None)()
        loop = LOOPS[id(optimizer)] = begun(optimizer, loader)
    if losses:
        loop.losses.append((loop.done, sum(losses[1:], start=losses[0])))
    rate = optimizer.param_groups[0].get("lr")
    if type(rate) is float and rate != loop.rate:
        if type(loop.rate) is float:  # it held from the last change until now
            loop.rates += [(at, loop.rate) for at in sorted({loop.changed, loop.done - 1})]
        loop.changed = loop.done
        loop.rates.append((loop.done, rate))
        loop.rate = rate
    loop.done += 1
    if is_new or len(loop.losses) >= MOST or monotonic() - loop.asked_s > EVERY_S:
        model = loop.model and loop.model()
        yield Step(
            of=optimizer if model is None else model,
            label=name_of(type(optimizer if model is None else model)),
            params=loop.params,
            metrics=loop.measured(),
            rest=loop.left,
            done=loop.done,
            unit="step",
            data=loop.data if is_new else (),
        )


TORCH = Library(
    module="torch",
    live={
        "torch._tensor:Tensor.backward": descended,
        "torch.amp.grad_scaler:GradScaler.scale": scaled,
        "torch.optim.optimizer:Optimizer.step": stepped,
        "torch.optim.lr_scheduler:LRScheduler.step": scheduled,
        "torch.utils.data.dataloader:DataLoader.__iter__": gone_through,
    },
)
