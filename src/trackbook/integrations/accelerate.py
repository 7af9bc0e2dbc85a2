"""A tracker of Accelerate: `Accelerator(log_with="trackbook")` once this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accelerate.tracking import GeneralTracker, on_main_process, register_tracker_class

import trackbook
from trackbook.doors import hear
from trackbook.libraries import ACCELERATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.capture import ActiveRun


class TrackbookTracker(GeneralTracker):
    """Writes what is logged into the open run, or into one that it opens and ends.

    Args:
        project: the experiment of a run that it opens; Accelerate passes its project's name
        run_name: what to call that run
        tags: words to tie to it
    """

    name = "trackbook"
    requires_logging_directory = False
    main_process_only = True

    def __init__(
        self,
        project: str | None = None,
        *,
        run_name: str | None = None,
        tags: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.project, self.run_name, self.tags = project, run_name, tags
        self.run: ActiveRun | None = None
        self.is_own = False
        hear(ACCELERATE)

    @property
    def tracker(self) -> ActiveRun | None:
        """The run."""
        return self.run

    @on_main_process
    def start(self) -> None:
        """Take the run that is open, or open one."""
        self.run = trackbook.active_run()
        if self.run is None or self.run.status is not None:
            self.run = trackbook.start_run(
                self.run_name, experiment=self.project, tags=self.tags
            )
            self.is_own = True
        elif self.tags:
            self.run.set_tags(self.tags)

    @on_main_process
    def store_init_configuration(self, values: dict[str, Any]) -> None:
        """Write the configuration as params."""
        if self.run is not None:
            self.run.log_params(values)

    @on_main_process
    def log(self, values: dict[str, Any], step: int | None = None, **_: object) -> None:
        """Write numbers as metrics, and words as tags."""
        if self.run is not None:
            words = {
                name: value for name, value in values.items() if isinstance(value, str)
            }
            self.run.log_metrics({n: v for n, v in values.items() if n not in words}, step)
            self.run.set_tags(words)

    @on_main_process
    def finish(self) -> None:
        """End the run, if it was opened here."""
        if self.is_own and trackbook.active_run() is self.run:
            trackbook.end_run()
        self.is_own = False


register_tracker_class(TrackbookTracker)
