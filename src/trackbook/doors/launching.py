"""Launching a notebook, a script or a project's entry point as one run."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from trackbook.capture import launch_of
from trackbook.doors.lines import Pairs
from trackbook.doors.progress import Line
from trackbook.errors import NotFound
from trackbook.table import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.book import Book
    from trackbook.launch import Launched
    from trackbook.records import Run
    from trackbook.table import Table

NEEDED = {"nbclient": "nbclient", "ipykernel": "ipykernel", "papermill": "papermill"}


class Ran(Tabular):
    """What came of a launched run: a line, its numbers, one object."""

    def __init__(self, launched: Launched, run: Run) -> None:
        self.launched = launched
        self.run = run
        self.exit_code = 0 if launched.status == "FINISHED" else 1

    @property
    def headline(self) -> str:
        """How it ended, in one sentence."""
        done = self.launched
        why = f": {done.error}" if done.error else ""
        return (
            f"{self.run.name} {done.run_id[-8:]} {done.status} in {done.wall_s:.1f} s{why}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return how it ended, with its params and metrics, as plain values."""
        done = self.launched
        return {
            "run_id": done.run_id,
            "name": self.run.name,
            "experiment": self.run.experiment,
            "status": done.status,
            "error": done.error,
            "exit_code": done.exit_code,
            "seconds": round(done.wall_s, 3),
            "params": dict(self.run.params),
            "metrics": dict(self.run.metrics),
        }

    def json(self) -> str:
        """Return it as one JSON object."""
        return json.dumps(self.as_dict(), ensure_ascii=False)

    def table(self) -> Table:
        """Return it as a table of one row."""
        from trackbook.table import Table

        row = self.as_dict()
        return Table(list(row), [tuple(row.values())])

    def __repr__(self) -> str:
        from trackbook.table import visible

        lines = [self.headline]
        for what, found in (("params", self.run.params), ("metrics", self.run.metrics)):
            if found:
                lines.append(f"  {what}: " + ", ".join(pairs(found)))
        return "\n".join(visible(line) for line in lines)

    def _repr_html_(self) -> str:
        from trackbook.table import escaped

        first, *rest = repr(self).splitlines()
        more = "".join(f"<li>{escaped(line.strip())}</li>" for line in rest)
        return f"<div><b>{escaped(first)}</b><ul>{more}</ul></div>"


def pairs(found: Mapping[str, object]) -> list[str]:
    """Return `name=value` of each, numbers shortened."""
    return [
        f"{name}={value:.6g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in found.items()
    ]


def run(
    book: Book,
    target: str,
    *,
    params: Pairs = Pairs({}),  # noqa: B008  never written to
    entry: str | None = None,
    name: str | None = None,
    experiment: str | None = None,
    env: Literal["current", "project"] = "current",
    version: str | None = None,
    timeout: float | None = None,
) -> Ran:
    """Execute a notebook, a script or a project's entry point with params, as one run.

    Args:
        target: an .ipynb, a .py or .sh, or a folder with an MLproject file
        params: a param, such as -P lr=0.1; again for each
        entry: the entry point of a project, or a script in it; main when left out
        name: what to call the run
        experiment: the experiment it belongs to
        env: current: this Python; project: one built from the project's own files
        version: a commit, branch or tag of its local git repository, in a folder of its own
        timeout: how many seconds it may take
    """
    from trackbook.launch import Typed

    return launched(
        book,
        target,
        {one: Typed(value) for one, value in params.items()},
        entry=entry,
        name=name,
        experiment=experiment,
        env=env,
        version=version,
        timeout=timeout,
    )


def launched(
    book: Book,
    target: str,
    params: Mapping[str, object],
    *,
    entry: str | None = None,
    name: str | None = None,
    experiment: str | None = None,
    env: Literal["current", "project"] = "current",
    version: str | None = None,
    timeout: float | None = None,
) -> Ran:
    """Execute a target with params, showing how far it is; see `run`."""
    must_be_able(target)
    from trackbook.launch import Identity, Telling
    from trackbook.launch import run as launch

    book.settle()
    line = Line()
    try:
        done = launch(
            target,
            params,
            project=book.project,
            entry=entry,
            environment=env,
            revision=version,
            identity=Identity(
                parent_run_id=parent_of(book), name=name, experiment=experiment
            ),
            timeout_s=timeout,
            telling=Telling(progress=line.count, say=line.say, echo=passed_on),
        )
    finally:
        line.end()
    return Ran(done, book.find(done.run_id))


def parent_of(book: Book) -> str | None:
    """Return the run of which a launched one is a part: the open one here, or around us."""
    recorder = book.recorder
    if recorder is not None:
        outer = recorder.ledger.by_hand
        return outer.run_id if outer is not None else None
    around = launch_of(os.environ)
    return around.run_id if around is not None else None


def passed_on(text: str) -> None:
    """Show what a command puts out; beside the answer, which may be JSON."""
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()


def must_be_able(target: str) -> None:
    """Refuse a notebook where what executes it is not installed."""
    if Path(target).suffix != ".ipynb":
        return
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise NotFound(
            f"run needs {' and '.join(missing)} for notebooks: pip install 'trackbook[run]'"
        )
