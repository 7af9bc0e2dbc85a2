"""The card of PyTorch: loops of the user's own, heard at each step of an optimizer.

A step costs some microseconds: losses are kept as they are, and read and told once a second.
"""

from __future__ import annotations

from functools import partial
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Given, Library, Measured, Noted, Only, Step
from trackbook.libraries.given import name_of
from trackbook.libraries.torch_facts import (
    loader_params,
    model_around,
    params_of,
    scheduler_params,
)
from trackbook.libraries.torch_loop import MOST, kept
from trackbook.libraries.torch_losses import Losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.libraries.base import Call, Finding
    from trackbook.libraries.torch_loop import Loop

LOSSES = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "l1_loss",
    "mse_loss", "nll_loss", "smooth_l1_loss", "huber_loss", "kl_div", "gaussian_nll_loss",
    "poisson_nll_loss",
)  # fmt: skip

here, threads = Losses.here, Losses.threads


# The next ones are called at each batch or epoch, after milliseconds of other work: what is looked
# up there is looked up from afar, so usual cases are met here, each in one piece.


def trained(loss: Any, _result: object) -> None:
    """Keep a loss that is gone down on."""
    losses = threads[get_ident()]
    is_usual = losses.is_plain and type(loss) is losses.tensor and loss.is_cpu
    if not is_usual or len(losses.noted) >= MOST:
        losses.note_loss(loss)
        return
    try:
        losses.noted.append(loss.item())
    except RuntimeError:
        return  # not a single number


def stepped(optimizer: Any, _result: object) -> Iterable[Finding] | None:
    """Read one step of an optimizer."""
    losses = threads[get_ident()]
    key = id(optimizer)
    if key in losses.told_s and monotonic() < losses.due_s:
        losses.noted.append((key, optimizer.param_groups[0].get("lr")))
        losses.last = key
        return None
    if key in losses.left and not losses.listens:
        return None
    loop = losses.note_step(optimizer, monotonic())
    if loop is None:
        return None
    if not loop.label:
        model = model_around(optimizer)
        loop.model = None if model is None else ref(model)
        loop.label = name_of(type(optimizer if model is None else model))
        loop.params = params_of(optimizer, model) | loop.params
    return (told_of(loop),)


def made(_optimizer: object, _result: object) -> None:
    """Note that an optimizer is made, or is given more: its loop may begin."""
    here().listen()


def fed(loader: object, _result: object) -> None:
    """Note which loader is gone through, and whether to train on it."""
    losses = threads[get_ident()]
    if losses.passed or len(losses.noted) >= MOST:
        losses.make_room()
    losses.noted.append((losses.enter, ref(loader), losses.learns()))


def scaled(call: Call) -> Iterable[Finding]:
    """Read a scaler of mixed precision: what is trained on is the loss before."""
    here().scale(call.given["outputs"], call.result)
    return ()


def evaluated(function: str, given: Any, loss: Any) -> None:
    """Keep a loss that was worked out without gradients: how the model does otherwise."""
    losses = threads[get_ident()]
    loop = losses.loops.get(losses.last)
    if loop is None:
        loop = losses.latest()
    model = loop.model() if loop is not None and loop.model is not None else None
    if model is None or losses.values_of(model).get("training") is not False:
        return
    if type(loss) is losses.tensor and loss.numel() == 1:
        rows = given.size(0) if type(given) is losses.tensor and given.dim() else 1
        losses.noted.append((losses.judge, function, kept(loss), rows))


def scheduled(scheduler: Any, _result: object) -> None:
    """Read which scheduler an optimizer has."""
    loop = threads[get_ident()].loop_of(getattr(scheduler, "optimizer", None))
    if loop is not None and loop.scheduler is not type(scheduler):
        loop.scheduler = type(scheduler)
        loop.params |= scheduler_params(scheduler)


def told_of(loop: Loop) -> Step:
    """Return what a loop has not told yet."""
    model = loop.model and loop.model()
    found = [
        ("training", loop.loader and loop.loader()),
        ("validation", loop.judged and loop.judged()),
    ]
    data = [Given(role, one, "DataLoader") for role, one in found if one is not None]
    if loop.is_fresh and found[0][1] is not None:
        loop.params |= loader_params(found[0][1])
    told = Step(
        of=loop.optimizer() if model is None else model,
        key=loop,
        label=loop.label,
        params=loop.params,
        metrics=[
            Measured(name=name, values=values) for name, values in loop.take() if values
        ],
        done=loop.steps,
        unit="step",
        data=data if loop.is_fresh else (),
    )
    loop.is_fresh = False
    return told


def rest(thread: int | None = None) -> Iterator[Step]:
    """Return what loops did since they told of it, for the cell or the trial that ends."""
    for losses in Losses.of(thread):
        for loop in losses.open_loops():
            if not loop.label:
                losses.forget(loop)
            elif loop.losses or loop.judgements or loop.rates:
                yield told_of(loop)
            loop.is_fresh = True


TORCH = Library(
    module="torch",
    live={  # of loops of the user's own; the cards of trainers tell what these do
        "torch.optim.optimizer:Optimizer._optimizer_step_code": Noted(
            "self", stepped, is_outside=True, sleeps=True
        ),
        "torch.optim.optimizer:Optimizer.add_param_group": Noted(
            "self", made, is_outside=True
        ),
        "torch.optim.lr_scheduler:LRScheduler.step": Noted(
            "self", scheduled, is_outside=True, sleeps=True
        ),
        "torch.amp.grad_scaler:GradScaler.scale": Only(scaled, is_outside=True),
        "torch:Tensor.backward": Noted(
            "self", trained, is_outside=True, is_pulse=True, deaf=Losses.deaf
        ),
        "torch.utils.data:DataLoader.__iter__": Noted(
            "self", fed, is_outside=True, is_pulse=True
        ),
        **{
            f"torch.nn.functional:{name}": Noted(
                "input",
                partial(evaluated, name),
                is_outside=True,
                unless="torch:is_grad_enabled",
                sleeps=True,
            )
            for name in LOSSES
        },
    },
    rest=rest,
)
