"""Papers on a version that others can read: a card, a bill of materials, lineage, one page."""

from __future__ import annotations

from trackbook.papers.bom import bom
from trackbook.papers.card import card
from trackbook.papers.dossier import Dossier, dossier_of
from trackbook.papers.events import openlineage, prov
from trackbook.papers.page import page

__all__ = ["Dossier", "bom", "card", "dossier_of", "openlineage", "page", "prov"]
