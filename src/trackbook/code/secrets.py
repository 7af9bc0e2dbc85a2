"""Masks secrets in what is written down: by name, by form, and in source by syntax."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

from trackbook.code.parse import lines_in, tree_of
from trackbook.code.secret_names import SecretNames
from trackbook.code.secret_spans import secret_spans
from trackbook.code.secret_texts import MASK, masked, may_hold_secret

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    Edit = tuple[int, int, str]
    """From offset to offset, and what stands there instead."""


class Secrets:
    """What is kept out of every record: values that their names or forms give away."""

    __slots__ = ("names",)

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Take more names of secrets, such as `*_dsn`, in upper or lower case."""
        self.names = SecretNames(patterns)

    def of_name(self, name: str) -> bool:
        """Tell whether a name says that its value is a secret: `openai_api_key`."""
        return self.names.verdict(name) != "no"

    def in_text(self, text: str) -> str:
        """Return a text with `***` for everything in it that looks like a secret."""
        return masked(text, self.names)

    def in_texts(self, texts: Sequence[str]) -> list[str]:
        """Return texts as `in_text` does, soon where nothing in any of them looks like one."""
        if self.names.patterns or may_hold_secret("\n".join(texts)):
            return [self.in_text(text) for text in texts]
        return list(texts)

    def of_value(self, name: str, value: str) -> str:
        """Return a named text as it may be written down.

        A text of digits under a secret name is a PIN or a password: numbers that are no
        texts are not to be brought here.
        """
        if self.of_name(name) and value.strip():
            return MASK
        return self.in_text(value)

    def of_source(self, source: str) -> str:
        """Return source with its secrets masked; it parses where it did before."""
        if not (self.names.patterns or may_hold_secret(source)):
            return source
        try:
            readable = LONE_RETURN.sub("\n", source)
            tree = tree_of(readable)
            if tree is None:
                readable = without_magics(readable)
                tree = tree_of(readable)
            if tree is None:
                return self.by_lines(source)
            edits = self.edits_of(source, readable, tree)
        except (RecursionError, MemoryError, SyntaxError, tokenize.TokenError):
            return self.by_lines(source)
        for start, end, text in sorted(edits, reverse=True):
            source = source[:start] + text + source[end:]
        return source

    def edits_of(self, source: str, readable: str, tree: ast.Module) -> list[Edit]:
        """Return what to replace in source, of which the readable form parses."""
        lines = lines_in(readable)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        edits: list[Edit] = []
        for node in secret_spans(tree, self.names):
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            start = starts[first] + characters(lines[first], node.col_offset)
            end = starts[last] + characters(lines[last], node.end_col_offset or 0)
            edits.append((start, end, literal_mask(source[start:end])))
        edits = outermost(edits)
        taken = [(start, end) for start, end, _ in edits]
        for token in tokenize.generate_tokens(io.StringIO(readable, newline="\n").readline):
            if token.type not in TEXT_TOKENS:
                continue
            start = starts[token.start[0] - 1] + token.start[1]
            end = starts[token.end[0] - 1] + token.end[1]
            if any(begin <= start and end <= stop for begin, stop in taken):
                continue
            text = self.in_token(source[start:end])
            if text != source[start:end]:
                edits.append((start, end, text))
        return edits

    def in_token(self, text: str) -> str:
        """Return a string or comment with the secrets in its text masked."""
        match = QUOTED.fullmatch(text)
        if match is None:
            return self.in_text(text)
        opening, inside, closing = match[1], match[3], match[4]
        return opening + self.in_text(inside) + closing

    def by_lines(self, source: str) -> str:
        """Return source that does not parse, masked by what stands on each line."""

        def replacement(match: re.Match[str]) -> str:
            name, between, value, quote = match.group("name", "between", "value", "quote")
            if self.names.verdict(name) == "no" or not value:
                return match[0]
            return f"{name}{between}{quote}{MASK}{quote}"

        return self.in_text(ASSIGNED.sub(replacement, source))


def without_magics(source: str) -> str:
    """Return source in which magic and shell lines are comments, nothing moved."""
    return MAGIC_VALUE.sub(r"\g<1>0#", MAGIC_LINE.sub(r"\1#", source))


def characters(line: str, offset: int) -> int:
    """Return a column in characters for one that `ast` counts in bytes."""
    if line.isascii():
        return offset
    return len(line.encode("utf-8")[:offset].decode("utf-8"))


def literal_mask(text: str) -> str:
    """Return `"***"` with the quotes and the kind of the string it stands for."""
    match = STRING_START.match(text)
    if match is None:
        return repr(MASK)
    prefix = "b" if "b" in match[1].lower() else ""
    return f"{prefix}{match[2]}{MASK}{match[2]}"


def outermost(edits: list[Edit]) -> list[Edit]:
    """Return the edits that no other edit contains."""

    def kept() -> Iterator[Edit]:
        reached = -1
        for edit in sorted(edits, key=lambda one: (one[0], -one[1])):
            if edit[1] > reached:
                reached = edit[1]
                yield edit

    return list(kept())


TEXT_TOKENS = {tokenize.STRING, tokenize.COMMENT} | {
    getattr(tokenize, name) for name in ("FSTRING_MIDDLE",) if hasattr(tokenize, name)
}
LONE_RETURN = re.compile(r"\r(?!\n)")
"""A line end to Python, but not to its tokenizer."""
MAGIC_VALUE = re.compile(r"^(\s*[\w., \t]+=[ \t]*)[%!][^\n]", re.MULTILINE)
MAGIC_LINE = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)
STRING_START = re.compile(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
QUOTED = re.compile(r"(?s)([A-Za-z]{0,2}(?P<q>\"\"\"|'''|\"|'))(.*)((?P=q))")
ASSIGNED = re.compile(
    r"(?P<name>(?<![\w.-])[A-Za-z_][\w.-]{0,100})"
    r"(?P<between>[\"']?\]?\s*(?:[=!]=|=|:)\s*[rRbBuUfF]{0,2})"
    r"(?P<quote>\"\"\"|'''|\"|')(?P<value>(?s:.*?))(?P=quote)"
)
