"""A notebook's cells executed in a fresh kernel that records them as one run."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from trackbook.capture import LAUNCH
from trackbook.launch.places import environ_with, with_own_package
from trackbook.reproduce import CellFailed, FreshKernel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.launch.desk import Desk, Outcome
    from trackbook.launch.targets import Plan


LATE = "it took more than"


def notebook_run(
    desk: Desk,
    plan: Plan,
    python: str,
    scratch: Path,
    timeout_s: float | None,
    progress: Callable[[int, int], None],
) -> Outcome:
    """Execute all cells of a notebook; it is kept with its outputs, however that ends."""
    around = environ_with(python)
    env = {k: v for k, v in around.items() if k.startswith("TRACKBOOK_")} | {
        "TRACKBOOK_PROJECT": str(desk.project),
        "TRACKBOOK_NOTEBOOK": desk.target,
        "TRACKBOOK_CARDS": "quiet",
        LAUNCH: desk.launch.text(),
        "PATH": around["PATH"],
    }
    if python != sys.executable:
        env = with_own_package(env, scratch)
    try:
        with FreshKernel(plan.notebook, plan.folder, env, python=python) as kernel:
            error = recorded(kernel, plan.notebook, timeout_s, progress)
    except CellFailed as failed:
        error = str(failed)
    finally:
        desk.keep(text_of(desk, plan.notebook), plan.file.name)
    return ("FINISHED", None, None) if error is None else ("FAILED", error, None)


def recorded(
    kernel: FreshKernel,
    notebook: Any,
    timeout_s: float | None,
    progress: Callable[[int, int], None],
) -> str | None:
    """Execute the cells with trackbook loaded, which has written all when this returns."""
    kernel.silently("%load_ext trackbook")
    is_over = False
    try:
        error = all_cells(kernel, notebook, timeout_s, progress)
        is_over = error is None or not error.startswith(LATE)
    finally:
        kernel.leave("%unload_ext trackbook", is_busy=not is_over)
    return error


def all_cells(
    kernel: FreshKernel,
    notebook: Any,
    timeout_s: float | None,
    progress: Callable[[int, int], None],
) -> str | None:
    """Execute the code cells in order; return how the first failed, None if none did."""
    places = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    for done, at in enumerate(places):
        progress(done, len(places))
        left = None if deadline is None else deadline - time.monotonic()
        try:
            if left is not None and left <= 0:
                return f"{LATE} {timeout_s:g} s"
            kernel.execute(at, timeout_s=left)
        except CellFailed as failed:
            if deadline is not None and time.monotonic() > deadline:
                return f"{LATE} {timeout_s:g} s"
            return f"cell {done + 1}: {str(failed).partition(' failed: ')[2]}"
    progress(len(places), len(places))
    return None


def text_of(desk: Desk, notebook: Any) -> str:
    """Return an executed notebook as text, its secrets masked."""
    import nbformat

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = desk.secrets.of_source(cell.source)
            outputs = cell.outputs if desk.settings.outputs else []
            cell.outputs = without_secrets(desk, outputs)
    writes: Any = nbformat.writes
    return str(writes(notebook))


def without_secrets(desk: Desk, value: Any) -> Any:
    """Return outputs whose texts do not hold secrets."""
    if isinstance(value, str):
        return desk.secrets.in_text(value)
    if isinstance(value, dict):
        return type(value)({k: without_secrets(desk, one) for k, one in value.items()})
    if isinstance(value, list):
        return [without_secrets(desk, one) for one in value]
    return value
