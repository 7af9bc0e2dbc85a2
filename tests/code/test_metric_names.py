"""Names that sound like a measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.code import direction_of, is_count_name, is_metric_name

LARGER = """acc accuracy val_acc testAcc test/accuracy train.acc auc roc_auc rocAuc ap f1 F1 f1_macro
F1Score fbeta precision recall specificity sensitivity r2 R2 r2_score score scores best_score_
mean_test_score bleu bleu4 rouge-l iou dice ndcg mrr mcc kappa silhouette elbo log_likelihood reward
gini hit_rate hitRate top1 top_5_acc top5 lift accuracies accs neg_mean_squared_error
neg_log_loss balanced_accuracy precision@5""".split()
SMALLER = """loss losses val_loss test/loss trainLoss rmse RMSE val_rmse mse mae mape rmsle err error errors
error_rate logloss log_loss nll perplexity ppl wer cer inertia brier ece mean_absolute_error""".split()
NONE = """loss_fn score_cols error_msg metric_name accuracy_fn scorer x lr data account apple classes
class_weights return plot_loss loss_function map feature_map model n epochs accelerate lossy
scoreboard errorbar precise rewards_fn compute_score""".split()


@pytest.mark.parametrize("name", LARGER + SMALLER)
def test_a_measure_is_known_by_its_name(name):
    assert is_metric_name(name)


@pytest.mark.parametrize("name", NONE)
def test_other_names_are_no_measures(name):
    assert not is_metric_name(name)


@pytest.mark.parametrize("name", LARGER)
def test_more_of_a_score_is_better(name):
    assert direction_of(name) == "max"


@pytest.mark.parametrize(
    "name", [*SMALLER, "fit_time", "latency_ms", "duration", "distance"]
)
def test_less_of_an_error_or_of_time_is_better(name):
    assert direction_of(name) == "min"


@pytest.mark.parametrize("name", NONE)
def test_a_name_that_is_not_known_has_no_direction(name):
    assert direction_of(name) is None


@given(st.text())
def test_any_text_can_be_asked(text):
    assert isinstance(is_metric_name(text), bool)
    assert direction_of(text) in {"max", "min", None}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("n_wrong", True), ("best_idx", True), ("best_alpha", True), ("best_k", True),
        ("best_C", True), ("lr", True), ("precision_at_k", False), ("recall_k", False),
        ("acc", False), ("gap", False),
    ],
)  # fmt: skip
def test_a_name_that_counts_points_or_sets_is_known(name, expected) -> None:
    assert is_count_name(name) is expected
