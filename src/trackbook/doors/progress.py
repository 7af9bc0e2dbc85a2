"""How far a long work is, in one line that comes and goes."""

from __future__ import annotations

import sys
from typing import Any


class Line:
    """One line that says how far a long work is: on a terminal, or under a cell."""

    def __init__(self) -> None:
        from IPython.core.getipython import get_ipython

        self._handle: Any = None
        self._in_notebook = getattr(get_ipython(), "kernel", None) is not None
        self._on_terminal = not self._in_notebook and sys.stderr.isatty()

    def show(self, done: int, count: int) -> None:
        """Say how many of how many executions are done."""
        self.say(f"executing {done + 1} of {count} again" if done < count else "comparing")

    def count(self, done: int, count: int) -> None:
        """Say which of how many cells is executed."""
        self.say(f"executing cell {done + 1} of {count}" if done < count else "recording")

    def say(self, said: str) -> None:
        """Show a sentence in place of the last one."""
        if self._on_terminal:
            sys.stderr.write(f"\r\x1b[K{said}")
            sys.stderr.flush()
        elif self._in_notebook:
            self._tell(said)

    def end(self) -> None:
        """Take the line away."""
        if self._on_terminal:
            sys.stderr.write("\r\x1b[K")
        elif self._handle is not None:
            self._tell("")

    def _tell(self, said: str) -> None:
        from IPython.display import HTML, display

        from trackbook.table import escaped

        shown = HTML(f"<small>{escaped(said)}</small>" if said else "")
        if self._handle is None:
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)
