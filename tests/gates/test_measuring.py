"""What a version says and how long it takes, told apart from each other."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from trackbook.gates import Clock, Evaluation, measure, read

CLOCK = Clock(calls=20, batch=50, seconds=0.1)
ASKED = Evaluation(data="rows.csv", target="y")
FAILS_ON_ONE = """
import numpy as np
def load_model(folder):
    return None
def predict(model, rows):
    if len(rows) == 1:
        raise ValueError("one row is too few")
    return np.zeros(len(rows))
"""


@pytest.fixture
def rows(tmp_path):
    x = np.arange(180.0).reshape(60, 3)
    lines = [",".join(map(str, [*row, row.sum()])) for row in x]
    (tmp_path / "rows.csv").write_text("a,b,c,y\n" + "\n".join(lines))
    return read(tmp_path, ASKED)


@pytest.fixture
def asked(packed, rows, tmp_path):
    def ask(*, with_rows=True, seconds=60.0, halt=None, **known):
        given = (rows, ASKED) if with_rows else (None, None)
        return measure(
            packed.candidate(**known), *given, scratch=Path(tmp_path), halt=halt or threading.Event(),
            clock=CLOCK, seconds=seconds,
        )  # fmt: skip

    return ask


def test_predictions_and_times_come_from_one_process(asked, rows) -> None:
    found = asked()
    wanted = rows.table[["a", "b", "c"]].to_numpy() @ [0.5, -1.0, 2.0]
    assert found.said.outputs == pytest.approx(wanted)
    assert (found.why, found.times_why) == ("", "")
    assert 3 <= len(found.times.one_ns) <= 20 and min(found.times.one_ns) > 0
    assert (found.times.batch_rows, found.load_s > 0, found.peak_bytes > 1e6) == (
        50,
        True,
        True,
    )


def test_without_rows_the_pinned_ones_are_timed(asked, packed) -> None:
    found = asked(with_rows=False)
    assert found.said is None and found.why == ""
    assert found.times.batch_rows == 4
    (packed.folder / "data" / "probe.npz").unlink()
    none = asked(with_rows=False)
    assert none.times is None and "no rows are pinned" in none.times_why


def test_failing_at_being_timed_leaves_the_predictions(asked, packed) -> None:
    packed.write("code/predict.py", FAILS_ON_ONE)
    found = asked()
    assert found.said.outputs == pytest.approx(np.zeros(60))
    assert found.times is None and "one row is too few" in found.times_why


def test_a_version_that_fails_or_was_changed_says_why(asked, packed) -> None:
    packed.write(
        "code/predict.py", "def load_model(folder):\n    raise OSError('no weights')\n"
    )
    assert "no weights" in asked().why
    spoilt = asked(package_digest="0" * 64)
    assert spoilt.said is None and "is not what was registered" in spoilt.why
    assert spoilt.times is None and "is not what was registered" in spoilt.times_why


def test_columns_that_a_version_takes_and_rows_lack_are_named(asked, packed) -> None:
    other = packed.candidate().signature.replace('\\"a\\"', '\\"income\\"')
    assert "no column named 'income'" in asked(signature=other).why


def test_it_ends_when_it_is_told_to(asked) -> None:
    halt = threading.Event()
    halt.set()
    found = asked(halt=halt)
    assert found.said is None and "stopped" in found.why
