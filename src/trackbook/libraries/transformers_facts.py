"""What a Trainer's arguments, its model and its logs say, as params and curves."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import name_of, plain, values_of
from trackbook.libraries.measures import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CONFIG = (
    "model_type", "_name_or_path", "hidden_size", "num_hidden_layers", "num_attention_heads",
    "intermediate_size", "vocab_size", "max_position_embeddings", "n_embd", "n_layer",
    "n_head", "d_model", "num_layers",
)  # fmt: skip
"""What is told of a model's configuration."""
NO_CHOICE = {
    "output_dir", "logging_dir", "run_name", "report_to", "disable_tqdm", "hub_token",
    "push_to_hub_token", "local_rank", "accelerator_config", "debug",
    "do_train", "do_eval", "do_predict", "dataloader_pin_memory",
}  # fmt: skip
"""Arguments that choose nothing about what is learned, or that the library always fills in."""
NOISE = ("runtime", "per_second", "_time", "epoch", "step")


def split(name: str) -> str:
    """Return what a log's name is called here: `validation.loss` for `eval_loss`."""
    for front, part in (("eval_", "validation"), ("test_", "test"), ("train_", "train")):
        if name.startswith(front):
            metric = name.removeprefix(front)
            return f"{part}.mean_loss" if name == "train_loss" else f"{part}.{metric}"
    return name if name in ("learning_rate", "total_flos") else f"train.{name}"


def curves_of(history: Iterable[Mapping[str, Any]]) -> Iterator[Measured]:
    """Return the curves that logs hold, by the Trainer's steps."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for logs in history:
        for name, value in logs.items():
            number = number_of(value)
            if number is not None and not name.endswith(NOISE):
                curves.setdefault(split(name), []).append((int(logs["step"]), number))
    for name, points in curves.items():
        yield Measured(name=name, values=points)


def arguments_of(args: Any) -> tuple[dict[str, object], dict[str, object]]:
    """Return the arguments of a training as given, and those that are the library's own."""
    given: dict[str, object] = {}
    kept: dict[str, object] = {}
    values = values_of(args)
    for name, each in vars(type(args)).get("__dataclass_fields__", {}).items():
        if each.init and name in values and name not in NO_CHOICE:
            own = each.default_factory() if callable(each.default_factory) else each.default
            value, default = _value(values[name]), _value(own)
            is_own = value == default or (default is None and not value)  # filled in later
            (kept if is_own else given)[name] = value
    return given, kept


def facts_of(model: Any) -> dict[str, object]:
    """Return what a model is: its class, its size, the main of its configuration."""
    config = values_of(values_of(model).get("config"))
    facts: dict[str, object] = {"model": name_of(type(model))}
    facts["parameters"] = sum(each.numel() for each in model.parameters())
    learning = sum(each.numel() for each in model.parameters() if each.requires_grad)
    if learning != facts["parameters"]:
        facts["parameters.trainable"] = learning
    facts |= {f"config.{n.lstrip('_')}": plain(config[n]) for n in CONFIG if config.get(n)}
    labels = config.get("id2label")
    if isinstance(labels, dict):
        facts["config.num_labels"] = len(labels)
    return facts


def _value(value: object) -> object:
    return plain(value.value if isinstance(value, Enum) else value)
