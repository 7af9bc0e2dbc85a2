"""A callback of Hugging Face's Trainer; once imported, `report_to="trackbook"` finds it."""

from __future__ import annotations

from transformers import TrainerCallback
from transformers.integrations import INTEGRATION_TO_CALLBACK

from trackbook.doors import hear
from trackbook.libraries import TRANSFORMERS


class TrackbookCallback(TrainerCallback):
    """Records the trainings of its Trainer: arguments, curves by step, checkpoints, data.

    In a notebook with `%load_ext trackbook` they are recorded anyway, and with the callback
    no differently. A run that is open takes them in, else each training opens its own.
    """

    def __init__(self) -> None:
        super().__init__()
        hear(TRANSFORMERS)


INTEGRATION_TO_CALLBACK["trackbook"] = TrackbookCallback
