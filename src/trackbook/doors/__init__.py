"""Ways in: magics, shell, Python. They parse and show; the work is done in the rooms."""

from __future__ import annotations


def is_recording() -> bool:
    """Tell whether what libraries do in this process is recorded without a word."""
    from trackbook.doors.ipython import Plugged

    return Plugged.plug is not None and Plugged.plug.recorder.mode != "off"
