"""Reads searches over candidates, cross-validation and learning curves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured, Training
from trackbook.libraries.given import given_params, is_nested, kept_params, plain, values_of
from trackbook.libraries.loading import data_given
from trackbook.libraries.measures import by_fold, number_of, numbers_of, once, series
from trackbook.libraries.sklearn_models import is_search, label_of, place_of_final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.libraries.base import Call, Finding

    Table = Mapping[str, Sequence[Any]]
    """`cv_results_`: scikit-learn's own lists and arrays, one item a candidate."""

MOST_CHILDREN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search adds to its training; nothing for any other estimator."""

    params: Mapping[str, object] = field(default_factory=dict)
    metrics: Sequence[Measured] = ()
    children: Sequence[Training] = ()
    results: Sequence[object] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


def searched(thing: object) -> Search:
    """Return best score and params of a fitted search, and its candidates."""
    if not is_search(thing):
        return Search()
    values: dict[str, Any] = values_of(thing)
    table: Table = values.get("cv_results_") or {}
    best = values.get("best_params_") or {}
    estimator = values["estimator"]
    rows, tags = _kept(table)
    return Search(
        params={f"best.{_dotted(key)}": plain(best[key]) for key in best},
        metrics=once("best_score", values.get("best_score_")),
        children=[_candidate(table, row, estimator) for row in rows],
        results=[table] if table else [],
        tags=tags,
    )


def cross_scored(call: Call) -> Iterable[Finding]:
    """Read `cross_val_score`: the score by fold, its mean and deviation."""
    yield _validation(call, metrics=by_fold("score", call.result))


def cross_validated(call: Call) -> Iterable[Finding]:
    """Read `cross_validate`: each test and train score by fold, with mean and deviation."""
    scores = call.result if type(call.result) is dict else {}
    shown = [name for name in scores if name.startswith(("test_", "train_"))]
    metrics = [each for name in shown for each in by_fold(name, scores[name])]
    kept = [scores[name] for name in shown]
    kept += scores.get("estimator", ())
    yield _validation(call, metrics=metrics, results=[call.result, *kept])


def permuted(call: Call) -> Iterable[Finding]:
    """Read `permutation_test_score`: the score, its p-value, scores on shuffled targets."""
    result: Any = call.result
    score, shuffled, p_value = result
    metrics = [*once("score", score), *once("p_value", p_value)]
    metrics += series("permutation_scores", shuffled)
    yield _validation(call, metrics=metrics, results=[result, shuffled])


def cross_predicted(call: Call) -> Iterable[Finding]:
    """Read `cross_val_predict`: what measures the predictions measures this training."""
    yield _validation(call)


def curve(call: Call) -> Iterable[Finding]:
    """Read `learning_curve` and `validation_curve`: mean scores, by size or by setting."""
    result = call.result if type(call.result) is tuple else ()
    sizes = numbers_of(result[0]) if call.name == "learning_curve" and result else None
    tables = result[1:3] if call.name == "learning_curve" else result[:2]
    metrics = []
    for name, table in zip(("train_score", "test_score"), tables, strict=False):
        means = numbers_of(table.mean(axis=1)) or []
        steps = [int(size) for size in sizes] if sizes else range(len(means))
        values = tuple(zip(steps, means, strict=False))
        metrics.append(Measured(name=name, values=values))
    yield _validation(call, metrics=metrics, results=[call.result, *tables])


def _validation(
    call: Call,
    *,
    metrics: Sequence[Measured] = (),
    results: Sequence[object] | None = None,
) -> Training:
    estimator = call.given["estimator"]
    params = {"model": label_of(estimator), **given_params(estimator)}
    for name in ("cv", "scoring", "method", "param_name", "param_range"):
        if call.given.get(name) is not None:
            params[name] = plain(call.given[name])
    cv = call.given.get("cv")
    if cv is not None and hasattr(type(cv), "split"):
        params |= given_params(cv, prefix="cv.")
    return Training(
        label=f"{call.name}({label_of(estimator)})",
        model=None,
        params=params,
        defaults=kept_params(estimator),
        metrics=metrics,
        results=[call.result] if results is None else results,
        data=data_given(call.given),
    )


def _kept(table: Table) -> tuple[list[int], dict[str, str]]:
    total = len(table.get("params", ()))
    if total <= MOST_CHILDREN:
        return list(range(total)), {}
    ranks = next((key for key in table if key.startswith("rank_test_")), "")
    order = numbers_of(table.get(ranks)) or [0.0] * total
    best = sorted(range(total), key=order.__getitem__)[:MOST_CHILDREN]
    return sorted(best), {"candidates": f"the best {MOST_CHILDREN} of {total}"}


def _candidate(table: Table, row: int, estimator: object) -> Training:
    tried: dict[str, object] = table["params"][row]
    params = _params_of(table, row)
    inner = label_of(tried.get(place_of_final(estimator), estimator))
    metrics: list[Measured] = []
    folds: dict[str, list[tuple[int, float]]] = {}
    for key in table:
        value = number_of(table[key][row])
        head, _, rest = key.partition("_")
        if value is None:
            continue
        if key == "mean_fit_time":
            metrics += once("fit_time_s", value)
        elif head in ("mean", "std") and rest.startswith(("test_", "train_")):
            metrics += once(key, value)
        elif head.startswith("split") and head[5:].isdigit():
            folds.setdefault(rest, []).append((int(head[5:]), value))
    metrics += [Measured(name=f"{n}_folds", values=tuple(folds[n])) for n in folds]
    return Training(
        label=inner, model=None, params={"model": inner, **params}, metrics=metrics
    )


def _params_of(table: Table, row: int) -> dict[str, object]:
    tried: dict[str, object] = table["params"][row]
    params: dict[str, object] = {}
    for key, value in tried.items():
        params[_dotted(key)] = plain(value)
        if is_nested(value):  # one of several estimators that are tried
            params |= given_params(value, prefix=f"{_dotted(key)}.")
    for key in ("n_resources", "iter"):
        if key in table:
            params[key] = plain(table[key][row])
    return params


def _dotted(name: str) -> str:
    return name.replace("__", ".")
