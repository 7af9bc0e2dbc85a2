"""A project's command with values put in: without a shell where none is needed, never evaluated."""

from __future__ import annotations

import re
import shlex
import string
from itertools import pairwise
from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.launch.options import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NEEDS_SHELL = re.compile(r"[|&;<>()$`*?\[\]#~!\n]|^\s*\w+=")
"""What only a shell can do: pipes, several commands, variables, wildcards."""
READS_CODE = re.compile(r"\b(eval|source|trap)\b|(^|\s)-\w*[ce](\s|$)|`|\bxargs\b")
"""Words behind which a text may be read as code once more."""
PLAIN = re.compile(r"[\w@%+=:,./-]*")
VARIABLE = "TRACKBOOK_VALUE_"
OUTSIDE, DOUBLE, SINGLE = "", '"', "'"


def command_of(
    template: str, values: Mapping[str, object], *, of: str
) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the words of a command whose `{name}` stand for values, and variables it needs.

    Each value is one word, whatever is in it. A template that needs a shell gets the values
    as variables, which a shell does not read as code.
    """
    parts = list(parts_of(template.strip(), values, of))
    texts = {name: text_of(value) for name, value in values.items()}
    plain = "".join(words if name is None else "x" for words, name in parts)
    if NEEDS_SHELL.search(plain):
        if READS_CODE.search(plain):
            for name in dict.fromkeys(name for _, name in parts if name is not None):
                must_be_plain(name, texts[name], of)
        return in_shell(parts, texts)
    marked = "".join(
        words if name is None else f"{START}{name}{END}" for words, name in parts
    )
    try:
        words = shlex.split(marked)
    except ValueError as error:
        raise Misused(f"{of}: its command cannot be read ({error}): {template}") from None
    if not words:
        raise Misused(f"{of}: its command is empty")
    must_not_be_code(words, texts, of)
    return [PLACE.sub(lambda found: texts[found[1]], word) for word in words], {}


START, END = "\ue000", "\ue001"
"""Signs of the private area, around a name while a command is taken apart."""
PLACE = re.compile(f"{START}([^{END}]*){END}")


def parts_of(
    template: str, values: Mapping[str, object], of: str
) -> Iterator[tuple[str, str | None]]:
    """Yield the texts of a template as (text, None), and its places as ("", name)."""
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise Misused(
            f"{of}: its command cannot be read ({error}): double the braces that are no"
            f" param: {template}"
        ) from None
    for words, name, form, conversion in pieces:
        yield words.replace(START, "").replace(END, ""), None
        if name is None:
            continue
        if name not in values or form or conversion:
            listed = ", ".join(values) or "none"
            raise Misused(
                f"{of}: its command has {{{name}}}, which is none of its params ({listed})"
            )
        yield "", name


def must_not_be_code(words: Sequence[str], texts: Mapping[str, str], of: str) -> None:
    """Refuse values in the text that a shell, or Python, is told to read as code: `bash -c`."""
    for flag, code in pairwise(words):
        if READS_CODE.search(flag):
            for name in PLACE.findall(code):
                must_be_plain(name, texts[name], of)


def must_be_plain(name: str, text: str, of: str) -> None:
    """Refuse a value that could be read as code."""
    if not PLAIN.fullmatch(text):
        raise Misused(
            f"{of}: its command puts {name} where it would be read as code, and it is"
            f" {text[:60]!r}: take letters, digits and . , : / @ % + = _ - only"
        )


def in_shell(
    parts: Sequence[tuple[str, str | None]], texts: Mapping[str, str]
) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return a command for bash, in which each place is a variable, quoted where it stands."""
    made: list[str] = []
    env: dict[str, str] = {}
    quote = OUTSIDE
    for words, name in parts:
        made.append(words)
        quote = quote_after(words, quote)
        if name is None:
            continue
        variable = f"{VARIABLE}{len(env)}"
        env[variable] = texts[name]
        found = f"${{{variable}}}"
        made.append({OUTSIDE: f'"{found}"', DOUBLE: found, SINGLE: f"'\"{found}\"'"}[quote])
    return ["bash", "-c", "".join(made)], env


def quote_after(words: str, quote: str) -> str:
    """Return within which quotes a shell is at the end of a text."""
    signs = iter(words)
    for sign in signs:
        if sign == "\\" and quote != SINGLE:
            next(signs, None)
        elif quote == OUTSIDE and sign in (SINGLE, DOUBLE):
            quote = sign
        elif sign == quote:
            quote = OUTSIDE
    return quote
