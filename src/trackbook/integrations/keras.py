"""A callback of Keras 3, for a script: `model.fit(…, callbacks=[TrackbookCallback()])`."""

from __future__ import annotations

from keras.callbacks import Callback

from trackbook.doors import hear
from trackbook.libraries import KERAS


class TrackbookCallback(Callback):
    """Records the fit it is given to: settings, curves, epochs while it runs, data.

    In a notebook with `%load_ext trackbook` fits are recorded anyway, and with the callback
    no differently. A run that is open takes them in, else each fit opens its own.
    """

    def __init__(self) -> None:
        super().__init__()
        hear(KERAS)
