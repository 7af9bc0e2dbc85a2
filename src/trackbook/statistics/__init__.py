"""How sure a measure is, whether one model beats another, and whom it treats differently."""

from __future__ import annotations

from trackbook.statistics.calibration import Bin, calibration_error, most_probable
from trackbook.statistics.comparing import (
    Compared,
    Discordant,
    bounds,
    holm,
    mcnemar,
    paired_bootstrap,
)
from trackbook.statistics.fairness import Group, Rate, Spread, group_rates, spread_of
from trackbook.statistics.intervals import Interval, bca, percentile, wilson
from trackbook.statistics.measure import measured, redrawn
from trackbook.statistics.metrics import Metric, metric_named
from trackbook.statistics.predictions import Predictions, alike, columns_of, probabilities
from trackbook.statistics.quantiles import Quantile, quantile
from trackbook.statistics.resampling import MOST_RESAMPLES, RESAMPLES

__all__ = [
    "MOST_RESAMPLES",
    "RESAMPLES",
    "Bin",
    "Compared",
    "Discordant",
    "Group",
    "Interval",
    "Metric",
    "Predictions",
    "Quantile",
    "Rate",
    "Spread",
    "alike",
    "bca",
    "bounds",
    "calibration_error",
    "columns_of",
    "group_rates",
    "holm",
    "mcnemar",
    "measured",
    "metric_named",
    "most_probable",
    "paired_bootstrap",
    "percentile",
    "probabilities",
    "quantile",
    "redrawn",
    "spread_of",
    "wilson",
]
