"""Reads the functions of `sklearn.metrics`: those that return one real number measure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trackbook.libraries.measures import once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

PREDICTIONS = (
    "y_pred", "y_score", "y_prob", "y_proba", "labels_pred", "labels", "pred_decision", "y",
)  # fmt: skip
AVERAGED = ("precision", "recall", "f1-score")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
BINARY = ("f1_score", "fbeta_score", "precision_score", "recall_score", "jaccard_score")


def measured(call: Call) -> Iterable[Finding]:
    """Read one metric: `f1_score_macro` where the averaging was chosen."""
    average = call.given.get("average")
    default = "binary" if call.name in BINARY else "macro"
    chosen = type(average) is str and average != default
    name = f"{call.name}_{average}" if chosen else call.name
    return once(name, call.result, of=_predictions(call))


def reported(call: Call) -> Iterable[Finding]:
    """Read `classification_report`: accuracy and the macro averages; of a text, as printed."""
    report = call.result if type(call.result) is dict else read_off(call.result)
    of = _predictions(call)
    yield from once("accuracy", report.get("accuracy"), of=of)
    averages = report.get("macro avg", {})
    for name in AVERAGED:
        key = f"macro_avg.{name.replace('-', '_')}"
        yield from once(key, averages.get(name), of=of)


def read_off(text: object) -> dict[str, Any]:
    """Return what a printed report says of accuracy and macro averages."""
    found: dict[str, Any] = {}
    for line in text.splitlines() if type(text) is str else ():
        name, _, rest = line.strip().partition("  ")
        numbers = [float(word) for word in rest.split() if NUMBER.fullmatch(word)]
        if name == "accuracy" and numbers:
            found[name] = numbers[0]
        elif name == "macro avg" and len(numbers) >= len(AVERAGED):
            found[name] = dict(zip(AVERAGED, numbers, strict=False))
    return found


def _predictions(call: Call) -> object:
    # silhouette_score(X, labels) has `labels`; f1_score has it too, but for class names.
    # Old names of arguments linger with None or "deprecated" for their value.
    given = (call.given.get(name) for name in PREDICTIONS)
    return next(
        (each for each in given if each is not None and type(each) is not str), None
    )
