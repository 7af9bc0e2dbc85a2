"""The table of runs as a widget: sorted, filtered and picked from in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anywidget
import traitlets

from trackbook.panels.beside import still_table
from trackbook.panels.columns import packed
from trackbook.panels.live import bundle_of, keyed, script, style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.live import Bundle
    from trackbook.records import Run


class RunTable(anywidget.AnyWidget):
    """Runs in rows; `selected` holds the ids of those picked, whatever the order shown."""

    _esm = script("dom", "mount", "rows", "table", "run_table")
    _css = style()
    key = traitlets.Unicode().tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height = traitlets.Int(360).tag(sync=True)
    """In CSS pixels, at most."""

    def __init__(
        self, runs: Sequence[Run], *, directions: Mapping[str, str] | None = None
    ) -> None:
        """Show runs, newest first.

        Args:
            runs: Ten thousand are no burden.
            directions: `max` or `min` for metrics whose name does not say it.
        """
        super().__init__(**keyed())
        self._directions = dict(directions or {})
        self._runs = {run.run_id: run for run in runs}
        self.on_msg(self._asked)

    def update(self, runs: Sequence[Run]) -> None:
        """Show these runs from now on; only what changed is sent."""
        before, self._runs = self._runs, {run.run_id: run for run in runs}
        changed = [run for run in runs if before.get(run.run_id) != run]
        gone = [run_id for run_id in before if run_id not in self._runs]
        if changed or gone:
            self._tell(changed, gone=gone)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        still = still_table(list(self._runs.values()), directions=self._directions)
        return bundle_of(self, still._repr_html_(), repr(still))

    def __repr__(self) -> str:
        return f"RunTable({len(self._runs)} runs)"

    def _asked(self, _: object, content: object, __: object) -> None:
        if isinstance(content, dict) and content.get("ask") == "all":
            self._tell(list(self._runs.values()), reset=True)

    def _tell(
        self, changed: Sequence[Run], *, gone: Sequence[str] = (), reset: bool = False
    ) -> None:
        content, buffers = packed(
            list(self._runs.values()),
            changed,
            directions=self._directions,
            gone=gone,
            reset=reset,
        )
        self.send({"kind": "rows", **content}, buffers=buffers)
