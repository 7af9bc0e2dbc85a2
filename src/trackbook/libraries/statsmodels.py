"""The card of statsmodels: models and their results, formulas, forecasts."""

from __future__ import annotations

from inspect import Parameter, signature, unwrap
from types import FunctionType
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Derived, Given, Library, Training, Used
from trackbook.libraries.given import (
    MISSING,
    defaults_of,
    module_of,
    name_of,
    plain,
    values_of,
)
from trackbook.libraries.measures import once
from trackbook.libraries.statsmodels_results import inner_of, measures_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trackbook.libraries.base import Call, Finding

DATA = ("endog", "exog", "groups", "exog_re", "exog_vc", "data")
QUIET = {
    "self", "cls", "disp", "full_output", "callback", "retall", "eval_env",
    "missing_idx", "model_spec", "bounds", "approx_grad", "epsilon",
}  # fmt: skip
"""Arguments that choose nothing of the result, or that statsmodels adds to the user's."""
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
    chosen = _made_with(model) | _arguments(call, kind, call.name)
    defaults = defaults_of(kind) | _defaults_of(kind, "from_formula")
    defaults |= _defaults_of(kind, call.name)
    given, kept = _apart(chosen, defaults)
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
    given = _arguments(call, type(model), name)
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


def _arguments(call: Call, kind: type, name: str) -> dict[str, object]:
    """Return a call's arguments by name as plain values, those of `**kwargs` too, no data."""
    stars = {n for n, p in _parameters_of(kind, name).items() if p.kind in STARS}
    values: dict[str, Any] = {n: v for n, v in call.given.items() if n not in stars}
    for star in stars:
        more = call.given.get(star)
        values |= more if type(more) is dict else {}
    return {
        n: plain(v)
        for n, v in values.items()
        if n not in QUIET and not is_table(v) and (n not in DATA or type(v) is str)
    }


def _apart(
    values: Mapping[str, object], defaults: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return those that differ from the defaults, and those that are as they are."""
    given: dict[str, object] = {}
    kept: dict[str, object] = {}
    for name, value in values.items():
        default = defaults.get(name, MISSING)
        same = default is not MISSING and value == plain(default)
        (kept if same else given)[name] = value
    return given, kept


def _defaults_of(kind: type, name: str) -> dict[str, object]:
    found = _parameters_of(kind, name).items()
    return {n: p.default for n, p in found if p.default is not Parameter.empty}


def _parameters_of(kind: type, name: str) -> Mapping[str, Parameter]:
    owner = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    owner = owner.__func__ if isinstance(owner, classmethod) else owner
    return signature(unwrap(owner)).parameters if isinstance(owner, FunctionType) else {}


STARS = (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)


def is_table(value: object) -> bool:
    """Tell whether it is data that the model keeps: weights, offsets, groups."""
    return module_of(type(value)).partition(".")[0] in ("numpy", "pandas") and bool(
        getattr(value, "shape", ())
    )


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
