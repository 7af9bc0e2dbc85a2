"""Versions of a model side by side, measured on the same rows."""

from __future__ import annotations

from trackbook.versus.judging import Verdict
from trackbook.versus.lines import Cell, Change, Line, Section
from trackbook.versus.measured import Judged
from trackbook.versus.question import Question, question_of
from trackbook.versus.side import Side
from trackbook.versus.told import html_of, text_of, title_of
from trackbook.versus.versus import Versus, chosen, side_by_side, versus

__all__ = [
    "Cell",
    "Change",
    "Judged",
    "Line",
    "Question",
    "Section",
    "Side",
    "Verdict",
    "Versus",
    "chosen",
    "html_of",
    "question_of",
    "side_by_side",
    "text_of",
    "title_of",
    "versus",
]
