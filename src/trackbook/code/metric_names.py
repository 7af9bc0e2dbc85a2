"""Which names sound like a measure, and whether more of it is better."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from trackbook.code.parse import word_set

TOKEN = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
"""One word of a snake, camel, kebab, dotted or slashed name."""


@lru_cache(maxsize=4096)
def is_metric_name(name: str) -> bool:
    """Tell whether a name sounds like a measure: `val_loss`, `testAcc`, `f1_macro`."""
    words = words_of(name)
    return bool(measures_in(words))


@lru_cache(maxsize=4096)
def direction_of(name: str) -> Literal["max", "min"] | None:
    """Return whether the best value of a measure is its largest or its smallest.

    None where the name is not known to be a measure. `neg_` turns an error round, as
    scikit-learn does.
    """
    words = words_of(name)
    known = measures_in(words, timings=True)
    if not known:
        return None
    # `mean_test_score` and `error_rate`: an error anywhere outweighs a plain score.
    direction: Literal["max", "min"] = "min" if "min" in known else "max"
    if words[0] in {"neg", "negative"} or "neg" in words:
        return "max" if direction == "min" else "min"
    return direction


def is_count_name(name: str) -> bool:
    """Tell whether a name says that it counts, points or sets: `n_wrong`, `best_idx`, `alpha`."""
    words = words_of(name)
    return (
        bool(words)
        and not measures_in(words)
        and (words[0] in COUNTS_FIRST or words[-1] in COUNTS_LAST)
    )


@lru_cache(maxsize=4096)
def is_weak_name(name: str) -> bool:
    """Tell whether data have such things as well as models: `avg_score`, `corr`, `max_error`."""
    words = words_of(name)
    known = {word for word in words if word in MEASURES}
    return known <= WEAK or (words[0] in ENDS and known <= WEAK | ERRORS)


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case, digits joined to what they belong to."""
    words: list[str] = []
    for part in re.split(r"[^0-9A-Za-z]+", name):
        for word in TOKEN.findall(part) if not PLAIN.fullmatch(part) else [part]:
            if word.isdigit() and words and words[-1] in NUMBERED:
                words[-1] += word
            elif word:
                words.append(word.lower())
    return [singular(word) for word in words]


def singular(word: str) -> str:
    """Return `loss` for `losses`, where that makes it a measure."""
    if word in MEASURES:
        return word
    word = word.rstrip(DIGITS) or word
    for ending, instead in (("sses", "ss"), ("ies", "y"), ("s", "")):
        if word.endswith(ending):
            single = word.removesuffix(ending) + instead
            return single if single in MEASURES or single in PAIRED else word
    return word


def measures_in(words: list[str], *, timings: bool = False) -> list[Literal["max", "min"]]:
    """Return the direction of each measure that words name; none for `loss_fn`."""
    found: list[Literal["max", "min"]] = []
    if not words or words[-1] in NO_MEASURE or words[0] in NO_MEASURE_FIRST:
        return found
    for first, second in zip(words, [*words[1:], ""], strict=True):
        names = {f"{first} {second}", first, first.rstrip(DIGITS)}
        if names & SMALLER or (timings and names & TIMES):
            found.append("min")
        elif names & LARGER:
            found.append("max")
    return found


DIGITS = "0123456789"
PLAIN = re.compile(r"[a-z]+\d?|[A-Z]+\d?|[A-Z][a-z]+\d?|[A-Za-z]\d")
LARGER = (
    word_set(
        """
    acc accuracy auc auroc auprc prauc rocauc roc ap f1 f2 f05 fbeta fscore precision
    recall specificity sensitivity tpr tnr npv ppv r2 rsq rsquared score bleu rouge
    rouge1 rouge2 rougel meteor iou miou jaccard dice ndcg dcg mrr mcc matthews kappa
    silhouette elbo likelihood loglik llf reward gini lift psnr ssim hits top1 top3 top5
    top10 gmean youden coverage purity homogeneity completeness vmeasure ari nmi ami
    correlation corr spearman pearson kendall sharpe auuc qini bertscore chrf
    """
    )
    | {"hit rate", "win rate", "r 2", "f 1", "success rate", "exact match", "hit ratio"}
    | {f"{of} map" for of in ("val", "test", "train", "mean")}
    | {"map 50", "map 75", "map 5"}
)
SMALLER = word_set(
    """
    loss rmse mse mae mape smape mase rmsle msle medae mpe err error logloss nll bce
    crossentropy perplexity ppl wer cer inertia brier ece mce fpr fnr fdr deviance aic
    bic fid kld divergence hinge misclassification pinball crps eer lpips mde
    wape rae rse nrmse regret
    """
) | {"log loss", "cross entropy", "kl div", "hamming loss", "false positive"}
TIMES = word_set(
    """
    time duration latency seconds elapsed runtime second millisecond ms wall memory
    distance dist
    """
)
MEASURES = LARGER | SMALLER
WEAK = word_set("score corr correlation spearman pearson kendall lift coverage gini")
ENDS, ERRORS = word_set("max min maximum minimum"), word_set("error err")
PAIRED = frozenset({"rate"})
NUMBERED = frozenset({"f", "r", "top", "rouge", "bleu", "p"})
NO_MEASURE = word_set(
    """
    fn func function functions fns col cols column columns msg message messages name
    names str string text label labels class cls fig figure ax axes plot path file
    filename dir url config cfg type kind key keys df table dict weight weights module
    layer criterion optimizer obj object metric metrics callback code bar format
    template style color colour idx index ids id threshold thresholds thresh method mode
    list_ matrix fmt title legend html desc log logger mask handler exception raised
    scaler model estimator grid curve report
    """
)
COUNTS_FIRST = word_set("n num nb no count idx index")
COUNTS_LAST = word_set(
    """
    idx index ix id count counts num number threshold thresh depth iter iteration epoch
    size len seed step rank pos position
    alpha lambda lam gamma degree bandwidth neighbor neighbors component components cluster
    clusters lr eta momentum dropout k c
    """
)
"""Places, sizes and settings: a value picked out of those tried is chosen, not measured."""
NO_MEASURE_FIRST = word_set(
    """
    make get compute calc calculate plot print is has use scorer show draw eval_fn
    """
)
