"""Generalised linear models by formula and by arrays, and a forecast."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.tsa.arima.model import ARIMA


def train(size: int = 1) -> bytes:
    """Return the models' parameters and forecasts, and the pickled results of one."""
    rng = np.random.default_rng(7)
    table = pd.DataFrame(rng.normal(size=(500 * size, 3)), columns=["a", "b", "c"])
    table["y"] = 2 * table["a"] - table["b"] + rng.normal(size=len(table))
    table["count"] = rng.poisson(np.exp(table["a"] / 2))
    line = smf.ols("y ~ a + b", table).fit(cov_type="HC1")
    x = sm.add_constant(table[["a", "b", "c"]])
    counts = sm.GLM(table["count"], x, family=sm.families.Poisson()).fit(maxiter=50)
    odds = smf.logit("above ~ b", table.assign(above=(table["y"] > 0) * 1)).fit(disp=0)
    walk = np.cumsum(rng.normal(size=60 * size))
    walked = ARIMA(walk, order=(1, 1, 0)).fit(method_kwargs={"maxiter": 20})
    learned = [
        line.params, counts.params, odds.predict(table[:5]), walked.forecast(3),
    ]  # fmt: skip
    # A small model's pickle shows that reading its results left no trace on them.
    small = sm.OLS(table["y"].to_numpy()[:20], x.to_numpy()[:20]).fit()
    return b"".join(np.asarray(each).tobytes() for each in learned) + pickle.dumps(small)
