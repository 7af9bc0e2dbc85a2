"""Calls of a package are timed in a process of its own."""

from __future__ import annotations

import json
import time
from importlib.metadata import version

import numpy as np
import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, evaluate, gates

SLEEPS = """
import os, time

def load_model(folder):
    return [0]

def predict(model, rows):
    assert len(rows) == {batch}
    model[0] += 1
    time.sleep(0.03 if model[0] % 10 == 0 else 0.002)
    return [float(os.environ["OMP_NUM_THREADS"])] * len(rows)
"""
FEW = {"calls": 120, "warmup": 5}


def test_the_slow_tenth_is_seen_by_the_99th_percentile_only(packed, judged) -> None:
    packed.write("code/predict.py", SLEEPS.format(batch=1))
    half = judged("latency.p50", keys={"max_ms": 10, **FEW})
    assert (half.outcome, half.blocks) == ("passed", False), half.words
    assert 2 <= json.loads(half.value) < 10
    tail = judged("latency.p99", keys={"max_ms": 25, **FEW})
    assert (tail.outcome, tail.blocks) == ("failed", True), tail.words
    assert "25 ms are allowed" in tail.words
    told = json.loads(tail.evidence)
    assert told["n"] == 120
    assert told["p50_ms"] < 25 < told["p99_ms"] <= told["slowest_ms"]
    assert told["rows_per_s"] == pytest.approx(1e3 / told["mean_ms"])
    assert told["machine"]["processor"] and told["machine"]["python"]
    assert len(told["processors"]) == 1
    assert judged("latency.p99", keys={"max_ms": 500, **FEW}).outcome == "passed"


def test_both_percentiles_are_told_from_one_measurement(packed) -> None:
    packed.write("code/predict.py", SLEEPS.format(batch=3))
    wanted = [ask(f"latency.{name}", max_ms=99, batch=3, **FEW) for name in ("p50", "p99")]
    report = evaluate(packed.candidate(), gates(Gate("staging", wanted)), "staging")
    half, tail = report.results
    assert report.passed, report.text()
    assert "with 3 rows" in half.words
    first, second = (json.loads(one.evidence) for one in (half, tail))
    assert first["mean_ms"] == second["mean_ms"]
    assert (first["percentile"], second["percentile"]) == ("p50", "p99")
    assert tail.duration_s < half.duration_s / 5


def test_an_upper_bound_needs_enough_calls(packed, judged) -> None:
    keys = {"max_ms": 50, "on": "ci_upper", "warmup": 0}
    few = judged("latency.p99", keys=keys | {"calls": 367})
    assert (few.outcome, "too few" in few.words) == ("failed", True)
    enough = judged("latency.p99", keys=keys | {"calls": 368})
    assert enough.outcome == "passed", enough.words
    told = json.loads(enough.evidence)
    assert told["value_ms"] <= told["high_ms"] == json.loads(enough.value)
    assert told["high_ms"] == told["slowest_ms"]


def test_a_slow_model_is_timed_as_often_as_its_limit_lets_it(packed, judged) -> None:
    code = "import time\nload_model = lambda f: lambda rows: time.sleep(0.2)\n"
    packed.write("code/predict.py", code)
    found = judged("latency.p50", keys={"max_ms": 1000, "time_limit": "4s"})
    assert found.outcome == "passed", found.words
    assert "1000 were asked for: its time was over" in found.words


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            "import time\nload_model = lambda f: lambda rows: time.sleep(99)",
            "not done after",
        ),
        ("def load_model(folder):\n    raise OSError('gone')\n", "gone"),
        ("load_model = lambda f: lambda rows: rows / nix", "name 'nix' is not defined"),
        ("import os\nload_model = lambda f: lambda rows: os._exit(0)", "no times"),
        ("import os\nload_model = lambda f: lambda rows: os.abort()", "failed"),
    ],
)
def test_a_model_that_cannot_be_called_is_an_error_and_blocks(
    packed, judged, code, says
) -> None:
    packed.write("code/predict.py", code)
    began = time.monotonic()
    found = judged("latency.p50", keys={"max_ms": 1, "time_limit": "2s"})
    assert time.monotonic() - began < 20
    assert (found.outcome, found.blocks) == ("errored", True)
    assert says in found.words, found.words


def test_a_clock_that_the_model_turns_back_is_not_believed(packed, judged) -> None:
    code = (
        "import time, sys, numpy as np\n"
        "time.perf_counter_ns = lambda: 0\n"
        "def load_model(folder):\n    return lambda rows: time.sleep(0.005)\n"
    )
    packed.write("code/predict.py", code)
    assert judged("latency.p50", keys={"max_ms": 2, **FEW}).outcome == "failed"


def test_without_rows_it_is_skipped(packed, judged) -> None:
    (packed.folder / "data/probe.npz").unlink()
    found = judged("latency.p50", keys={"max_ms": 1})
    assert (found.outcome, found.blocks) == ("skipped", False)
    assert "give an example" in found.words


def test_threads_are_as_many_as_asked(packed, judged) -> None:
    code = (
        "import os, sys\n"
        "def load_model(folder):\n"
        "    sys.exit(f\"{os.environ['MKL_NUM_THREADS']} {len(os.sched_getaffinity(0))}\")\n"
    )
    packed.write("code/predict.py", code)
    assert "failed while loading: 1 1" in judged("latency.p50", keys={"max_ms": 1}).words


def test_rows_of_a_table_keep_their_types(packed, judged) -> None:
    code = (
        "def load_model(folder):\n    return None\n"
        "def predict(model, rows):\n"
        "    assert list(rows.columns) == ['age', 'name'] and len(rows) == 4\n"
        "    assert rows['age'].dtype == 'int64' and len(set(rows['age'])) == 2\n"
        "    return rows['age']\n"
    )
    packed.write("code/predict.py", code)
    packed.probes(
        **{"inputs.age": np.array([1, 2]), "inputs.name": np.array(["ann", "bo"])},
        outputs=np.array([1, 2]),
    )
    found = judged("latency.p50", keys={"max_ms": 99, "batch": 4, **FEW})
    assert found.outcome == "passed", f"{found.words} pandas {version('pandas')}"


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "needs max_ms"),
        ({"max_ms": 0}, "nothing could pass"),
        ({"max_ms": 1, "calls": 0}, "calls is 0"),
        ({"max_ms": 1, "batch": 0}, "batch is 0"),
        ({"max_ms": 1, "threads": 0}, "threads is 0"),
        ({"max_ms": 1, "warmup": -1}, "warmup is -1"),
        ({"max_ms": 1, "on": "ci_uper"}, "did you mean 'ci_upper'"),
        ({"max_ms": "fast"}, "max_ms"),
    ],
)
def test_what_cannot_be_timed_is_refused_before_anything_runs(keys, says) -> None:
    with pytest.raises(Misused) as told:
        gates(Gate("a", [ask("latency.p99", **keys)]))
    assert says in str(told.value)
