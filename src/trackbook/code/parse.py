"""Turns text into a syntax tree, silently, and into bare words where it is none."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

SILENCE = ("ignore", None, Warning, None, 0)
WARNED_OF = re.compile(r"[0-9]\.?(?:and|else|for|if|in|is|not|or)")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
KEYWORD = re.compile(r"(?<![.\w])([^\W\d]\w*) ?=(?![=])")
WORD = re.compile(r"[^\W\d]\w*")
PROVIDED = frozenset(dir(builtins)) | {
    "get_ipython",
    "display",
    "exit",
    "quit",
    "__name__",
    "__file__",
    "__doc__",
    "__builtins__",
}
"""Names that are there without any cell having bound them."""


def tree_of(source: str) -> ast.Module | None:
    """Return the syntax tree of a source, or None when Python refuses it."""
    try:
        if "\\" not in source and not WARNED_OF.search(source):
            return ast.parse(source)
        # The user saw the warning about "\d" or 1if when the cell ran; once is enough.
        # Not by catch_warnings: leaving that makes Python forget what it warned of, and
        # the user's own warnings, shown once, would come again.
        filters: Any = warnings.filters
        filters.insert(0, SILENCE)
        try:
            return ast.parse(source)
        finally:
            filters.remove(SILENCE)
    except (SyntaxError, ValueError):
        return None


def words_in(text: str) -> set[str]:
    """Return every word of a text that could be a name."""
    return set(WORD.findall(text))


def lines_in(source: str) -> list[str]:
    r"""Return the lines of source as Python counts them: at \n, \r and \r\n only."""
    return LINE.findall(source)


def keywords_in(source: str) -> set[str]:
    """Return the words behind which a single `=` stands: arguments and assignments."""
    return set(KEYWORD.findall(source))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list of words."""
    return frozenset(text.split())


def without_provided(
    names: set[str], binds: set[str], rebound: Collection[str]
) -> frozenset[str]:
    """Return the names without builtins, except those that a cell has bound itself."""
    if names.isdisjoint(PROVIDED):
        return frozenset(names)
    return frozenset([n for n in names if n not in PROVIDED or n in binds or n in rebound])
