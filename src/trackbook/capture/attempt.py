"""The one place where any failure of trackbook's own is caught."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def attempt(
    place: str, job: Callable[[], T], fault: Callable[[str, BaseException], None]
) -> T | None:
    """Return what a job of ours returns; a failure is told to `fault` and goes no further.

    The user's cell must not end because a recorder has a bug. KeyboardInterrupt
    passes: the user meant that.
    """
    try:
        return job()
    except Exception as error:  # noqa: BLE001  any of them, on purpose, here only
        fault(place, error)
        return None
