"""A booster trained with curves and early stopping, an estimator, a ranker, folds."""

from __future__ import annotations

import numpy as np
import xgboost


def train(size: int = 1) -> bytes:
    """Return the trained trees, and what they predict."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(600, 8)).astype("f4")
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=len(x)) > 0).astype(int)
    seen, held = (
        xgboost.QuantileDMatrix(x[:450], y[:450]),
        xgboost.DMatrix(x[450:], y[450:]),
    )
    settings = {"objective": "binary:logistic", "max_depth": 4, "seed": 7, "nthread": 1}
    curves: dict[str, object] = {}
    booster = xgboost.train(
        settings, seen, 60 * size, evals=[(seen, "train"), (held, "validation")],
        evals_result=curves, early_stopping_rounds=60 * size, verbose_eval=False,
    )  # fmt: skip
    folds = xgboost.cv(settings, xgboost.DMatrix(x, y), 10 * size, nfold=3, as_pandas=False)
    model = xgboost.XGBRegressor(n_estimators=40 * size, random_state=7, n_jobs=1)
    model.fit(x[:450], x[:450, 2], eval_set=[(x[450:], x[450:, 2])], verbose=False)
    ranker = xgboost.XGBRanker(n_estimators=20 * size, random_state=7, n_jobs=1)
    ranker.fit(x, y, qid=np.repeat(np.arange(30), 20))
    told = repr((curves, folds, booster.best_iteration, model.evals_result()))
    learned = (booster.predict(held), model.predict(x), ranker.predict(x))
    trees = (booster, model.get_booster(), ranker.get_booster())
    return told.encode() + b"".join(
        [*(each.tobytes() for each in learned), *(bytes(each.save_raw()) for each in trees)]
    )
