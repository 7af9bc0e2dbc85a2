"""Environments that are projects of their own: promotion between them, bundles, the route."""

from __future__ import annotations

from trackbook.environments.chart import CHART_FILE, Chart, must_be_here, read_chart
from trackbook.environments.exporting import Packed, pack
from trackbook.environments.importing import TakenIn, take_in
from trackbook.environments.keys import new_key, short
from trackbook.environments.promote import Shipped, Wish, is_apart, promote
from trackbook.environments.route import Route, Stop, route

__all__ = [
    "CHART_FILE",
    "Chart",
    "Packed",
    "Route",
    "Shipped",
    "Stop",
    "TakenIn",
    "Wish",
    "is_apart",
    "must_be_here",
    "new_key",
    "pack",
    "promote",
    "read_chart",
    "route",
    "short",
    "take_in",
]
