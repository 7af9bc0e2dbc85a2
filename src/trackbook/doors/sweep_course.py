"""How far a sweep is: a line on a terminal, its panel under a notebook's cell."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from trackbook.doors.progress import Line

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.panels import SweepPanel
    from trackbook.sweeps import Standing


OFFERS_S = (1.5, 6.0)
"""When Plotly is sent to the page unasked: what it asks is not heard while its cell runs."""


class Course:
    """Shows how far a sweep is, from its first trial to its last."""

    def __init__(self, book: Book) -> None:
        from IPython.core.getipython import get_ipython

        self._book = book
        self._line = Line()
        self._panel: SweepPanel | None = None
        self._offers: list[float] = []
        self._in_notebook = getattr(get_ipython(), "kernel", None) is not None

    def tell(self, now: Standing) -> None:
        """Show how a sweep stands; the panel follows by itself once it is there."""
        if not self._in_notebook:
            self._line.say(now.line)
        elif self._panel is None:
            from IPython.display import display

            from trackbook.doors.sweeps import Shown

            self._book.settle()
            self._panel = Shown(self._book, now.sweep_id).panel()
            display(self._panel)
            self._offers = [monotonic() + each for each in OFFERS_S]
        elif self._offers and monotonic() > self._offers[0]:
            self._offers.pop(0)
            self._panel.offer_plotly()

    def end(self) -> None:
        """Take the line away; leave the panel, and its picture, as the sweep ended."""
        self._line.end()
        if self._panel is not None:
            self._book.settle()
            self._panel.refresh()
            self._panel.renew_picture()
