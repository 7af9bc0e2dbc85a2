"""Widgets that show runs, alive in a notebook and as a picture in a saved one."""

from __future__ import annotations

from trackbook.panels.compare_panel import ComparePanel
from trackbook.panels.picture import static_picture
from trackbook.panels.plot_panel import PlotPanel
from trackbook.panels.run_table import RunTable
from trackbook.panels.source import Source

__all__ = ["ComparePanel", "PlotPanel", "RunTable", "Source", "static_picture"]
