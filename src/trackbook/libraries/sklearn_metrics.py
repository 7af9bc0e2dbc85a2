"""Reads the functions of `sklearn.metrics`: those that return one real number measure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured, Used
from trackbook.libraries.given import MOST, module_of, plain, values_of
from trackbook.libraries.loading import data_given
from trackbook.libraries.measures import numbers_of, once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

PREDICTIONS = (
    "y_pred", "y_score", "y_prob", "y_proba", "labels_pred", "labels", "pred_decision", "y2", "y",
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


def averaged(call: Call) -> Iterable[Finding]:
    """Read several metrics at once: `precision_recall_fscore_support(average="macro")`."""
    names = ["homogeneity_score", "completeness_score", "v_measure_score"]
    result: Any = call.result
    if "average" in call.given:
        plainly = call.given["average"] == "binary"
        ending = "" if plainly else f"_{call.given['average']}"
        last = "f1_score" if call.given.get("beta", 1) == 1 else "fbeta_score"
        names = [f"{name}{ending}" for name in ("precision_score", "recall_score", last)]
    for name, value in zip(names, result, strict=False):
        yield from once(name, value, of=_predictions(call))


def scored_by(call: Call) -> Iterable[Finding]:
    """Read `scorer(model, X, y)`, by the scorer's name: `neg_mean_squared_error`."""
    scorer, given = call.given["self"], call.given
    rest = given.get("args")
    rest = rest if type(rest) is tuple else (given.get("X"), given.get("y_true"))
    named = {name_of_scorer(scorer): call.result}
    for name, value in (call.result if type(call.result) is dict else named).items():
        yield from once(str(name), value, of=given["estimator"])
    data = data_given(dict(zip("Xy", rest, strict=False)), "test")
    yield Used(data=data, of=given["estimator"])


def name_of_scorer(scorer: object) -> str:
    """Return what scikit-learn calls a scorer; of others the function, `neg_` for a loss."""
    from sklearn.metrics import _scorer

    mine = values_of(scorer)
    for name, known in _scorer._SCORERS.items():  # noqa: SLF001 - `get_scorer` makes copies
        theirs = values_of(known)
        if mine.get("_score_func") is theirs["_score_func"] and all(
            plain(mine.get(part)) == plain(theirs[part]) for part in ("_sign", "_kwargs")
        ):
            return str(name)
    name = str(plain(mine.get("_score_func")))
    name = "score" if name == "<lambda>" else name
    kwargs = mine.get("_kwargs")
    average = kwargs.get("average") if type(kwargs) is dict else None
    name += f"_{average}" if type(average) is str else ""
    return name if mine.get("_sign") == 1 else f"neg_{name}"


def displayed(call: Call) -> Iterable[Finding]:
    """Read the making of a plot: the number in its legend, and the data behind it."""
    values, given = values_of(call.result), call.given
    of = given.get("estimator", given.get("cv_results"))
    of = _predictions(call) if of is None else of
    for name in ("roc_auc", "average_precision"):
        value = values.get(name)
        folds = numbers_of(value) if type(value) is list else None
        if folds:  # of `from_cv_results`
            points = tuple(enumerate(folds))
            yield Measured(name=f"{name}_score_folds", values=points, of=of)
            value = sum(folds) / len(folds)
        yield from once(f"{name}_score", value, of=of)
    if given.get("estimator") is not None:
        yield Used(data=data_given(given, "test"), of=of)


def importance(call: Call) -> Iterable[Finding]:
    """Read `permutation_importance`: the mean by column, or by number where none is named."""
    given = call.given
    result: Any = call.result
    model, table = given["estimator"], given["X"]
    yield Used(data=data_given(given, "test"), of=model)
    columns: Any = getattr(table, "columns", None) if is_table(table) else None
    for scorer, one in result.items() if "importances" not in result else [("", result)]:
        name = f"permutation_importance{scorer and '.'}{scorer}"
        means = numbers_of(one["importances_mean"]) or []
        if columns is None or len(means) > MOST:
            yield Measured(name=name, values=tuple(enumerate(means)), of=model)
        else:
            for column, mean in zip(columns, means, strict=False):
                yield from once(f"{name}.{column}", mean, of=model)


def is_table(value: object) -> bool:
    """Tell whether it is a table of pandas or polars, whose columns have names."""
    return module_of(type(value)).partition(".")[0] in ("pandas", "polars")


def ignored(_call: Call) -> Iterable[Finding]:
    """Read nothing: what a model is asked there is about no data of the user's."""
    return ()


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
