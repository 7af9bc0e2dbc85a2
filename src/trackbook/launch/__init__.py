"""Notebooks, scripts and entry points of projects, each executed as one tracked run."""

from __future__ import annotations

from trackbook.launch.launch import Launched, Telling, run, run_notebook
from trackbook.launch.params import Typed

__all__ = ["Launched", "Telling", "Typed", "run", "run_notebook"]
