"""One Plotly figure as a widget that weighs kilobytes, not the five megabytes of Plotly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anywidget
import traitlets

from trackbook.panels.live import bundle_of, keyed, script, serve_plotly, style
from trackbook.table import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.panels.live import Bundle


Pairs = traitlets.List[list[list[int]]]


class PlotPanel(anywidget.AnyWidget):
    """A figure in the page's colours; tells which points were clicked or selected."""

    _esm = script("dom", "mount", "plot", "plot_panel")
    _css = style()
    key = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Unicode("{}").tag(sync=True)
    """Plotly's JSON."""
    clicked: Pairs = traitlets.List().tag(sync=True)
    """(trace, point) pairs of the last click."""
    selected: Pairs = traitlets.List().tag(sync=True)
    """(trace, point) pairs inside the last selection."""

    def __init__(self, figure: Mapping[str, object] | object, *, picture: str = "") -> None:
        """Show a figure.

        Args:
            figure: A mapping with `data` and `layout`, or an object with `to_json`.
            picture: HTML to leave in the saved notebook.
        """
        super().__init__(figure=json_of(figure), **keyed())
        self._picture = picture
        self.on_msg(self._asked)

    def show(self, figure: Mapping[str, object] | object) -> None:
        """Draw another figure in the place of this one."""
        self.figure = json_of(figure)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle_of(self, self._picture or escaped(repr(self)), repr(self))

    def __repr__(self) -> str:
        return "PlotPanel()"

    def _asked(self, _: object, content: object, __: object) -> None:
        serve_plotly(self, content)


def json_of(figure: Mapping[str, object] | object) -> str:
    """Return a figure as Plotly's JSON."""
    to_json = getattr(figure, "to_json", None)
    return str(to_json()) if to_json else json.dumps(figure, allow_nan=False)
