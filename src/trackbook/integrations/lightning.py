"""A logger of Lightning, for a script: `Trainer(logger=TrackbookLogger("first try"))`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lightning.fabric.loggers.logger import rank_zero_experiment
from lightning.pytorch.loggers import Logger
from lightning.pytorch.utilities import rank_zero_only

import trackbook
from trackbook.doors import is_recording
from trackbook.libraries import named, nested

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from lightning.pytorch.callbacks import ModelCheckpoint

    from trackbook.capture import ActiveRun

TRAINERS = ("trainer.connectors.logger_connector", "loggers.utilities", "trainer.trainer")
"""Where Lightning itself logs from."""


class TrackbookLogger(Logger):
    """Writes what is logged into the open run, or into one that it opens and ends.

    In a notebook with `%load_ext trackbook` what a Trainer logs is recorded anyway: then the
    logger only gives the run its name, and takes what is logged by hand.

    Args:
        run_name: what to call a run that it opens
        experiment: the experiment of that run
        tags: words to tie to it
    """

    def __init__(
        self,
        run_name: str | None = None,
        *,
        experiment: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._run_name, self._experiment, self._tags = run_name, experiment, tags
        self._run: ActiveRun | None = None
        self._is_own = False

    @property
    def name(self) -> str | None:
        """The experiment."""
        return self._run.experiment if self._run is not None else self._experiment

    @property
    def version(self) -> str | None:
        """The run's id; None before anything was logged."""
        return self._run.run_id if self._run is not None else None

    @property
    @rank_zero_experiment
    def experiment(self) -> ActiveRun:
        """The run."""
        if self._run is None:
            self._run = trackbook.active_run()
            self._is_own = self._run is None
            if self._run is None:
                self._run = trackbook.start_run(
                    self._run_name, experiment=self._experiment, tags=self._tags
                )
            elif self._tags:
                self._run.set_tags(self._tags)
        return self._run

    @rank_zero_only
    def log_hyperparams(
        self, params: dict[str, Any] | Namespace, *_: object, **__: object
    ) -> None:
        """Write hyper-parameters as params, nested ones with dots."""
        run = self.experiment
        if not (is_recording() and is_trainers()):
            run.log_params(nested(params))

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Write metrics, those of training, validation and test apart."""
        run = self.experiment
        if not (is_recording() and is_trainers()):
            run.log_metrics({named(n): v for n, v in metrics.items()}, step)

    @rank_zero_only
    def after_save_checkpoint(self, checkpoint_callback: ModelCheckpoint) -> None:
        """Note where the best checkpoint is."""
        best = checkpoint_callback.best_model_path
        if best and not is_recording():
            self.experiment.set_tags({"checkpoint.best": str(best)})

    @rank_zero_only
    def finalize(self, status: str) -> None:
        """End the run, if it was opened here."""
        if self._is_own and self._run is not None and trackbook.active_run() is self._run:
            trackbook.end_run("FINISHED" if status == "success" else "FAILED")
        self._is_own = False


def is_trainers() -> bool:
    """Tell whether it is Lightning that logs, and not the user."""
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to a frame
    here: Any = frame
    for _ in range(6):
        here = here.f_back if here is not None else None
        name = str(here.f_globals.get("__name__", "")) if here is not None else ""
        if any(each in name for each in TRAINERS):
            return True
    return False
