"""Widgets that show runs, alive in a notebook and as a picture in a saved one."""

from __future__ import annotations

from trackbook.panels.board_cards import (
    DEEDS,
    DOWN,
    ON_A_CARD,
    actions_of,
    found_badges,
    metric_lines,
    own_aliases,
    standing_badges,
)
from trackbook.panels.compare_panel import PALETTE, ComparePanel
from trackbook.panels.curves import curves_figure
from trackbook.panels.lineage_figure import lineage_figure
from trackbook.panels.lineage_panel import LineagePanel
from trackbook.panels.lineage_svg import lineage_svg
from trackbook.panels.lineage_things import Score, Thing, Tie
from trackbook.panels.lineage_told import Fact
from trackbook.panels.picture import static_picture
from trackbook.panels.plot_panel import PlotPanel
from trackbook.panels.registry_panel import RegistryPanel
from trackbook.panels.registry_source import RegistrySource
from trackbook.panels.run_table import RunTable
from trackbook.panels.source import Source
from trackbook.panels.sweep_panel import SweepPanel, SweepSource
from trackbook.panels.sweep_rows import trials_table
from trackbook.panels.sweep_rows import words_of as sweep_words
from trackbook.panels.versus_figure import forest_figure
from trackbook.panels.versus_panel import VersusPanel
from trackbook.panels.versus_svg import forest_svg

__all__ = [
    "DEEDS", "DOWN", "ON_A_CARD", "PALETTE", "ComparePanel", "Fact", "LineagePanel",
    "PlotPanel", "RegistryPanel", "RegistrySource", "RunTable", "Score", "Source",
    "SweepPanel", "SweepSource", "Thing", "Tie", "VersusPanel", "actions_of", "curves_figure",
    "forest_figure", "forest_svg",
    "found_badges", "lineage_figure", "lineage_svg", "metric_lines", "own_aliases",
    "standing_badges", "static_picture", "sweep_words", "trials_table",
]  # fmt: skip
