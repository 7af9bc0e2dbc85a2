"""A booster trained with curves and early stopping, an estimator, a ranker, folds."""

from __future__ import annotations

import numpy as np
import xgboost


def train(size: int = 1) -> bytes:
    """Return the trained trees, and what they predict."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(600 * size, 8)).astype("f4")
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=len(x)) > 0).astype(int)
    part = 450 * size
    seen, held = (
        xgboost.QuantileDMatrix(x[:part], y[:part]),
        xgboost.DMatrix(x[part:], y[part:]),
    )
    settings = {"objective": "binary:logistic", "max_depth": 4, "seed": 7, "nthread": 1}
    curves: dict[str, object] = {}
    booster = xgboost.train(
        settings, seen, 60, evals=[(seen, "train"), (held, "validation")],
        evals_result=curves, early_stopping_rounds=60, verbose_eval=False,
    )  # fmt: skip
    folds = xgboost.cv(settings, xgboost.DMatrix(x, y), 10, nfold=3, as_pandas=False)
    model = xgboost.XGBRegressor(n_estimators=40, random_state=7, n_jobs=1)
    model.fit(x[:part], x[:part, 2], eval_set=[(x[part:], x[part:, 2])], verbose=False)
    ranker = xgboost.XGBRanker(n_estimators=20, random_state=7, n_jobs=1)
    ranker.fit(x, y, qid=np.repeat(np.arange(30 * size), 20))
    told = repr((curves, folds, booster.best_iteration, model.evals_result()))
    learned = (booster.predict(held), model.predict(x), ranker.predict(x))
    trees = (booster, model.get_booster(), ranker.get_booster())
    return told.encode() + b"".join(
        [*(each.tobytes() for each in learned), *(bytes(each.save_raw()) for each in trees)]
    )
