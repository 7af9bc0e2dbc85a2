"""The version of trackbook: read by the build, and written into every session."""

from __future__ import annotations

__version__ = "0.1.0a1"
