"""Files that runs produced, kept by their content."""

from __future__ import annotations

from trackbook.artifacts.names import inside
from trackbook.artifacts.objects import Artifacts, Kept

__all__ = ["Artifacts", "Kept", "inside"]
