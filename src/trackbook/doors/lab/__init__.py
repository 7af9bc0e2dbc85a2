"""The Jupyter server's door: what the sidebar asks, answered from projects below its folder."""

from __future__ import annotations

from trackbook.doors.lab.app import TrackbookApp

__all__ = ["TrackbookApp"]
