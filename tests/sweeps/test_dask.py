"""Dask's workers try what a sweep tries; one that is killed loses nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from distributed import LocalCluster


@pytest.fixture
def cluster(place, monkeypatch):
    for name in ("PYTHONPATH", "TOY_MARKS"):
        monkeypatch.setenv(name, place.env[name])
    monkeypatch.syspath_prepend(Path(__file__).parent)  # they are spawned
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def test_a_dask_worker_that_is_killed_loses_no_trial_and_none_counts_twice(
    place, cluster
) -> None:
    where = cluster.scheduler_address.replace("tcp://", "dask://")
    process = place.start("toy:slow", "x=0..9", "--metric", "acc", "--executor", where)
    deadline = time.monotonic() + 60
    while len(place.called) < 3:
        assert time.monotonic() < deadline, process.communicate(timeout=5)
        time.sleep(0.02)
    victim = next(iter(cluster.workers.values()))
    os.kill(victim.process.pid, signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert "10 of 10 done; best acc 9" in out, err
    assert {x: value for x, (_, value, _) in place.trials("sweep-1").items()} == {
        x: float(x) for x in range(10)
    }
    runs = place.rows("SELECT count(*) FROM runs WHERE relation = 'child'")
    assert runs == [(10,)]
    assert set(place.called) == set(range(10))
    assert place.rows("SELECT executor, jobs FROM sweeps") == [(where, 2)]


def test_a_module_that_workers_do_not_have_is_said_with_what_to_do(place, cluster) -> None:
    (place.folder / "lonely.py").write_text("def f(x):\n    return x\n")
    where = cluster.scheduler_address.replace("tcp://", "dask://")
    place.sweep("lonely:f", "x=1", "--executor", where, "--name", "lonely")
    state, _, error = place.trials("lonely")[1]
    assert state == "failed" and "lonely is not where the worker looks" in error
