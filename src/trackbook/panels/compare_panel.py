"""Runs compared in an output cell: picked in a table, shown in five ways, kept fresh."""

from __future__ import annotations

import json
import threading
from dataclasses import fields
from typing import TYPE_CHECKING, Literal

import anywidget
import traitlets
from IPython.display import display, update_display

from trackbook.capture import attempt
from trackbook.errors import NotFound, TrackbookError
from trackbook.panels.beside import still_table
from trackbook.panels.columns import packed
from trackbook.panels.follow import Follower
from trackbook.panels.live import bundle_of, image_of, keyed, script, serve_plotly, style
from trackbook.panels.picture import static_picture
from trackbook.panels.views import VIEWS, Choices, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.panels.live import Bundle
    from trackbook.panels.source import Source
    from trackbook.records import Curve, Run

PALETTE = (
    "#3b7ddd", "#e4782e", "#2e9e6b", "#c94f9b", "#8a6fd8", "#b5892b", "#d64545", "#2aa3b8",
    "#7a8b2f", "#9a6a4f",
)  # fmt: skip
FIRST, STILL_POINTS, STILL_METRICS = 3, 200, 6
CHOICES = [choice.name for choice in fields(Choices)]


class ComparePanel(anywidget.AnyWidget):
    """Everything chosen in the panel is a trait, and can be set from Python as well."""

    _esm = script("dom", "mount", "plot", "rows", "table", "compare")
    _css = style()
    key = traitlets.Unicode().tag(sync=True)
    tab = traitlets.Enum(list(VIEWS), "values").tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Run ids."""
    directions = traitlets.Dict().tag(sync=True)
    """`max`, `min` or `` for metrics whose name does not say which way is better."""
    colors = traitlets.Dict().tag(sync=True)
    only_different = traitlets.Bool(False).tag(sync=True)
    metrics = traitlets.List(traitlets.Unicode()).tag(sync=True)
    x = traitlets.Enum(["step", "time"], "step").tag(sync=True)
    smoothing = traitlets.Float(0.0, min=0.0, max=0.999).tag(sync=True)
    log_y = traitlets.Bool(False).tag(sync=True)
    with_resources = traitlets.Bool(True).tag(sync=True)
    """Under the curves over time."""
    axes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    color = traitlets.Unicode().tag(sync=True)
    scatter_x = traitlets.Unicode().tag(sync=True)
    scatter_y = traitlets.Unicode().tag(sync=True)
    scatter_color = traitlets.Unicode().tag(sync=True)
    diff_a = traitlets.Unicode().tag(sync=True)
    diff_b = traitlets.Unicode().tag(sync=True)
    two_columns = traitlets.Bool(True).tag(sync=True)
    sent = traitlets.Bool(False).tag(sync=True)
    """Whether a page that opens now must ask for the runs."""

    def __init__(  # each by name
        self,
        source: Source,
        runs: Sequence[str] | None = None,
        *,
        filter: str = "",  # noqa: A002  # the verb's own word
        limit: int = 10_000,
        tab: Literal[
            "values", "curves", "parallel", "scatter", "code", "resources"
        ] = "values",
        every_s: float = 1.0,
    ) -> None:
        """Compare a source's runs.

        Args:
            source: Where runs come from.
            runs: Ids of those to begin with; None: the newest few.
            filter: Passed to the source.
            limit: Passed to the source.
            tab: What to show first.
            every_s: How often to look for news while the panel can be seen.
        """
        super().__init__(tab=tab, **keyed())
        self._source, self._filter, self._limit = source, filter, limit
        self._turn = threading.RLock()
        self._curves: dict[object, list[Curve]] = {}
        self._picture_is_old = False
        self._version = source.version()
        self._runs = self._ask_runs()
        missing = [one for one in runs or () if one not in self._runs]
        if missing:
            raise NotFound.named("run", missing[0], known=self._runs, see="%track runs")
        self._follower = Follower(self._look, every_s=every_s)
        self.selected = list(self._runs)[:FIRST] if runs is None else list(runs)
        self._paint()
        self.on_msg(self._asked)
        self.observe(self._chosen, names=[*CHOICES, "tab"])

    def refresh(self) -> None:
        """Show what the source knows now; only what changed is sent."""
        with self._turn:
            self._version = self._source.version()
            before, self._runs = self._runs, self._ask_runs()
            self._curves.clear()
            changed = [run for run in self._runs.values() if before.get(run.run_id) != run]
            gone = [run_id for run_id in before if run_id not in self._runs]
            if changed or gone:
                self._send_rows(changed, gone=gone)
            self._send_view()

    def close(self) -> None:
        """End the panel and its looking for news; its picture stays."""
        self._follower.rest()
        super().close()

    def static_html(self) -> str:
        """Return what stays in the saved notebook: a table and a picture, all escaped."""
        picked = self._seen().picked(self._choices())
        names = list(dict.fromkeys(name for run in picked for name in run.metrics))
        ids = [run.run_id for run in picked]
        curves = (
            self._ask_curves(ids, names[:STILL_METRICS], self.x, STILL_POINTS)
            if ids
            else []
        )
        wanted = self.metrics or list(dict.fromkeys(curve.name for curve in curves))
        drawn = [curve for name in wanted for curve in curves if curve.name == name]
        svg = static_picture(picked, drawn, colors=self.colors)
        table = still_table(picked, directions=self.directions)
        picture = image_of(svg, "plot of the runs compared") if svg else ""
        return table._repr_html_() + picture

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        picked = self._seen().picked(self._choices())
        text = repr(still_table(picked, directions=self.directions))
        return bundle_of(self, self.static_html(), text)

    def _ipython_display_(self) -> None:
        # under an id, so that the picture can follow what is chosen later
        display(self._repr_mimebundle_()[0], raw=True, display_id=self.key)
        # at once: this cell may go on for hours before what the page asks is heard
        self._send_all()
        self.sent = True
        self._follower.follow()

    def __repr__(self) -> str:
        return f"ComparePanel({len(self._runs)} runs, {len(self.selected)} picked)"

    def _asked(self, _: object, content: object, __: object) -> None:
        acts: Mapping[str, Callable[[], None]] = {
            "all": self._send_all,
            "follow": self._follower.follow,
            "rest": self._follower.rest,
            "picture": self._renew_picture,
        }
        if isinstance(content, dict) and content.get("ask") in acts:
            acts[content["ask"]]()
        serve_plotly(self, content)

    def _chosen(self, change: Mapping[str, object]) -> None:
        with self._turn:
            if change["name"] == "selected":
                self._paint()
            if change["name"] == "directions":
                self._send_rows([])
            if change["name"] != "colors":
                self._picture_is_old = True
                self._send_view()

    def _renew_picture(self) -> None:
        if self._picture_is_old:
            self._picture_is_old = False
            update_display(self._repr_mimebundle_()[0], raw=True, display_id=self.key)

    def _paint(self) -> None:
        """Give each picked run a colour, and let it keep it."""
        kept = {one: self.colors[one] for one in self.selected if one in self.colors}
        for one in self.selected:
            used = set(kept.values())
            free = [color for color in PALETTE if color not in used]
            kept.setdefault(one, free[0] if free else PALETTE[len(kept) % len(PALETTE)])
        self.colors = kept

    def _look(self) -> None:
        """Look for news, in the follower's thread: nothing may be raised or printed."""
        attempt("following", self._renew, self._stop_following)

    def _renew(self) -> None:
        try:
            if self._source.version() != self._version:
                self.refresh()
                self.send({"kind": "note", "text": ""})
        except TrackbookError as error:
            self.send({"kind": "note", "text": str(error)})

    def _stop_following(self, _: str, error: BaseException) -> None:
        # Raised in the thread it would be printed into whatever cell runs just now.
        self._follower.rest()
        self.send({"kind": "note", "text": f"following stopped: {error!r}"})

    def _send_all(self) -> None:
        with self._turn:
            self._send_rows(list(self._runs.values()), reset=True)
            self._send_view()

    def _send_rows(
        self, changed: Sequence[Run], *, gone: Sequence[str] = (), reset: bool = False
    ) -> None:
        content, buffers = packed(
            list(self._runs.values()),
            changed,
            directions=self.directions,
            gone=gone,
            reset=reset,
        )
        self.send({"kind": "rows", **content}, buffers=buffers)

    def _send_view(self) -> None:
        try:
            view = VIEWS[self.tab](self._seen(), self._choices())
        except TrackbookError as error:
            view = {"words": str(error)}
        # strict JSON: the browser could read neither NaN nor Infinity
        view = json.loads(json.dumps(view, allow_nan=False))
        self.send({"kind": "view", "tab": self.tab, **view})

    def _choices(self) -> Choices:
        return Choices(**{name: getattr(self, name) for name in CHOICES})

    def _seen(self) -> Seen:
        return Seen(
            runs=self._runs,
            curves=self._ask_curves,
            code_diff=self._source.code_diff,
            resources=self._source.resources,
            progress=self._source.progress,
        )

    def _ask_runs(self) -> dict[str, Run]:
        found = self._source.runs(self._filter, limit=self._limit)
        return {run.run_id: run for run in found}

    def _ask_curves(
        self, run_ids: Sequence[str], names: Sequence[str], x: str, max_points: int
    ) -> list[Curve]:
        question = (tuple(run_ids), tuple(names), x, max_points)
        if question not in self._curves:
            if len(self._curves) > STILL_METRICS:
                self._curves.clear()
            self._curves[question] = self._source.curves(
                run_ids,
                names,
                x="time" if x == "time" else "step",
                max_points=max_points,
            )
        return self._curves[question]
