"""Measures that are summed up some rows at a time are those that statsmodels gives itself."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.discrete.truncated_model import HurdleCountModel

from trackbook.libraries.statsmodels_results import NAMES, inner_of, measures_of
from trackbook.libraries.statsmodels_sums import FEWEST_ROWS, ROWS, sums_of

COUNT = FEWEST_ROWS + ROWS // 3
RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(RNG.normal(size=(COUNT, 2)), columns=["a", "b"])
TABLE["y"] = 2 * TABLE["a"] - TABLE["b"] + RNG.normal(size=COUNT)
TABLE["n"] = RNG.poisson(np.exp(TABLE["a"] / 2))
TABLE["far"] = TABLE["y"] + np.where(TABLE.index < 500, 1e6, 1e3)
TABLE["p"] = np.exp(TABLE["y"] / 5)
TABLE["z"] = (TABLE["y"] > 0).astype(int)
TABLE["hits"] = RNG.binomial(10, 0.3, size=COUNT)
TABLE["misses"] = 10 - TABLE["hits"]
WEIGHTS = RNG.integers(1, 4, size=COUNT).astype(float)
X = sm.add_constant(TABLE[["a", "b"]])
LOG = sm.families.links.Log()


def glm(y, family=None, **more):
    return sm.GLM(TABLE[y], X, family=family, **more)


SUMMED = {
    "line": lambda: smf.ols("y ~ a + b", TABLE).fit(),
    "robust line": lambda: smf.ols("y ~ a + b", TABLE).fit(cov_type="HC1"),
    "line through zero": lambda: sm.OLS(TABLE["y"], TABLE[["a", "b"]]).fit(),
    "line from afar": lambda: smf.ols("far ~ a + b", TABLE).fit(cov_type="HC3"),
    "counts": lambda: glm("n", sm.families.Poisson()).fit(),
    "counts as floats": lambda: sm.GLM(
        TABLE["n"].astype(float), X, family=sm.families.Poisson()
    ).fit(),
    "exposed counts": lambda: glm("n", sm.families.Poisson(), exposure=WEIGHTS).fit(),
    "gaussian": lambda: glm("y").fit(),
    "gaussian by logarithm": lambda: glm("p", sm.families.Gaussian(LOG)).fit(),
    "weighted gamma": lambda: glm("p", sm.families.Gamma(LOG), var_weights=WEIGHTS).fit(),
    "inverse gaussian": lambda: glm("p", sm.families.InverseGaussian(LOG)).fit(),
    "weighted odds": lambda: glm("z", sm.families.Binomial(), freq_weights=WEIGHTS).fit(),
    "negative binomial": lambda: glm("n", sm.families.NegativeBinomial(alpha=1.0)).fit(),
    "constrained": lambda: glm("n", sm.families.Poisson()).fit_constrained("b = 0"),
    "logit": lambda: smf.logit("z ~ b", TABLE).fit(disp=0),
    "probit by bfgs": lambda: smf.probit("z ~ b", TABLE).fit(disp=0, method="bfgs"),
    "discrete counts": lambda: smf.poisson("n ~ a", TABLE).fit(disp=0),
}
ASKED = {
    "shares": lambda: glm(["hits", "misses"], sm.families.Binomial()).fit(),
    "by gradient": lambda: glm("n", sm.families.Poisson()).fit(method="newton"),
    "penalised": lambda: sm.Logit(TABLE["z"], X).fit_regularized(alpha=5.0, disp=0),
    "constrained counts": lambda: smf.poisson("n ~ a + b", TABLE).fit_constrained("b = 0"),
    "in two parts": lambda: HurdleCountModel(TABLE["n"][:500], X[:500]).fit(disp=0),
    "weighted line": lambda: sm.WLS(TABLE["y"], X, weights=WEIGHTS).fit(),
    "few rows": lambda: sm.OLS(TABLE["y"][:50], X[:50]).fit(),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SUMMED | ASKED)
def test_it_is_what_statsmodels_says(name):
    results = (SUMMED | ASKED)[name]()
    before = pickle.dumps(results)
    found = {each.name: each.values[0][1] for each in measures_of(results)}
    assert pickle.dumps(results) == before
    for each in set(NAMES) & found.keys():
        assert found[each] == pytest.approx(float(getattr(results, each)), rel=1e-9), each
    inner = inner_of(results)
    assert bool(sums_of(inner, inner.model)) == (name in SUMMED)
