"""What the user's function does that a library calls: of a search, the trial it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.capture.flow import Flow
    from trackbook.capture.run import ActiveRun
    from trackbook.capture.searches import Inside
    from trackbook.capture.trainings import Trainings
    from trackbook.libraries import Training


def trial_in(trainings: Trainings, host: int) -> Inside | None:
    """Return the trial that this thread is in; None where its search is not recorded.

    Args:
        trainings: those of the session
        host: the number of the search's call
    """
    search = trainings.living.find(host, None)
    return trainings.searches.inside(search.run) if search is not None else None


def take_inside(
    trainings: Trainings, flow: Flow, training: Training, host: int
) -> ActiveRun | None:
    """Record a training that finished in a trial as a part of that; return the trial's run."""
    trial = trial_in(trainings, host)
    if trial is None or trial.child is None:
        return None
    typed = trainings.typed(training.defaults)
    trial.write({**training.params, **typed}, training.metrics)
    flow.tie(training.model, trial.child.run_id, is_model=True)
    for thing in training.results:
        flow.tie(thing, trial.child.run_id)
    return trial.child
