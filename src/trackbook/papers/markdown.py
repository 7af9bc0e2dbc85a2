"""Markdown in which every name stays text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.papers.words import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COUNT = re.compile(r"^([0-9]+)([.)])(?=\s|$)")
"""With which a list would begin."""
BAR = re.compile(r"(?<!\\)\|")
PLAIN = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#!~&@$"})


def text(value: object) -> str:
    """Return a text that is only text in a paragraph, in a list and in a cell of a table."""
    said = line_of(value).translate(PLAIN)
    said = f"\\{said}" if said[:1] in ("-", "+", "=") else said
    return COUNT.sub(r"\1\\\2", said)


def code(value: object) -> str:
    """Return a text as code, in a fence longer than any in it."""
    said = line_of(value)
    fence = "`"
    while fence in said:
        fence += "`"
    inner = f" {said} " if said[:1] == "`" or said[-1:] == "`" or not said else said
    return f"{fence}{inner}{fence}"


def block(source: str, language: str = "") -> str:
    """Return some lines as a block of code that nothing in it can end."""
    fence = "```"
    while fence in source:
        fence += "`"
    return f"{fence}{language}\n{source.rstrip()}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows, whose cells are Markdown already, as a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, cells))} |" for cells in lines)


def cell(markdown: str) -> str:
    """Return Markdown for a cell: code may hold the bar that parts cells."""
    return BAR.sub(r"\\|", markdown)


def bullets(sentences: Iterable[str]) -> str:
    """Return sentences, Markdown already, as a list."""
    return "\n".join(f"- {one}" for one in sentences)
