"""What is read from statsmodels, and what stands in the runs."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.tools.eval_measures import rmse
from statsmodels.tsa.api import ARIMA, VAR, AutoReg, ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from trackbook.libraries import Training
from trackbook.libraries.statsmodels_results import measures_of


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(80, 3)), columns=["a", "b", "c"])
    table["y"] = 2 * table["a"] + rng.normal(size=80)
    table["n"] = rng.poisson(np.exp(table["a"] / 2))
    table["z"] = (table["y"] > 0).astype(int)
    table["g"] = np.arange(80) % 8
    return table


@pytest.fixture(scope="module")
def series():
    rng = np.random.default_rng(1)
    dates = pd.date_range("2020-01", periods=60, freq="MS")
    return pd.Series(np.cumsum(rng.normal(size=60)) + 30, index=dates)


def values_of(training):
    return {each.name: each.values[0][1] for each in training.metrics}


def test_a_formula_is_a_param_and_its_results_are_the_model(told, table):
    results = smf.ols("y ~ a + b", table).fit(cov_type="HC3")
    [training] = told
    assert training.params == {"model": "OLS", "formula": "y ~ a + b", "cov_type": "HC3"}
    assert training.defaults["method"] == "pinv"
    assert training.model is results
    found = values_of(training)
    for name in ("rsquared", "rsquared_adj", "aic", "bic", "llf", "nobs", "fvalue"):
        assert found[name] == pytest.approx(float(getattr(results, name))), name
    assert {n for n in found if n.startswith("coef.")} == {
        "coef.Intercept", "coef.a", "coef.b",
    }  # fmt: skip
    assert found["coef.a"] == results.params["a"]


def test_the_table_of_a_formula_is_held_by_the_model(told, table):
    model = smf.ols("y ~ a", table)
    model.fit()
    [held] = told.data
    assert held.of is model
    assert [each.data is table for each in held.data] == [True]
    assert told[0].data[0].data is model


MODELS = [
    (lambda t, s: sm.GLM(t["n"], t[["a", "b"]], family=sm.families.Poisson()).fit(maxiter=9),
     {"model": "GLM", "family": "Poisson", "link": "Log", "maxiter": 9},
     {"deviance", "llf", "aic", "converged", "iterations", "coef.a", "coef.b"}),
    (lambda t, s: smf.logit("z ~ a", t).fit(disp=0, method="bfgs"),
     {"model": "Logit", "formula": "z ~ a", "method": "bfgs"},
     {"llf", "aic", "bic", "converged", "coef.Intercept", "coef.a"}),
    (lambda t, s: smf.poisson("n ~ a", t).fit(disp=0),
     {"model": "Poisson", "formula": "n ~ a"}, {"llf", "converged"}),
    (lambda t, s: smf.quantreg("y ~ a", t).fit(q=0.3),
     {"model": "QuantReg", "formula": "y ~ a", "q": 0.3}, {"coef.a", "nobs"}),
    (lambda t, s: smf.mixedlm("y ~ a", t, groups="g").fit(reml=False),
     {"model": "MixedLM", "formula": "y ~ a", "reml": False}, {"nobs"}),
    (lambda t, s: sm.OLS(t["y"], t[["a"]]).fit_regularized(alpha=0.1),
     {"model": "OLS", "alpha": 0.1, "regularized": True}, {"coef.a"}),
    (lambda t, s: sm.RLM(t["y"], t[["a"]], M=sm.robust.norms.TukeyBiweight()).fit(),
     {"model": "RLM", "M": "TukeyBiweight"}, {"coef.a", "iterations"}),
    (lambda t, s: ARIMA(s, order=(1, 1, 0)).fit(),
     {"model": "ARIMA", "order": [1, 1, 0]},
     {"aic", "aicc", "bic", "hqic", "llf", "sse", "converged", "coef.ar.L1", "coef.sigma2"}),
    (lambda t, s: SARIMAX(s, order=(1, 0, 0), trend="c").fit(disp=0, maxiter=5),
     {"model": "SARIMAX", "trend": "c", "maxiter": 5}, {"aic", "converged", "coef.ar.L1"}),
    (lambda t, s: ExponentialSmoothing(s, trend="add").fit(),
     {"model": "ExponentialSmoothing", "trend": "add"},
     {"aic", "sse", "coef.smoothing_level", "coef.smoothing_trend"}),
    (lambda t, s: AutoReg(s, lags=2).fit(), {"model": "AutoReg", "lags": 2}, {"aic", "llf"}),
    (lambda t, s: VAR(t[["a", "b"]]).fit(2), {"model": "VAR", "maxlags": 2}, {"aic", "fpe"}),
]  # fmt: skip


@pytest.mark.parametrize(("fit", "params", "names"), MODELS)
def test_each_model_tells_what_was_given_and_what_came_out(
    told, table, series, fit, params, names
):
    with warnings.catch_warnings(action="ignore"):
        results = fit(table, series)
    [training] = told.of(Training)
    assert training.params == params
    assert training.model is results
    found = values_of(training)
    assert names <= found.keys()
    assert all(np.isfinite(value) for value in found.values())


def test_many_coefficients_are_no_metrics(told):
    rng = np.random.default_rng(0)
    sm.OLS(rng.normal(size=60), rng.normal(size=(60, 20))).fit()
    assert not [n for n in values_of(told[0]) if n.startswith("coef.")]


def test_reading_results_leaves_no_trace_on_them(table):
    y, x = table["y"].to_numpy(), table[["a", "b"]].to_numpy()
    results = sm.OLS(y, x).fit(cov_type="HC1")
    before = pickle.dumps(results)
    assert list(measures_of(results))
    assert pickle.dumps(results) == before


def test_predictions_and_forecasts_are_derived_from_the_results(told, table, series):
    line = smf.ols("y ~ a", table).fit()
    predicted = line.predict(table)
    derived = told[-1]
    assert (derived.made is predicted, derived.of) == (True, told[0].results[0])
    assert [(each.role, each.data is table) for each in told.data[-1].data] == [
        ("test", True)
    ]


def test_a_forecast_with_dates_is_derived_from_the_bare_one(told, series):
    walked = ARIMA(series, order=(1, 0, 0)).fit()
    ahead = walked.forecast(3)
    training, bare, dated = told
    assert (bare.of, dated.of) == (training.results[0], bare.made)
    assert dated.made is ahead


def test_a_measure_of_two_series_is_a_metric(told, table):
    value = rmse(table["y"], table["a"])
    assert (told[0].name, told[0].values) == ("rmse", ((0, float(value)),))


def test_a_run_has_formula_metrics_data_and_a_model_to_register(sheet):
    sheet.ok(
        "import numpy as np, pandas as pd\n"
        "import statsmodels.formula.api as smf\n"
        "from sklearn.metrics import r2_score\n"
        "rng = np.random.default_rng(0)",
        "table = pd.DataFrame(rng.normal(size=(50, 2)), columns=['y', 'x'])",
        "line = smf.ols('y ~ x', data=table).fit(method='qr')",
        "r2_score(table.y, line.predict(table))",
        "from statsmodels.tsa.api import ARIMA\n"
        "from sklearn.metrics import mean_squared_error",
        "walk = pd.Series(np.cumsum(rng.normal(size=40)))\n"
        "walked = ARIMA(walk[:35], order=(1, 0, 0)).fit()",
        "ahead = walked.forecast(5)",
        "mean_squared_error(walk[35:], ahead)",
        "%track register line heights --unsafe-pickle",
    )
    run, walked = sheet.runs()
    assert walked.metrics.keys() >= {"aic", "mean_squared_error"}
    assert run.params["formula"] == "y ~ x"
    assert run.params["method"] == "qr"
    assert run.metrics["r2_score"] == pytest.approx(run.metrics["rsquared"])
    assert sheet.sql("select count(*) from inputs")[0][0] >= 1
    assert sheet.sql("select * from fault") == []
    assert len(sheet.sql("select * from versions")) == 1
