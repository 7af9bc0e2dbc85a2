"""Versions side by side in an output cell: sections that fold, and what differs alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anywidget
import traitlets

from trackbook.panels.codediff import rows_of
from trackbook.panels.live import bundle_of, image_of, keyed, script, serve_plotly, style
from trackbook.panels.versus_figure import forest_figure
from trackbook.panels.versus_svg import forest_svg
from trackbook.table import visible
from trackbook.versus import html_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.panels.live import Bundle
    from trackbook.versus import Cell, Section, Side, Versus

TONES = {"PRODUCTION": "ok", "STAGING": "brand", "DEPRECATED": "warn", "ARCHIVED": "quiet"}


class VersusPanel(anywidget.AnyWidget):
    """Versions in columns; the first is what the others are held against."""

    _esm = script("dom", "mount", "plot", "versus")
    _css = style() + style("versus")
    key = traitlets.Unicode().tag(sync=True)
    view = traitlets.Unicode("{}").tag(sync=True)
    """All that is shown, as JSON."""
    only_different = traitlets.Bool(True).tag(sync=True)
    folded = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Keys of the sections that are folded."""

    def __init__(self, versus: Versus) -> None:
        """Show a comparison."""
        # strict JSON: the browser could read neither NaN nor Infinity
        view = json.dumps(view_of(versus), allow_nan=False)
        super().__init__(view=view, only_different=len(versus.sides) > 1, **keyed())
        self._versus = versus
        self.on_msg(self._asked)

    def static_html(self) -> str:
        """Return what stays in the saved notebook: tables and a picture, all escaped."""
        judged = self._versus.judged
        svg = "" if judged is None else forest_svg(judged, self._versus.names[0])
        picture = image_of(svg, picture_words(self._versus)) if svg else ""
        return html_of(self._versus, picture=picture)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle_of(self, self.static_html(), text_of(self._versus))

    def __repr__(self) -> str:
        return f"VersusPanel({', '.join(self._versus.names)})"

    def _asked(self, _: object, content: object, __: object) -> None:
        serve_plotly(self, content)


def view_of(versus: Versus) -> dict[str, object]:
    """Return all that the page shows, every text of it harmless."""
    judged = versus.judged
    return {
        "headline": visible(versus.headline),
        "versions": [version_of(side, at == 0) for at, side in enumerate(versus.sides)],
        "sections": [section_of(section) for section in versus.sections],
        "figure": None if judged is None else forest_figure(judged),
        "figure_words": picture_words(versus),
    }


def picture_words(versus: Versus) -> str:
    """Return what the picture shows, for those who do not see it."""
    judged = versus.judged
    told = (
        [] if judged is None else [one for one in judged.verdicts if one.gain is not None]
    )
    said = "; ".join(f"{one.version} in {one.metric}: {one.words}" for one in told)
    return visible(f"gains over {versus.names[0]}: {said or 'none known'}")


def version_of(side: Side, is_first: bool) -> dict[str, object]:
    """Return the head of a column."""
    row = side.row
    badges = [{"words": row.state, "tone": TONES.get(row.state, "plain")}]
    badges += [{"words": visible(one), "tone": "plain"} for one in row.slots]
    badges += [{"words": f"@{visible(one)}", "tone": "plain"} for one in row.aliases]
    if row.is_unsafe:
        badges.append({"words": "⚠ unsafe pickle", "tone": "bad"})
    if row.forced:
        badges.append({"words": "⚠ forced", "tone": "bad"})
    return {"name": visible(row.name), "is_first": is_first, "badges": badges}


def section_of(section: Section) -> dict[str, object]:
    """Return one section."""
    return {
        "key": section.key,
        "title": section.title,
        "words": [visible(words) for words in section.words],
        "lines": [
            {
                "name": visible(line.name),
                "differs": line.differs,
                "cells": [cell_of(cell) for cell in line.cells],
            }
            for line in section.lines
        ],
        "code": [
            {"name": visible(one.name), "words": one.words, "rows": rows_of(one.diff)}
            for one in section.code
        ],
    }


def cell_of(cell: Cell) -> Mapping[str, str]:
    """Return one cell; what it is in full where it is shown short."""
    full = visible(str(cell.value)) if isinstance(cell.value, str) else ""
    return {
        "text": visible(cell.shown),
        "words": visible(cell.words),
        "verdict": visible(cell.verdict),
        "tone": cell.tone,
        "title": full if full != cell.shown else "",
    }
