"""Which notebook a kernel works for, and what its code hashes to."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from trackbook.code import code_cells_of, notebook_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    Executed = dict[str, tuple[str, int]]

LARGEST_BYTES = 100 << 20


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
        self._executed: Executed = {}
        """Source and time (ns) of each cell's last execution, by cell key."""
        self._saved: list[tuple[str | None, str]] = []
        self._saved_stamp: tuple[int, int] | None = None

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

    def _sources(self, executed: Executed) -> list[str]:
        saved = self._read()
        if not saved:
            return [source for source, _ in executed.values()]
        blank = ("", 0)
        known = {cell_id for cell_id, _ in saved} | {source for _, source in saved}
        since = self._saved_stamp[0] if self._saved_stamp else 0
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

    def _read(self) -> list[tuple[str | None, str]]:
        if self.path is None or not self.path.lower().endswith(".ipynb"):
            return []
        file = Path(self.path)
        try:
            facts = file.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if stamp != self._saved_stamp and facts.st_size <= LARGEST_BYTES:
                document = json.loads(file.read_text(encoding="utf-8"))
                self._saved = code_cells_of(document) if type(document) is dict else []
                self._saved_stamp = stamp
        except (OSError, ValueError):
            return self._saved  # half-saved or gone: what was read last still holds
        return self._saved
