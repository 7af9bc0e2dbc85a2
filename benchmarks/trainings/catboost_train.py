"""A classifier trained with curves and early stopping, a regressor, a ranker, folds."""

from __future__ import annotations

import catboost
import numpy as np


def train(size: int = 1) -> bytes:
    """Return what the models predict, and how they learned."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(600, 8))
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=len(x)) > 0).astype(int)
    fixed = {
        "random_seed": 7,
        "thread_count": 1,
        "logging_level": "Silent",
        "allow_writing_files": False,
    }
    seen, held = catboost.Pool(x[:450], y[:450]), catboost.Pool(x[450:], y[450:])
    model = catboost.CatBoostClassifier(
        iterations=60 * size, depth=4, eval_metric="AUC", **fixed
    )
    model.fit(seen, eval_set=held, early_stopping_rounds=60 * size)
    plain = catboost.CatBoostRegressor(iterations=40 * size, depth=4, **fixed)
    plain.fit(x[:450], x[:450, 2], eval_set=(x[450:], x[450:, 2]))
    groups = catboost.Pool(x, y, group_id=np.repeat(np.arange(30), 20))
    ranker = catboost.CatBoostRanker(iterations=20 * size, depth=4, **fixed).fit(groups)
    booster = catboost.train(
        pool=seen,
        params={"loss_function": "Logloss", "iterations": 20 * size, "depth": 4, **fixed},
    )
    folds = catboost.cv(
        seen, {"loss_function": "Logloss", "iterations": 10 * size, "depth": 4, **fixed},
        fold_count=3, partition_random_seed=7, as_pandas=False,
    )  # fmt: skip
    told = repr(
        (model.get_evals_result(), plain.get_best_score(), model.tree_count_, folds)
    )
    learned = (
        model.predict_proba(x), plain.predict(x), ranker.predict(x), booster.predict(x),
    )  # fmt: skip
    return told.encode() + b"".join(np.asarray(each).tobytes() for each in learned)
