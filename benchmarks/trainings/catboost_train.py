"""A classifier trained with curves and early stopping, a regressor, a ranker, folds."""

from __future__ import annotations

import catboost
import numpy as np


def train(size: int = 1) -> bytes:
    """Return what the models predict, and how they learned."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(600 * size, 8))
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=len(x)) > 0).astype(int)
    part = 450 * size
    fixed = {
        "random_seed": 7,
        "thread_count": 1,
        "logging_level": "Silent",
        "allow_writing_files": False,
    }
    seen, held = catboost.Pool(x[:part], y[:part]), catboost.Pool(x[part:], y[part:])
    model = catboost.CatBoostClassifier(iterations=60, depth=4, eval_metric="AUC", **fixed)
    model.fit(seen, eval_set=held, early_stopping_rounds=60)
    plain = catboost.CatBoostRegressor(iterations=40, depth=4, **fixed)
    plain.fit(x[:part], x[:part, 2], eval_set=(x[part:], x[part:, 2]))
    groups = catboost.Pool(x, y, group_id=np.repeat(np.arange(30 * size), 20))
    ranker = catboost.CatBoostRanker(iterations=20, depth=4, **fixed).fit(groups)
    booster = catboost.train(
        pool=seen,
        params={"loss_function": "Logloss", "iterations": 20, "depth": 4, **fixed},
    )
    folds = catboost.cv(
        seen, {"loss_function": "Logloss", "iterations": 10, "depth": 4, **fixed},
        fold_count=3, partition_random_seed=7, as_pandas=False,
    )  # fmt: skip
    told = repr(
        (model.get_evals_result(), plain.get_best_score(), model.tree_count_, folds)
    )
    learned = (
        model.predict_proba(x), plain.predict(x), ranker.predict(x), booster.predict(x),
    )  # fmt: skip
    return told.encode() + b"".join(np.asarray(each).tobytes() for each in learned)
