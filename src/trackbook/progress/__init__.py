"""How far runs are that still run, and what goes wrong in them."""

from __future__ import annotations

from trackbook.progress.diverging import FEWEST, diverging, is_loss
from trackbook.progress.standing import Standing, pace_of, standings

__all__ = ["FEWEST", "Standing", "diverging", "is_loss", "pace_of", "standings"]
