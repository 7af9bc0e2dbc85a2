"""A comparison as text and as HTML: what a terminal shows, and a saved notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.table import Table, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.versus.lines import Section
    from trackbook.versus.versus import Versus


def text_of(found: Versus) -> str:
    """Return what differs, section by section, as text."""
    parts = [visible(found.headline)]
    for section in found.sections:
        parts += ["", visible(title_of(section, found))]
        parts += [f"  {visible(words)}" for words in section.words]
        table = face_of(section, found)
        if len(table):
            parts.append(table.text())
        parts += [f"  {visible(words)}" for words in verdicts(section, found)]
        parts += [
            "\n".join(visible(one) for one in change.diff.splitlines())
            for change in section.code
        ]
    return "\n".join(parts)


def html_of(found: Versus, *, picture: str = "") -> str:
    """Return what differs as HTML without any script; `picture` comes after what was measured."""
    parts = [f"<p><b>{escaped(found.headline)}</b></p>"]
    for section in found.sections:
        parts.append(f"<p><b>{escaped(title_of(section, found))}</b></p>")
        parts += [f"<p><small>{escaped(words)}</small></p>" for words in section.words]
        if section.key == "measured":
            parts.append(picture)
        table = face_of(section, found)
        if len(table):
            parts.append(table._repr_html_())
        said = "".join(f"<li>{escaped(words)}</li>" for words in verdicts(section, found))
        parts.append(f"<ul>{said}</ul>" if said else "")
        parts += [
            f"<details><summary>{escaped(f'{one.name}: {one.words}')}</summary>"
            f"<pre>{escaped_lines(one.diff)}</pre></details>"
            for one in section.code
        ]
    return f"<div>{''.join(parts)}</div>"


def escaped_lines(text: str) -> str:
    """Return lines as HTML that shows just them."""
    return "\n".join(escaped(line) for line in text.splitlines())


def face_of(section: Section, found: Versus) -> Table:
    """Return what is shown of a section: what differs, or all of a single version."""
    lines = section.differing if len(found.sides) > 1 else section.lines
    rows = [(line.name, *[cell.brief for cell in line.cells]) for line in lines]
    return Table([" ", *found.names], rows)


def verdicts(section: Section, found: Versus) -> Iterator[str]:
    """Yield what the lines of a section come to, one sentence for each version."""
    for line in section.lines:
        for name, cell in zip(found.names, line.cells, strict=True):
            if cell.verdict:
                yield f"{line.name}, {name}: {cell.verdict}"


def title_of(section: Section, found: Versus) -> str:
    """Return a section's title, and how much of it differs."""
    count = len(section.lines)
    if not count or len(found.sides) == 1:
        return section.title
    return f"{section.title} · {len(section.differing)} of {count} differ"
