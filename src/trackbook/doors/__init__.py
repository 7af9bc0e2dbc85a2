"""Ways in: magics, shell, Python. They parse and show; the work is done in the rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.libraries import Library


def hear(library: Library) -> None:
    """Hear what a library trains from here on, unless this process hears it already."""
    from trackbook.doors.hearing import hear

    hear(library)


def is_recording() -> bool:
    """Tell whether what libraries do in this process is recorded without a word."""
    from trackbook.doors.ipython import Plugged

    return Plugged.plug is not None and Plugged.plug.recorder.mode != "off"
