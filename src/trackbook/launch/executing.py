"""A notebook executed in a child process as one tracked run."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from blake3 import blake3

from trackbook.capture import LAUNCH, Launch
from trackbook.clock import new_id
from trackbook.errors import NotFound
from trackbook.fingerprint import commit_of
from trackbook.launch.desk import Desk, number_for
from trackbook.launch.notebooks import parameterized, read_notebook
from trackbook.records import LaunchEnd, LaunchStart
from trackbook.reproduce import CellFailed, FreshKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.records import Status

    Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """How a launched run ended."""

    run_id: str
    name: str
    status: Status
    error: str | None
    """The last line of what ended it."""
    wall_s: float
    exit_code: int | None = None


def run_notebook(
    path: str | Path,
    params: Mapping[str, object] | None = None,
    *,
    project: str | Path,
    run_id: str | None = None,
    parent_run_id: str | None = None,
    name: str | None = None,
    experiment: str | None = None,
    timeout_s: float | None = None,
    progress: Progress = lambda _done, _count: None,
) -> Launched:
    """Execute a notebook with params in a fresh kernel, as one run; its file stays as it is.

    A cell that fails is a result: the run is FAILED, and nothing is raised.

    Args:
        path: the notebook; it works in its own folder
        params: values for its cell tagged `parameters`
        project: the folder whose project records it
        run_id: the run's id; a new one when left out
        parent_run_id: the run of which it is a part
        name: the run's; the notebook's and a number when left out
        experiment: the run's; the notebook's name when left out
        timeout_s: how long all of it may take
        progress: told before each cell how many are done, of how many

    Raises:
        NotFound: there is no such notebook, or it has no such param
        Misused: a param is of another type; nothing was started
        KeyboardInterrupt: somebody stopped it: the run is KILLED, its process has ended
    """
    file = Path(path).absolute()
    if not file.is_file():
        raise NotFound(f"no notebook {str(path)!r}: check the path")
    notebook = read_notebook(file)
    values = parameterized(notebook, params or {}, of=file.name, folder=Path.cwd())
    where = Path(project).absolute()
    launch = Launch(
        run_id=run_id or new_id(),
        name=name or number_for(where, file.stem),
        experiment=experiment,
        parent_run_id=parent_run_id,
        relation="child" if parent_run_id else None,
        params=values,
        is_named=name is not None,
    )
    with Desk(where, launch) as desk:
        desk.put(
            LaunchStart(
                target=str(file),
                target_kind="notebook",
                target_digest=f"b3-{blake3(file.read_bytes()).hexdigest()}",
                entry_point=None,
                command=[sys.executable],
                params=masked(desk, values),
                folder=str(file.parent),
                python=sys.executable,
                environment="current",
                git_commit=commit_of(file.parent),
            )
        )
        return executed(desk, notebook, file, timeout_s=timeout_s, progress=progress)


def executed(
    desk: Desk,
    notebook: Any,
    file: Path,
    *,
    timeout_s: float | None,
    progress: Progress,
) -> Launched:
    """Execute all cells of a notebook and write how that ended, also when it is interrupted."""
    begun = time.monotonic()
    status: Status = "KILLED"
    error: str | None = "interrupted"
    try:
        failure = all_cells(desk, notebook, file, timeout_s=timeout_s, progress=progress)
        status, error = ("FINISHED", None) if failure is None else ("FAILED", failure)
    except CellFailed as failed:
        status, error = "FAILED", str(failed)
        raise
    finally:
        wall_s = time.monotonic() - begun
        desk.keep(text_of(desk, notebook), file.name)
        if status != "FINISHED" and not desk.is_begun():
            desk.begin(str(file), commit_of(file.parent))
        desk.put(LaunchEnd(exit_code=None, error=error, wall_s=wall_s))
        desk.end(status, error)
    return Launched(
        run_id=desk.launch.run_id,
        name=desk.launch.name,
        status=status,
        error=error,
        wall_s=wall_s,
    )


def all_cells(
    desk: Desk,
    notebook: Any,
    file: Path,
    *,
    timeout_s: float | None,
    progress: Progress,
) -> str | None:
    """Execute the code cells in order; return how the first failed, None if none did."""
    env = {
        "TRACKBOOK_PROJECT": str(desk.project),
        "TRACKBOOK_NOTEBOOK": str(file),
        "TRACKBOOK_CARDS": "quiet",
        LAUNCH: desk.launch.text(),
    }
    places = [n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    with FreshKernel(notebook, file.parent, env) as kernel:
        kernel.silently("%load_ext trackbook")
        for done, at in enumerate(places):
            progress(done, len(places))
            try:
                left = None if deadline is None else deadline - time.monotonic()
                kernel.execute(at, timeout_s=left)
            except CellFailed as failed:
                if deadline is not None and time.monotonic() > deadline:
                    return f"it took more than {timeout_s:g} s"
                return f"cell {done + 1}: {str(failed).partition(' failed: ')[2]}"
    progress(len(places), len(places))
    return None


def text_of(desk: Desk, notebook: Any) -> str:
    """Return an executed notebook as text, its secrets masked."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.source = desk.secrets.of_source(cell.source)
        cell.outputs = without_secrets(desk, cell.outputs if desk.settings.outputs else [])
    return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]


def without_secrets(desk: Desk, value: Any) -> Any:
    """Return outputs whose texts do not hold secrets."""
    if isinstance(value, str):
        return desk.secrets.in_text(value)
    if isinstance(value, dict):
        return type(value)({k: without_secrets(desk, one) for k, one in value.items()})
    if isinstance(value, list):
        return [without_secrets(desk, one) for one in value]
    return value


def masked(desk: Desk, values: Mapping[str, object]) -> str:
    """Return params as JSON, secrets masked by their names."""
    shown = {
        name: desk.secrets.of_value(name, value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return json.dumps(shown, default=str, ensure_ascii=False)
