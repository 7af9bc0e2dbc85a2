"""A slice executed again in a fresh kernel, recorded as the first time."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from trackbook.capture import LAUNCH
from trackbook.reproduce.kernel import CellFailed, FreshKernel
from trackbook.reproduce.outcome import SQL, outcome_of, runs_of
from trackbook.reproduce.scratch import FILE, scratch
from trackbook.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.capture import Launch
    from trackbook.lineage import Part
    from trackbook.reproduce.outcome import Outcome

Progress: TypeAlias = "Callable[[int, int], None]"
"""Told how many executions are done, of how many."""
SLACK, LEAST_S = 3.0, 60.0
"""What is executed may take so many times what it took at first, and at least so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What came out of executing some parts again."""

    runs: Mapping[tuple[str, str, int], Outcome]
    """What each run gave, by the first execution of its opener, its relation, and its place
    among those that this execution opened."""
    failure: str | None
    """Which cell failed, and how; None when all went as the first time."""
    failed_at: str | None
    """The execution that failed, by its id of the first time."""
    seconds: float


def rerun(
    parts: Sequence[Part],
    dice: Mapping[str, Sequence[tuple[str, str]]],
    folder: str | None,
    *,
    timeout_s: float | None = None,
    progress: Progress = lambda _done, _count: None,
    python: str = sys.executable,
    launch: Launch | None = None,
) -> Rerun:
    """Execute parts in order in a fresh kernel, in a folder of their own.

    Args:
        parts: executions of the first time
        dice: states of generators to set before an execution
        folder: where the first run worked
        timeout_s: for all of it; None for three times what it took at first
        progress: told before each execution how many are done, of how many
        python: the interpreter to execute them
        launch: as which run the session of the first time was launched, if it was
    """
    written = {
        change.removeprefix(FILE)
        for part in parts
        for change in part.changes or ()
        if change.startswith(FILE)
    }
    begun = time.monotonic()
    with scratch(folder, written) as work:
        project = work.parent / "project"
        project.mkdir()
        (work.parent / "tmp").mkdir()
        failure, failed_at = executed(
            parts, dice, work, folder, timeout_s, progress, python, launch
        )
        found = recorded(project, parts)
    return Rerun(
        runs=found, failure=failure, failed_at=failed_at, seconds=time.monotonic() - begun
    )


def executed(
    parts: Sequence[Part],
    dice: Mapping[str, Sequence[tuple[str, str]]],
    work: Path,
    folder: str | None,
    timeout_s: float | None,
    progress: Progress,
    python: str,
    launch: Launch | None,
) -> tuple[str | None, str | None]:
    """Send the parts to a kernel; return which failed as it did not before, and how."""
    import nbformat

    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[cell_of(part) for part in parts])
    usual = max(((part.duration_s or 0.0) for part in parts), default=0.0)
    longest = timeout_s if timeout_s is not None else longest_s(usual)
    env = {
        "TRACKBOOK_PROJECT": str(work.parent / "project"),
        "TRACKBOOK_CARDS": "quiet",
        "TMPDIR": str(work.parent / "tmp"),
    }
    if launch is not None:
        env[LAUNCH] = launch.text()
    if python != sys.executable:
        env["PYTHONPATH"] = own_package(work.parent / "own")
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    with FreshKernel(notebook, work, env, timeout_s=longest, python=python) as kernel:
        kernel.silently("%load_ext trackbook")
        if folder is not None:
            kernel.silently(guarded(work, folder))
        for at, part in enumerate(parts):
            progress(at, len(parts))
            try:
                for of, state in dice.get(part.execution_id, ()):
                    kernel.silently(thrown(of, state))
                kernel.execute(at)
            except CellFailed as error:
                said = str(error).partition(" failed: ")[2] or str(error)
                return f"[{part.execution_count or at + 1}] {said}", part.execution_id
            if deadline is not None and time.monotonic() > deadline:
                return f"it took more than {timeout_s:.0f} s", part.execution_id
    progress(len(parts), len(parts))
    return None, None


def longest_s(usual_s: float) -> float:
    """Return how many seconds may be taken by what took so many at first."""
    return max(LEAST_S, SLACK * usual_s)


def own_package(folder: Path) -> str:
    """Return a folder in which stands nothing but trackbook as it is in this process."""
    folder.mkdir()
    source = Path(__file__).parents[1]
    (folder / source.name).symlink_to(source)
    return str(folder)


def guarded(work: Path, folder: str, *more: Path) -> str:
    """Return an expression that keeps a folder as it is, binding no name.

    What lies in `more` may change all the same.
    """
    source = Path(__file__).with_name("guard.py").read_text(encoding="utf-8")
    given = ", ".join(map(repr, kept_and_free(work, [folder], more)))
    made = f"exec(compile({source!r}, 'trackbook guard', 'exec'), s)"
    return f"(lambda s: ({made}, s['guard']({given})))({{'__name__': 'trackbook_guard'}})"


def kept_and_free(
    work: Path, folders: Sequence[str], more: Sequence[Path] = ()
) -> tuple[str, list[str], list[str]]:
    """Return what a guard is told: where is worked, what stays as it is, what in it may change."""
    kept = [Path(folder).resolve() for folder in folders]
    free = [str(one) for one in (work.parent, *more)]
    home = Path.home().resolve()
    if any(map(home.is_relative_to, kept)) and home.is_dir():
        free += [str(one) for one in home.iterdir() if one.name.startswith(".")]
    return str(work), [str(one) for one in kept], free


def cell_of(part: Part) -> Any:
    """Return an execution as a cell; one that failed at first may fail again."""
    import nbformat

    metadata = {} if part.outcome == "ok" else {"tags": ["raises-exception"]}
    v4: Any = nbformat.v4
    return v4.new_code_cell(part.source, id=part.execution_id, metadata=metadata)


def thrown(of: str, state: str) -> str:
    """Return an expression that sets a generator of random numbers, binding no name."""
    held = f"__import__('json').loads({json.dumps(state)})"
    setting = {
        "random": "__import__('random').setstate((s[0], tuple(s[1]), s[2]))",
        "numpy": "(lambda np: np.random.set_state((s[0], np.array(s[1], 'uint32'), *s[2:])))"
        "(__import__('numpy'))",
        "torch": "(lambda t: t.default_generator.set_state(t.tensor(s[0], dtype=t.uint8)))"
        "(__import__('torch'))",
    }[of]
    return f"(lambda s: {setting})({held})"


def recorded(project: Path, parts: Sequence[Part]) -> dict[tuple[str, str, int], Outcome]:
    """Return the runs of a project by the executions that opened them."""
    folder = project / ".trackbook"
    if not folder.is_dir():
        return {}
    store = Store(folder)
    try:
        rows = store.rows(SQL["executions"]).rows
        first = {
            now: part.execution_id for (now, _), part in zip(rows, parts, strict=False)
        }
        sessions = dict.fromkeys(session for _, session in rows)
        return {
            (first[opener], relation, place): outcome_of(store, run_id)
            for session in sessions
            for run_id, opener, relation, place in runs_of(store, session)
            if opener in first
        }
    finally:
        store.close()
