"""Reading Python: what a cell reads, binds, chooses and measures, and what to hide."""

from __future__ import annotations

from trackbook.code.names import Names, names_in

__all__ = ["Names", "names_in"]
