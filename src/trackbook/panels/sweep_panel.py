"""A sweep in an output cell: how far it is, the best so far, which params matter, every trial."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Protocol

import anywidget
import traitlets
from IPython.display import display, update_display

from trackbook.capture import attempt
from trackbook.errors import TrackbookError
from trackbook.panels.columns import packed
from trackbook.panels.follow import Follower
from trackbook.panels.live import (
    bundle_of,
    hear_while_busy,
    image_of,
    keyed,
    script,
    serve_plotly,
    style,
)
from trackbook.panels.sweep_figure import parallel_view, progress_figure, slices_figure
from trackbook.panels.sweep_rows import header_of, runs_of, still_of, weights_view, words_of
from trackbook.panels.sweep_svg import sweep_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.panels.live import Bundle
    from trackbook.sweeps import Told, Weights

GROWN = 1.1
"""Params are weighed again when so many times more trials have ended."""


class SweepSource(Protocol):
    """Holder of one sweep; asked from the panel's threads as well as from the kernel's own."""

    def version(self) -> str:
        """Return a word that is another one when new facts have arrived; cheap."""

    def told(self) -> Told:
        """Return the sweep as it stands now."""

    def weights(self, told: Told) -> Weights:
        """Return how much each param mattered; may take seconds."""

    def stop(self) -> None:
        """Ask the sweep to end."""

    def prune(self, number: int) -> None:
        """Ask one trial to end."""


class SweepPanel(anywidget.AnyWidget):
    """One sweep, followed while it runs; `selected` holds the run ids of the trials picked."""

    _esm = script(
        "dom", "mount", "plot", "rows", "table", "sweep_parallel", "sweep_head", "sweep"
    )
    _css = style() + style("sweep")
    key = traitlets.Unicode().tag(sync=True)
    head = traitlets.Unicode("{}").tag(sync=True)
    """What stands above, as JSON."""
    progress = traitlets.Unicode("null").tag(sync=True)
    parallel = traitlets.Unicode("null").tag(sync=True)
    slices = traitlets.Unicode("null").tag(sync=True)
    weights = traitlets.Unicode("null").tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sent = traitlets.Bool(False).tag(sync=True)
    """Whether a page that opens now must ask for the trials."""

    def __init__(self, source: SweepSource, *, every_s: float = 1.0) -> None:
        """Show a sweep.

        Args:
            source: Where it comes from.
            every_s: How often to look for news while the panel can be seen.
        """
        super().__init__(**keyed())
        self._source = source
        self._turn = threading.RLock()
        self._weighed = 0
        self._weights: Weights | None = None
        self._weighing: threading.Thread | None = None
        self._version = source.version()
        self._told = source.told()
        self._follower = Follower(self._look, every_s=every_s)
        self._draw()
        self.on_msg(self._asked)
        hear_while_busy(self)

    def refresh(self) -> None:
        """Show what the source knows now; only what changed is sent."""
        with self._turn:
            self._version = self._source.version()
            before = {run.run_id: run for run in runs_of(self._told)}
            self._told = self._source.told()
            runs = runs_of(self._told)
            now = {run.run_id for run in runs}
            changed = [run for run in runs if before.get(run.run_id) != run]
            gone = [run_id for run_id in before if run_id not in now]
            if changed or gone:
                self._send_rows([run.run_id for run in changed], gone=gone)
            self._draw()

    def offer_plotly(self) -> None:
        """Send Plotly to a page that may wait for it and cannot be heard."""
        serve_plotly(self, {"ask": "plotly.js"})

    def close(self) -> None:
        """End the panel and its looking for news; its picture stays."""
        self._follower.rest()
        super().close()

    def static_html(self) -> str:
        """Return what stays in the saved notebook: words, a picture, the best trials."""
        svg = sweep_svg(self._told)
        picture = image_of(svg, words_of(self._told)) if svg else ""
        return still_of(self._told, self._weights, picture=picture)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return bundle_of(self, self.static_html(), words_of(self._told))

    def _ipython_display_(self) -> None:
        # under an id, so that the picture can follow how far the sweep is
        display(self._repr_mimebundle_()[0], raw=True, display_id=self.key)
        # at once: this cell may go on for hours before what the page asks is heard
        self._send_all()
        self.sent = True
        self._follower.follow()

    def __repr__(self) -> str:
        return f"SweepPanel({self._told.sweep.name}, {len(self._told.trials)} trials)"

    def renew_picture(self) -> None:
        """Bring the picture that a saved notebook keeps up to date."""
        update_display(self._repr_mimebundle_()[0], raw=True, display_id=self.key)

    def _asked(self, _: object, content: object, __: object) -> None:
        acts: Mapping[str, Callable[[], None]] = {
            "all": self._send_all,
            "follow": self._follower.follow,
            "rest": self._follower.rest,
            "picture": self.renew_picture,
        }
        if isinstance(content, dict):
            word = str(content.get("ask"))
            if word in acts:
                acts[word]()
            elif word in {"stop", "prune"}:
                self._act(word, content.get("number"))
        serve_plotly(self, content)

    def _act(self, word: str, number: object) -> None:
        try:
            if word == "stop":
                self._source.stop()
                said = "asked to stop: what runs is cancelled"
            elif isinstance(number, int) and not isinstance(number, bool):
                self._source.prune(number)
                said = f"trial {number} is asked to end"
            else:
                return
        except TrackbookError as error:
            said = str(error)
        self._note(said)

    def _look(self) -> None:
        """Look for news, in the follower's thread: nothing may be raised or printed."""
        attempt("following", self._renew, self._stop_following)

    def _renew(self) -> None:
        try:
            if self._source.version() != self._version:
                self.refresh()
            elif self._told.sweep.status == "RUNNING":
                self._set("head", header_of(self._told))  # its clock goes on
        except TrackbookError as error:
            self._note(str(error))

    def _stop_following(self, _: str, error: BaseException) -> None:
        # Raised in the thread it would be printed into whatever cell runs just now.
        self._follower.rest()
        self._note(f"following stopped: {error!r}")

    def _note(self, text: str) -> None:
        self.send({"kind": "note", "text": text})

    def _draw(self) -> None:
        order = list(self._weights.shares) if self._weights is not None else []
        with self.hold_sync():
            self._set("head", header_of(self._told))
            self._set("progress", progress_figure(self._told))
            self._set("parallel", parallel_view(self._told, order))
            self._set("slices", slices_figure(self._told, order))
            self._set("weights", weights_view(self._weights))
        self._weigh()

    def _set(self, name: str, value: object) -> None:
        # strict JSON: the browser could read neither NaN nor Infinity
        setattr(self, name, json.dumps(value, allow_nan=False))

    def _weigh(self) -> None:
        """Weigh the params beside the kernel's work, if enough trials have come in since."""
        count = sum(one.counts for one in self._told.trials)
        due = self._weights is None or count >= max(
            self._weighed + 1, self._weighed * GROWN
        )
        if not due or (self._weighing is not None and self._weighing.is_alive()):
            return
        self._weighed = count
        self._weighing = threading.Thread(
            target=attempt,
            args=("weighing", self._weigh_now, self._stop_following),
            name="trackbook weights",
            daemon=True,
        )
        self._weighing.start()

    def _weigh_now(self) -> None:
        told = self._told
        found = self._source.weights(told)
        with self._turn:
            self._weights = found
            self._draw()

    def _send_all(self) -> None:
        with self._turn:
            self._send_rows([run.run_id for run in runs_of(self._told)], reset=True)

    def _send_rows(
        self, changed: list[str], *, gone: list[str] | None = None, reset: bool = False
    ) -> None:
        runs, which = runs_of(self._told), set(changed)
        directions = {}
        if self._told.sweep.metric and self._told.sweep.direction:
            directions[self._told.sweep.metric] = self._told.sweep.direction
        content, buffers = packed(
            runs,
            [run for run in runs if run.run_id in which],
            directions=directions,
            gone=gone or [],
            reset=reset,
        )
        self.send({"kind": "rows", **content}, buffers=buffers)
