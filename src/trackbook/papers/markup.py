"""HTML in which every name stays text: tables, facts, blocks of code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from trackbook.papers.words import moment
from trackbook.table import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNBROKEN, LONG = 30, ' class="long"'
"""Code of more characters than this may be broken anywhere, or a table grows too wide."""
NOTHING = '<p class="none">Not on record.</p>'


class Html(str):
    """Markup that was made here, as distinct from a text that stands in it."""

    __slots__ = ()


def shown(value: object) -> Html:
    """Return a value as markup: numbers with all digits, times in UTC, texts as they are."""
    if isinstance(value, Html):
        return value
    if value is None or value == "":
        return Html('<span class="none">—</span>')
    if isinstance(value, Mapping):
        return joined(f"{name}={one}" for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return joined(value)
    return (
        Html(f"<time>{words(value)}</time>")
        if isinstance(value, datetime)
        else words(value)
    )


def words(value: object) -> Html:
    """Return a single value as text that shows just this."""
    if isinstance(value, bool):
        return Html("yes" if value else "no")
    if isinstance(value, datetime):
        return Html(moment(value))
    if isinstance(value, int):
        return Html(f"{value:,}")
    return Html(escaped(repr(value) if isinstance(value, float) else str(value)))


def joined(values: Iterable[object]) -> Html:
    """Return values side by side."""
    return Html(", ".join(shown(one) for one in values) or shown(None))


def code(value: object) -> Html:
    """Return a name, a digest or a value of the user's as code."""
    text = "" if value is None else str(value)
    kind = LONG if len(text) > UNBROKEN else ""
    return Html(f"<code{kind}>{escaped(text)}</code>" if text else shown(None))


def badge(words: str, kind: str = "") -> Html:
    """Return a word that stands out; the word alone says what the color says."""
    return Html(f'<span class="badge {kind}">{escaped(words)}</span>')


def block(source: str, caption: str = "") -> Html:
    """Return lines of code."""
    lines = "\n".join(map(escaped, source.expandtabs(4).splitlines()))
    head = f"<figcaption>{escaped(caption)}</figcaption>" if caption else ""
    return Html(f"<figure>{head}<pre>{lines}</pre></figure>")


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, label: str) -> Html:
    """Return rows as a table; columns of numbers stand right, and wide ones scroll."""
    kept = [list(row) for row in rows]
    right = [
        all(is_number(row[at]) for row in kept) and any(row[at] is not None for row in kept)
        for at in range(len(head))
    ]
    kinds = [' class="number"' if one else "" for one in right]
    tops = "".join(
        f'<th scope="col"{k}>{escaped(h)}</th>' for h, k in zip(head, kinds, strict=True)
    )
    body = "".join(
        f"<tr>{''.join(f'<td{k}>{shown(c)}</td>' for c, k in zip(row, kinds, strict=True))}</tr>\n"
        for row in kept
    )
    return Html(
        f'<div class="wide" role="region" tabindex="0" aria-label="{escaped(label)} (table)">'
        f"<table><thead><tr>{tops}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def is_number(value: object) -> bool:
    """Tell whether a value stands right; nothing at all stands with its column."""
    return value is None or (
        isinstance(value, (int, float)) and not isinstance(value, bool)
    )


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Return names and values, a line for each; those that are not known say so."""
    missing = Html('<span class="none">not on record</span>')
    rows = "".join(
        f"<div><dt>{escaped(name)}</dt>"
        f"<dd>{missing if value in (None, '') else shown(value)}</dd></div>\n"
        for name, value in pairs
    )
    return Html(f'<dl class="facts">{rows}</dl>')


def bullets(sentences: Iterable[object]) -> Html:
    """Return sentences as a list."""
    return Html(f"<ul>{''.join(f'<li>{shown(one)}</li>' for one in sentences)}</ul>")


def paragraph(words: object, kind: str = "") -> Html:
    """Return a sentence."""
    named = f' class="{kind}"' if kind else ""
    return Html(f"<p{named}>{shown(words)}</p>")


def heading(words: object) -> Html:
    """Return a heading inside a section."""
    return Html(f"<h3>{shown(words)}</h3>")
