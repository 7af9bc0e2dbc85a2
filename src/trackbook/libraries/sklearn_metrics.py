"""Reads the functions of `sklearn.metrics`: those that return one real number measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.libraries.measures import once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

PREDICTIONS = (
    "y_pred", "y_score", "y_prob", "y_proba", "labels_pred", "labels", "pred_decision", "y",
)  # fmt: skip
BINARY = ("f1_score", "fbeta_score", "precision_score", "recall_score", "jaccard_score")


def measured(call: Call) -> Iterable[Finding]:
    """Read one metric: `f1_score_macro` where the averaging was chosen."""
    average = call.given.get("average")
    default = "binary" if call.name in BINARY else "macro"
    chosen = type(average) is str and average != default
    name = f"{call.name}_{average}" if chosen else call.name
    return once(name, call.result, of=_predictions(call))


def reported(call: Call) -> Iterable[Finding]:
    """Read `classification_report(output_dict=True)`: accuracy and the macro averages."""
    if type(call.result) is not dict:
        return
    of = _predictions(call)
    yield from once("accuracy", call.result.get("accuracy"), of=of)
    averages = call.result.get("macro avg", {})
    for name in ("precision", "recall", "f1-score"):
        key = f"macro_avg.{name.replace('-', '_')}"
        yield from once(key, averages.get(name), of=of)


def _predictions(call: Call) -> object:
    # silhouette_score(X, labels) has `labels`; f1_score has it too, but for class names.
    # Old names of arguments linger with None or "deprecated" for their value.
    given = (call.given.get(name) for name in PREDICTIONS)
    return next(
        (each for each in given if each is not None and type(each) is not str), None
    )
