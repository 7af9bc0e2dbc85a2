"""Which notebook a kernel works for, and what its code hashes to."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from trackbook.capture.saved import SavedNotebook
from trackbook.clock import now_us
from trackbook.code import notebook_hash
from trackbook.records import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackbook.records import CodeCell

    Executed = dict[str, tuple[str, int]]


def path_of_notebook(
    namespace: Mapping[str, object], cell_id: str | None, environ: Mapping[str, str]
) -> str | None:
    """Return the notebook's path from the first witness that names one, or None.

    The front end is not asked and nothing is waited for: the path is a label,
    and recording goes on without it (nbclient, Colab, a plain IPython).
    """
    witnesses = (
        environ.get("TRACKBOOK_NOTEBOOK"),
        namespace.get("__vsc_ipynb_file__"),
        from_uri(cell_id),
        environ.get("JPY_SESSION_NAME"),
        namespace.get("PAPERMILL_INPUT_PATH"),
    )
    for path in witnesses:
        if type(path) is str and path.lower().endswith((".ipynb", ".py", ".md", ".qmd")):
            return path
    return None


def from_uri(cell_id: str | None) -> str | None:
    """Return the path in the document URI that VS Code sends in place of a cell id."""
    if cell_id is None or ("://" not in cell_id and not cell_id.startswith("vscode-")):
        return None
    path = unquote(urlparse(cell_id).path)
    if os.name == "nt" and path.startswith("/"):
        path = path[1:]
    return path or None


class NotebookState:
    """A notebook's code cells as far as this kernel can know them.

    The saved file gives the cells; what was executed since is newer than what was
    saved. Without a file, the cells are those that ran, in the order of their first
    execution.
    """

    def __init__(self) -> None:
        self.path: str | None = None
        self.saved = SavedNotebook()
        self._told: Sheet | None = None
        self._executed: Executed = {}
        """Source and time (ns) of each cell's last execution, by cell key."""

    def executed(self, cell_key: str, source: str) -> None:
        """Remember a cell as it was executed last."""
        self._executed[cell_key] = source, time.time_ns()

    def as_now(self) -> Executed:
        """Return what was executed so far, for a fingerprint that is worked out later."""
        return dict(self._executed)

    def fingerprint(self, executed: Executed) -> tuple[str, int]:
        """Return (notebook hash, number of code cells), reading the file if it is new."""
        sources = self._sources(executed)
        return notebook_hash(sources), len(sources)

    def tell(self, cells: Iterable[CodeCell]) -> None:
        """Take in the code cells as they stand on screen, in order, from who shows them."""
        shown = list(cells)
        once = self._told.once if self._told is not None else frozenset()
        once |= {cell.cell_id for cell in shown if cell.cell_id}
        self._told = Sheet(shown, now_us(), live=True, once=once)

    def look(self) -> None:
        """Read the file if it changed."""
        self.saved.read(self.path)

    def sheet(self, *, look: bool) -> Sheet | None:
        """Return the newest of what is known of the document; None where nobody knows.

        `look` reads the file if it changed; else only memory is asked.
        """
        saved = self.saved.read(self.path) if look else self.saved.known(self.path)
        told = self._told
        if told is not None and (saved is None or saved.seen_us <= told.seen_us):
            return told
        return saved

    def _sources(self, executed: Executed) -> list[str]:
        sheet = self.saved.read(self.path)
        if sheet is None or not sheet.cells:
            return [source for source, _ in executed.values()]
        saved = [(cell.cell_id, cell.source) for cell in sheet.cells]
        blank = ("", 0)
        known = {cell_id for cell_id, _ in saved} | {source for _, source in saved}
        since = sheet.seen_us * 1000
        sources = [
            (executed.get(cell_id, blank)[0] if cell_id else "") or source
            for cell_id, source in saved
        ]
        unsaved = [
            source
            for key, (source, ran_ns) in executed.items()
            if ran_ns > since and key not in known and source not in known
        ]
        return sources + unsaved
