"""Copies of data lie in memory that is used again when nobody wants them any more."""

from __future__ import annotations

import numpy as np
import pytest

from trackbook.capture import spare
from trackbook.capture.spare import Spare
from trackbook.fingerprint import digest_of_data, look_at


@pytest.fixture
def ready() -> Spare:
    jobs: list = []
    made = Spare(jobs.append)
    assert made.copy_of(np.ones(3)) is None
    assert jobs == []
    large = np.ones(1 << 15)
    assert made.copy_of(large) is None
    assert made.copy_of(large) is None
    (job,) = jobs
    job()
    return made


RNG = np.random.default_rng(7)
ARRAYS = {
    "rows": RNG.normal(size=(500, 7)),
    "columns": np.asfortranarray(RNG.normal(size=(500, 7))),
    "every other": RNG.normal(size=(500, 7))[::2, ::3],
    "backwards": RNG.normal(size=500)[::-1],
    "small": RNG.integers(0, 9, size=(3, 4, 5)).astype("i1"),
    "none": np.empty((0, 4)),
    "moments": np.array(["2026-11-29", "NaT"], dtype="M8[ns]"),
    "yes and no": RNG.normal(size=77) > 0,
}


def test_copies_are_what_was_copied_and_stay_so(ready) -> None:
    copies = {name: ready.copy_of(each) for name, each in ARRAYS.items()}
    for name, each in ARRAYS.items():
        copied = copies[name]
        assert (copied.dtype, copied.shape) == (each.dtype, each.shape)
        np.testing.assert_array_equal(copied, each)
        seen, again = look_at(each), look_at(copied)
        assert seen is not None
        assert again is not None
        assert seen.quick == again.quick
        assert digest_of_data(seen.columns) == digest_of_data(again.columns)
        assert not np.shares_memory(copied, each)


def test_room_is_given_again_only_when_all_copies_are_dropped(ready, monkeypatch) -> None:
    monkeypatch.setattr(spare, "SPARE_BYTES", 1000)
    first, second = ready.copy_of(np.full(50, 1.0)), ready.copy_of(np.full(50, 2.0))
    assert ready.copy_of(np.full(50, 3.0)) is None
    part = second[10:20]
    del first, second
    assert ready.copy_of(np.full(50, 3.0)) is None
    assert list(part) == [2.0] * 10
    del part
    assert list(ready.copy_of(np.full(50, 3.0))) == [3.0] * 50
