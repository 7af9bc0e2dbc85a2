"""A watch over the real libraries, and small data."""

from __future__ import annotations

import numpy as np
import pytest

from trackbook.capture.calls import CallWatch
from trackbook.libraries import LIBRARIES, Loaded, Step, Used


class Told(list):
    """Findings in the order told, those on data and steps apart; `of(kind)` picks one kind."""

    def __init__(self):
        super().__init__()
        self.data, self.steps = [], []

    def take(self, findings):
        for each in findings:
            if isinstance(each, Step):
                self.steps.append(each)
            else:
                (self.data if isinstance(each, Loaded | Used) else self).append(each)

    def of(self, kind):
        return [each for each in self if isinstance(each, kind)]


@pytest.fixture
def told():
    heard, faults = Told(), []
    watch = CallWatch(
        LIBRARIES,
        found=lambda _call, findings, _site: heard.take(findings),
        fault=lambda place, error: faults.append((place, error)),
        cell_globals=lambda: None,
    )
    watch.start()
    yield heard
    watch.stop()
    assert faults == []


@pytest.fixture(scope="session")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 4))
    y = (x[:, 0] + 0.3 * rng.normal(size=80) > 0).astype(int)
    return x, y
