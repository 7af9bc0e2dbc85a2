"""A booster trained with curves and early stopping, an estimator, a ranker, folds."""

from __future__ import annotations

import lightgbm
import numpy as np


def train(size: int = 1) -> bytes:
    """Return the trained trees, and what they predict."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(600 * size, 8))
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=len(x)) > 0).astype(int)
    part = 450 * size
    fixed = {"seed": 7, "num_threads": 1, "deterministic": True, "verbosity": -1}
    settings = {"objective": "binary", "metric": ["auc", "binary_logloss"], **fixed}
    seen = lightgbm.Dataset(x[:part], y[:part])
    held = lightgbm.Dataset(x[part:], y[part:], reference=seen)
    curves: dict[str, object] = {}
    booster = lightgbm.train(
        settings, seen, 60, valid_sets=[seen, held], valid_names=["train", "valid"],
        callbacks=[
            lightgbm.record_evaluation(curves),
            lightgbm.early_stopping(60, verbose=False),
        ],
    )  # fmt: skip
    folds = lightgbm.cv(settings, lightgbm.Dataset(x, y), 10, nfold=3, seed=7)
    few = {"random_state": 7, "n_jobs": 1, "deterministic": True, "verbosity": -1}
    model = lightgbm.LGBMRegressor(n_estimators=40, **few)
    model.fit(x[:part], x[:part, 2], eval_set=[(x[part:], x[part:, 2])])
    ranker = lightgbm.LGBMRanker(n_estimators=20, **few)
    ranker.fit(x, y, group=[20] * 30 * size)
    told = repr((curves, folds, booster.best_iteration, model.evals_result_))
    learned = (booster.predict(x[part:]), model.predict(x), ranker.predict(x))
    trees = (booster, model.booster_, ranker.booster_)
    return "".join([told, *(each.model_to_string() for each in trees)]).encode() + b"".join(
        np.asarray(each).tobytes() for each in learned
    )
