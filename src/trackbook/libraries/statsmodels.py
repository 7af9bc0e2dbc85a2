"""The card of statsmodels: models and their results, formulas, forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

from trackbook.libraries.base import Derived, Given, Library, Training, Used
from trackbook.libraries.given import defaults_of, name_of, values_of
from trackbook.libraries.measures import once
from trackbook.libraries.statsmodels_given import (
    DATA,
    apart,
    arguments_of,
    defaults_of_method,
)
from trackbook.libraries.statsmodels_results import inner_of, measures_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trackbook.libraries.base import Call, Finding

MADE: dict[int, tuple[ref[object], Mapping[str, object]]] = {}
"""What each model that lives was made with: it keeps its arguments changed, if at all."""


def made(call: Call) -> Iterator[Finding]:
    """Read the making of a model: it holds the data that `fit` will use."""
    yield from _held(call, call.given["self"], "__init__")


def formulated(call: Call) -> Iterator[Finding]:
    """Read `from_formula`, which is `smf.ols` too."""
    yield from _held(call, call.result, "from_formula")


def fitted(call: Call) -> Iterator[Finding]:
    """Read `fit` and its kin: the results are what is used and registered as the model."""
    model, results = call.given["self"], call.result
    kind = type(model)
    chosen = _made_with(model) | arguments_of(call, kind, call.name)
    defaults = defaults_of(kind) | defaults_of_method(kind, "from_formula")
    defaults |= defaults_of_method(kind, call.name)
    given, kept = apart(chosen, defaults)
    if call.name == "fit_regularized":
        given["regularized"] = True
    family = values_of(values_of(model).get("family"))
    link = family.get("link", family.get("_link"))
    if link is not None:
        given["link"] = name_of(type(link))
    inner = inner_of(results)
    yield Training(
        label=name_of(kind),
        model=results,
        params={"model": name_of(kind), **given},
        defaults=kept,
        metrics=list(measures_of(results)),
        results=[] if inner is results else [inner],
        data=[Given("training", model, "model")],
    )


def predicted(call: Call) -> Iterator[Finding]:
    """Read predictions and forecasts; data given to predict from are used."""
    results = call.given["self"]
    parts = call.result if type(call.result) is tuple else (call.result,)
    yield from (Derived(made=each, of=results) for each in parts)
    data = call.given.get("exog")
    if data is not None:
        yield Used(data=[Given("test", data, "exog")], of=results)


def labelled(call: Call) -> Iterator[Finding]:
    """Read the dating of a forecast, the last that happens to it: it is as its numbers are."""
    if call.result is not call.given["obj"]:
        yield Derived(made=call.result, of=call.given["obj"])


def measured(call: Call) -> Iterable[Finding]:
    """Read a measure of two series: `rmse(y, predicted)`; which one is predicted is open."""
    return once(call.name, call.result) if call.name in MEASURES else ()


def _held(call: Call, model: object, name: str) -> Iterator[Finding]:
    given = arguments_of(call, type(model), name)
    if given.get("missing") == "drop" and "formula" in given:
        del given["missing"]  # so it is with every formula
    key = id(model)
    MADE[key] = ref(model, lambda _: MADE.pop(key, None)), given
    held = [
        Given("training", call.given[name], name)
        for name in DATA
        if call.given.get(name) is not None and type(call.given[name]) is not str
    ]
    if held:
        yield Used(data=held, of=model)


def _made_with(model: object) -> dict[str, object]:
    living, given = MADE.get(id(model), (None, {}))
    return dict(given) if living is not None and living() is model else {}


FITS = dict.fromkeys(
    ("fit", "fit_regularized", "fit_constrained", "fit_map", "fit_vb"), fitted
)
MODELS = (
    "base.model:Model", "tsa.forecasting.theta:ThetaModel", "tsa.forecasting.stl:STLForecast",
    "regression.rolling:RollingWLS", "imputation.mice:MICE",
)  # fmt: skip
PREDICTS = ("predict", "forecast", "get_prediction", "get_forecast", "simulate")
RESULTS = (
    "base.model:Results", "tsa.vector_ar.var_model:VARProcess", "tsa.vector_ar.vecm:VECMResults",
    "tsa.forecasting.theta:ThetaModelResults", "tsa.forecasting.stl:STLForecastResults",
)  # fmt: skip
MEASURES = (
    "rmse", "rmspe", "mse", "maxabs", "meanabs", "medianabs", "bias", "medianbias",
)  # fmt: skip

STATSMODELS = Library(
    module="statsmodels",
    functions={"statsmodels.tools.eval_measures:*": measured},
    methods={
        **{
            f"statsmodels.{path}": {**FITS, "__init__": made, "from_formula": formulated}
            for path in MODELS
        },
        "statsmodels.base.data:ModelData": {"wrap_output": labelled},
        **{f"statsmodels.{path}": dict.fromkeys(PREDICTS, predicted) for path in RESULTS},
    },
)
