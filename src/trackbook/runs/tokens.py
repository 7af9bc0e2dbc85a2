"""A filter's text as tokens, and errors that point into it."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from trackbook.errors import Misused
from trackbook.table import visible

PATTERN = re.compile(
    r"""(?P<blank>\s+)
    | (?P<sign><=|>=|==|!=|<>|[<>=(),])
    | (?P<text>'(?:[^']|'')*' | "(?:[^"]|"")*")
    | (?P<name>`(?:[^`]|``)*`)
    | (?P<word>[^\s()<>=!,'"`]+)""",
    re.VERBOSE,
)
QUOTES = "'\"`"
AROUND = 30


class Token(NamedTuple):
    """One piece of a filter."""

    kind: str
    """sign, text, name, word or end."""
    text: str
    """Without its quotes."""
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The word in lower case; nothing for what stands in quotes."""
        return self.text.lower() if self.kind in {"word", "sign"} else ""


def tokens_of(source: str) -> list[Token]:
    """Return a filter's tokens; the last one is its end."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = PATTERN.match(source, at)
        if match is None:
            quote = source[at] in QUOTES
            refuse(source, at, f"a closing {source[at]}" if quote else "!= or not")
        kind, text = match.lastgroup or "", match.group()
        if text[0] in QUOTES:
            text = text[1:-1].replace(text[0] * 2, text[0])
        if kind != "blank":
            found.append(Token(kind, text, at, match.end()))
        at = match.end()
    found.append(Token("end", "", len(source), len(source)))
    return found


def refuse(source: str, at: int, expected: str) -> NoReturn:
    """Raise the one-line error that shows with ^ where a filter stops making sense."""
    before, after = source[max(0, at - AROUND) : at], source[at : at + AROUND]
    left = "…" if at > AROUND else ""
    right = "…" if at + AROUND < len(source) else ""
    shown = f"{left}{visible(before)}^{visible(after)}{right}"
    raise Misused(
        f"cannot read the filter at {shown} (character {at + 1}): expected {expected}"
    )
