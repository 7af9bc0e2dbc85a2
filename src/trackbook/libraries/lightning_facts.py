"""What Lightning's trainers and modules keep of their settings, measures and checkpoints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import defaults_of, name_of, plain, values_of
from trackbook.libraries.measures import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = re.compile(r"(?:train(?:ing)?|val(?:id(?:ation)?)?|test)[_/.\-](?=.)")
PARTS = {"tr": "train", "va": "validation", "te": "test"}
SILENT = (
    "logger", "default_root_dir", "enable_progress_bar", "enable_model_summary",
    "enable_checkpointing", "log_every_n_steps", "profiler", "num_sanity_val_steps",
    "enable_autolog_hparams", "barebones",
)  # fmt: skip
"""What a Trainer may be told that does not choose the result."""
DEFAULTS: dict[str, object] = {
    "accelerator": "auto", "strategy": "auto", "devices": "auto", "num_nodes": 1,
    "fast_dev_run": False, "max_steps": -1, "overfit_batches": 0.0,
    "check_val_every_n_epoch": 1, "accumulate_grad_batches": 1, "inference_mode": True,
    "use_distributed_sampler": True, "detect_anomaly": False, "sync_batchnorm": False,
    "reload_dataloaders_every_n_epochs": 0,
}  # fmt: skip


def settings_of(given: dict[str, object]) -> dict[str, object]:
    """Return a Trainer's settings that somebody chose."""
    found: dict[str, object] = {}
    for name, value in given.items():
        if name in SILENT or value is None or plain(value) == DEFAULTS.get(name):
            continue
        if name == "callbacks":
            each = value if type(value) in (list, tuple) else [value]
            found[name] = ", ".join(name_of(type(one)) for one in each)  # type: ignore[attr-defined]  # by exact type
        elif name == "max_time":
            found[name] = str(value)
        else:
            found[name] = value
    return found


def hparams_of(model: object) -> tuple[dict[str, object], dict[str, object]]:
    """Return a module's hyper-parameters as given, and those as its class has them."""
    hparams: Any = values_of(model).get("_hparams") or {}
    own = defaults_of(type(model))
    chosen: dict[str, object] = {}
    kept: dict[str, object] = {}
    for name, value in dict(hparams).items():
        is_kept = name in own and plain(own[name]) == plain(value)
        (kept if is_kept else chosen)[str(name)] = plain(value)
    return chosen, kept


def logged_number(value: Any) -> float | None:
    """Return what was logged as a number, if it is one or a tensor of one."""
    number = number_of(value)
    if number is None and getattr(value, "numel", lambda: 0)() == 1:
        number = number_of(value.item())
    return number


def told_names(trainer: Any, logged: Sequence[str]) -> dict[str, str]:
    """Return what is told of an epoch, by the name it was logged by: `train.loss` of `train_loss`.

    What was logged at each step too is taken as the epoch's mean.
    """
    names, sources = set(logged), _sources(trainer)
    found: dict[str, str] = {}
    for name in logged:
        base = name.removesuffix("_step").removesuffix("_epoch")
        is_mean = f"{base}_epoch" in names
        if is_mean and name.endswith("_step"):
            continue
        part = sources.get(name) or sources.get(base) or part_of(name)
        short = plain_name(base if is_mean else name)
        found[name] = f"{part}.{short}" if part else name
    return found


def part_of(name: str) -> str:
    """Return what a name says of the data that it was measured on."""
    return PARTS[name[:2]] if PREFIX.match(name) else ""


def plain_name(name: str) -> str:
    """Return a metric's name without what it was measured on."""
    return PREFIX.sub("", name, count=1) if PREFIX.match(name) else name


def checkpoints_of(trainer: Any) -> dict[str, str]:
    """Return where the checkpoints are: the best, and the last where it is kept apart."""
    callback = trainer.checkpoint_callback
    best = str(getattr(callback, "best_model_path", "") or "")
    last = str(getattr(callback, "last_model_path", "") or "")
    found = {"checkpoint.best": best, "checkpoint": last}
    return {name: path for name, path in found.items() if path}


def _sources(trainer: Any) -> dict[str, str]:
    """Return which loop logged each name, as far as it is still known."""
    loop = trainer.fit_loop.epoch_loop
    found: dict[str, str] = {}
    for part, each in (("train", loop), ("validation", loop.val_loop)):
        results = values_of(each).get("_results")
        if isinstance(results, dict):
            for one in results.values():
                found.setdefault(str(one.meta.name), part)
    return found


def named(name: str) -> str:
    """Return a logged metric's name, `train.loss` of `train_loss`."""
    part = part_of(name)
    return f"{part}.{plain_name(name)}" if part else name


def nested(params: Any) -> dict[str, object]:
    """Return hyper-parameters of a dict or a namespace by name."""
    given: Any = params if isinstance(params, dict) else vars(params)
    return {str(name): plain(value) for name, value in given.items()}
