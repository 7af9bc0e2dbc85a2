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


def follow(
    recorder: Recorder,
    cell: Cell,
    statements: list[Statement],
    namespace: Mapping[str, object],
    *,
    failed: bool,
) -> None:
    """Write on what an execution rests, and which runs and data had to do with it."""
    own = cell.execution_id
    tied = attempt(
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
    tie, dice = tied or (recorder.ties.lose_track(own, "trackbook lost track"), {})
    recorder.ink.put(tie, execution_id=own)
    for of, state in dice.items():
        recorder.ink.put(Dice(of=of, state=as_json(state)), execution_id=own)
    if cell.run is not None and not cell.trained:
        recorder.flow.change_in(cell.run.run_id, tie.changes)
    runs = runs_given(recorder, cell)
    for run_id in runs:
        metrics = list(cell.fresh.get(run_id, ()))
        recorder.ink.put(Contribution(metrics=metrics), run_id, own)
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


def runs_given(recorder: Recorder, cell: Cell) -> list[str]:
    """Return the runs that an execution opened, trained, measured or stood inside."""
    given = dict.fromkeys(cell.touched)
    for run in (cell.run, cell.by_hand, *(bound.run for bound in cell.bounds)):
        if run is not None:
            given[run.run_id] = None
    return [run_id for run_id in given if run_id in recorder.ledger.runs]
