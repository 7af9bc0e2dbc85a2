"""What the front end and IPython tell of one execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.capture.values import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS = "# Parameters\n"
TRACE_OF = BaseException.__dict__["__traceback__"].__get__
"""Past a `__traceback__` of the user's own."""


def cell_id_of(info: Any) -> str | None:
    """Return the cell id that the front end sent, where it sent one."""
    found = getattr(info, "cell_id", None)
    return found if type(found) is str and found else None


def is_parameters(info: Any, source: str) -> bool:
    """Say whether this is papermill's cell of parameters: tagged, or injected."""
    tagged = {"parameters", "injected-parameters"} & set(tags_of(info))
    return bool(tagged) or source.lstrip().startswith(PARAMETERS)


def is_injected(info: Any, source: str) -> bool:
    """Say whether papermill put this cell in: the notebook has none like it."""
    if "injected-parameters" in tags_of(info):
        return True
    return cell_id_of(info) is None and source.startswith(PARAMETERS)


def tags_of(info: Any) -> tuple[object, ...]:
    """Return a cell's tags, as far as the front end sent them."""
    meta = getattr(info, "cell_meta", None)
    tags = meta.get("tags", ()) if type(meta) is dict else ()
    return tuple(tags) if type(tags) in (list, tuple) else ()


def count_of(result: Any) -> int | None:
    """Return the number that the notebook shows beside a cell."""
    count = getattr(result, "execution_count", None)
    return count if type(count) is int else None


def error_of(result: Any) -> BaseException | None:
    """Return what ended a cell early; None for a result that never came."""
    if result is None:
        return None
    errors = (getattr(result, f"error_{when}_exec", None) for when in ("before", "in"))
    return next((e for e in errors if issubclass(type(e), BaseException)), None)


def was_interrupted(error: BaseException | None) -> bool:
    """Say whether the user stopped a cell; asks the error's class and not the error."""
    kind = type(error)
    return issubclass(kind, KeyboardInterrupt) or place_of(kind)[1] == "CancelledError"


def failed_line(error: BaseException | None, namespace: Mapping[str, object]) -> int | None:
    """Return the line of the cell at which it stopped; 0 when it never began."""
    if error is None:
        return None
    trace = TRACE_OF(error)
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals is namespace and frame.f_code.co_name == "<module>":
            return int(trace.tb_lineno)
        trace = trace.tb_next
    return 0
