"""Environments that are projects of their own: promotion between them, bundles, the route."""

from __future__ import annotations

from trackbook.environments.chart import CHART_FILE, Chart, read_chart
from trackbook.environments.promote import Shipped, Wish, is_apart, promote

__all__ = ["CHART_FILE", "Chart", "Shipped", "Wish", "is_apart", "promote", "read_chart"]
