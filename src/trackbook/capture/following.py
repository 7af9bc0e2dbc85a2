"""On what a finished execution rests, which data it used, and which runs it gave something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.capture.attempt import attempt
from trackbook.capture.ties import AROUND
from trackbook.code import Closures
from trackbook.fingerprint import as_json
from trackbook.records import Contribution, Dice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture.cell import Cell
    from trackbook.capture.recorder import Recorder
    from trackbook.code import Statement
    from trackbook.fingerprint import Thrown
    from trackbook.records import Tie


def follow(
    recorder: Recorder,
    cell: Cell,
    statements: list[Statement],
    namespace: Mapping[str, object],
    *,
    failed: bool,
    count: int | None,
) -> None:
    """Write on what an execution rests, and which runs and data had to do with it."""
    own = cell.execution_id
    tie, dice = tied(recorder, cell, statements, namespace, failed=failed)
    recorder.ink.put(tie, execution_id=own)
    trail, ties = recorder.trail, recorder.ties
    attempt(
        "keeping the trail",
        lambda: trail.advance(cell, ties, namespace, count=count),
        recorder.fault,
    )
    for of, state in dice.items():
        recorder.ink.put(Dice(of=of, state=as_json(state)), execution_id=own)
    if cell.run is not None and all(one.is_loop for one in cell.trained):
        recorder.flow.change_in(cell.run.run_id, tie.changes)
    loops = {recorder.trainings.now(one.run_id) for one in cell.trained if one.is_loop}
    if loops:
        recorder.flow.learned({name: namespace.get(name) for name in tie.changes}, loops)
    runs = contribute(recorder, cell)
    attempt(
        "writing down data",
        lambda: recorder.inputs.end_cell(
            cell,
            statements,
            namespace,
            before=[e for e, why in zip(tie.before, tie.why, strict=True) if why != AROUND],
            changed=recorder.ties.changed,
            runs=runs,
        ),
        recorder.fault,
    )


def tied(
    recorder: Recorder,
    cell: Cell,
    statements: list[Statement],
    namespace: Mapping[str, object],
    *,
    failed: bool,
) -> tuple[Tie, dict[str, Thrown]]:
    """Return on what an execution rests, and generators as they were before it threw them."""
    own = cell.execution_id
    found = attempt(
        "following the data",
        lambda: recorder.ties.advance(
            own,
            statements,
            namespace,
            cell.closures or Closures(namespace),
            began_us=cell.began_us,
            failed=failed,
        ),
        recorder.fault,
    )
    return found or (recorder.ties.lose_track(own, "trackbook lost track"), {})


def contribute(recorder: Recorder, cell: Cell) -> list[str]:
    """Write which runs an execution gave something, and return them."""
    runs = runs_given(recorder, cell)
    for run_id in runs:
        metrics = list(cell.fresh.get(run_id, ()))
        recorder.ink.put(Contribution(metrics=metrics), run_id, cell.execution_id)
        recorder.trail.gave(run_id, cell.execution_id)
    for run_id, model in cell.models:
        recorder.ink.put(model, recorder.trainings.now(run_id), cell.execution_id)
    return runs


def runs_given(recorder: Recorder, cell: Cell) -> list[str]:
    """Return the runs that an execution opened, trained, measured or stood inside."""
    given = dict.fromkeys(cell.touched)
    for run in (cell.run, cell.by_hand, *(bound.run for bound in cell.bounds)):
        if run is not None:
            given[run.run_id] = None
    return [run_id for run_id in given if run_id in recorder.ledger.runs]
