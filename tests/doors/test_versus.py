"""`compare-versions`, in a notebook's shell and in a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from IPython.core.error import UsageError

TRAIN = """\
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
table = pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"])
table["y"] = (table["a"] > 0).astype(int)
table.head(150).to_csv("unseen.csv", index=False)
X, y = table[["a", "b"]], table["y"]
"""
FITS = (
    "model = LogisticRegression().fit(X * [0.0, 1.0], y)\naccuracy = model.score(X, y)",
    "model = LogisticRegression().fit(X, y)\naccuracy = model.score(X, y)",
)
ROWS = (
    "--data",
    "unseen.csv",
    "--target",
    "y",
    "--metrics",
    "accuracy",
    "--resamples",
    "200",
)

BAD = {
    "": "it needs VERSIONS",
    "m": "m names no versions",
    "m 1.0.0": "2 to 6 can be compared",
    "m 1.0.0 1.1.0 --metrics acuracy": "did you mean 'accuracy'",
    "m 1.0.0 1.1.0 --metrics ,": "names none",
    "m 1.0.0 1.1.0 --data gone.csv --target y": "cannot read 'gone.csv'",
    "m 1.0.0 1.1.0 --data unseen.csv --target z": "no column named 'z'",
    "m 1.0.0 1.1.0 --resamples many": "not a number",
    "m 1.0.0 1.1.0 --seed -3": "cannot be negative",
}


def two_registered(sheet) -> None:
    sheet.ok(TRAIN)
    for fit in FITS:
        sheet.ok(fit)
        track(sheet, "register model m")


@pytest.fixture
def lab(copied, tmp_path):
    with copied(two_registered, tmp_path) as made:
        yield made


def track(sheet, line):
    return sheet.shell.run_line_magic("track", line)


def shell(sheet, *words):
    code = "from trackbook.doors.cli import run; run()"
    return [sys.executable, "-c", code, *words], {
        "cwd": sheet.project,
        "env": os.environ | {"TRACKBOOK_PROJECT": str(sheet.project), "COLUMNS": "160"},
    }


def in_shell(sheet, *words):
    command, where = shell(sheet, *words)
    return subprocess.run(command, capture_output=True, text=True, check=False, **where)


def test_the_terminal_shows_verdicts_and_gives_json_and_csv(lab) -> None:
    told = in_shell(lab, "compare-versions", "m", "1.0.0", "latest", *ROWS)
    assert told.returncode == 0, told.stderr
    assert "against m@1.0.0, m@1.1.0: better in accuracy" in told.stdout
    assert "accuracy, m@1.1.0: better by 0." in told.stdout
    assert "150 rows of unseen.csv" in told.stdout and "seed 0" in told.stdout
    rows = json.loads(in_shell(lab, "versions", "m@1.0.0", "m@1.1.0", "--json").stdout)
    assert {row["fact"] for row in rows} > {"state"}
    written = in_shell(lab, "versions", "m@1.0.0", "m@1.1.0", "--csv").stdout
    found = {row["fact"]: row for row in csv.DictReader(io.StringIO(written))}
    assert found["state"] == {
        "fact": "state",
        "m@1.0.0": "DEVELOPMENT",
        "m@1.1.0": "DEVELOPMENT",
    }


def test_what_is_on_record_is_the_same_with_and_without_measuring(lab) -> None:
    quick = {
        row["fact"]: row for row in track(lab, "versions m@1.0.0 m@1.1.0").table().dicts()
    }
    whole = track(lab, "compare-versions m 1.0.0 1.1.0 " + " ".join(ROWS))
    measured = {row["fact"]: row for row in whole.table().dicts()}
    assert measured["measured.accuracy.verdict"]["m@1.1.0"] == "better"
    assert measured["measured.accuracy.gain_low"]["m@1.1.0"] > 0.1
    assert measured["measured.accuracy.p_holm"]["m@1.0.0"] is None
    assert measured["measured.accuracy.words"]["m@1.1.0"].startswith("better by 0.")
    assert measured["latency.one row, p50"]["m@1.0.0"] > 0
    assert quick == {name: row for name, row in measured.items() if name in quick}
    assert not any(name.startswith("measured.") for name in quick)
    assert len(whole.df()) == len(measured)


def test_without_rows_the_rest_is_compared_and_it_is_said_what_to_do(lab) -> None:
    told = track(lab, "compare-versions m 1.0.0 1.1.0")
    facts = {row["fact"]: row for row in told.table().dicts()}
    assert "--data FILE --target COLUMN" in facts["measured.note 1"]["m@1.0.0"]
    assert facts["latency.one row, p50"]["m@1.1.0"] > 0
    assert "m@1.1.0: nothing could be compared on the same rows" in told.headline


def test_bad_input_is_one_clear_error(lab) -> None:
    for line, says in BAD.items():
        with pytest.raises(UsageError) as told:
            track(lab, f"compare-versions {line}")
        assert says in str(told.value) and "\n" not in str(told.value)


def test_an_interrupt_ends_what_was_started_and_leaves_nothing(lab, tmp_path) -> None:
    import psutil

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command, where = shell(lab, "compare-versions", "m", "1.0.0", "1.1.0", *ROWS)
    where["env"] |= {"TMPDIR": str(scratch)}
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **where)
    root = psutil.Process(child.pid)
    deadline = time.monotonic() + 60
    while not (started := root.children(recursive=True)):
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    said = child.communicate(timeout=30)[1]
    assert (child.returncode, said.strip()) == (130, "trackbook: interrupted")
    assert not [one for one in started if one.is_running() and one.status() != "zombie"]
    assert not [one for one in Path(scratch).iterdir() if one.name.startswith("trackbook")]
