"""A process that is killed while it writes leaves a whole package, or none."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from trackbook.packages import Shelf, verify, write

NURSERY = """
import os, signal, sys
from pathlib import Path
import numpy as np
import skops.io
from sklearn.linear_model import Ridge
from trackbook.packages import Contents, shelf, write

def killed(*args, **given):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    def killed_after(*args, **given):
        function(*args, **given)
        killed()
    return killed_after

def prepare(step):
    if step == "before the list":
        shelf.text_of = killed
    elif step == "before it is safe":
        shelf.settle = killed
    elif step == "before it is looked at":
        shelf.verify = killed
    elif step == "before it appears":
        Path.rename = killed
    elif step == "after it appeared":
        Path.rename = after(Path.rename)
    elif step == "among large bytes":
        os.link = after(os.link)

def child(folder, step):
    prepare(step)
    model = Ridge().fit(np.ones((4, 30_000)), [1, 2, 3, 4])
    files = {f"files/{f.name}": f for f in folder.glob("part*")}
    write(model, folder, contents=Contents(files=files))
    os._exit(0)

for line in sys.stdin:
    folder, step, count = line.rstrip().split("|")
    born = []
    for _ in range(int(count)):
        born.append(os.fork())
        if not born[-1]:
            child(Path(folder), step)
    print(*born, flush=True)
    print(*(os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in born), flush=True)
"""
"""One process that has imported everything has a child for each package: that is quick."""
AFTER_S = [0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5]


@pytest.fixture(scope="module")
def nursery():
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def written(folder, step="", count=1, kill_after_s=None):
            process.stdin.write(f"{folder}|{step}|{count}\n")
            process.stdin.flush()
            pids = process.stdout.readline().split()
            if kill_after_s is not None:
                time.sleep(kill_after_s)
                with contextlib.suppress(ProcessLookupError):  # it was quicker
                    os.kill(int(pids[0]), signal.SIGKILL)
            return [int(code) for code in process.stdout.readline().split()]

        yield written
        process.stdin.close()


def sound(folder):
    """The digests that are there, each of which holds."""
    found = list(Shelf(folder).digests())
    for digest in found:
        verify(Shelf(folder).place_of(digest), digest)
    return found


def test_killed_at_any_time_a_package_is_whole_or_not_there(nursery, tmp_path):
    outcomes = set()
    for n, after_s in enumerate(AFTER_S):
        folder = tmp_path / str(n)
        folder.mkdir()
        for part in range(3):
            (folder / f"part{part}").write_bytes(bytes([part]) * 4_000_000)
        # Not killed where it had ended before.
        assert nursery(folder, kill_after_s=after_s) in ([-signal.SIGKILL], [0])
        drafts = list((folder / "packages").glob(".new-*"))
        outcomes.add((len(sound(folder)), bool(drafts)))
    assert (0, True) in outcomes  # at least one was killed while it wrote


@pytest.mark.parametrize(
    ("step", "there"),
    [
        ("before the list", 0),
        ("before it is safe", 0),
        ("before it is looked at", 0),
        ("before it appears", 0),
        ("after it appeared", 1),
        ("among large bytes", 0),
    ],
)
def test_killed_between_two_steps_it_is_old_or_new(step, there, nursery, tmp_path):
    assert nursery(tmp_path, step) == [-signal.SIGKILL]
    assert len(sound(tmp_path)) == there
    assert nursery(tmp_path) == [0]
    assert len(sound(tmp_path)) == 1


def test_processes_that_write_at_once_do_not_hurt_each_other(nursery, tmp_path):
    assert nursery(tmp_path, count=4) == [0] * 4
    assert len(sound(tmp_path)) == 1
    assert not list((tmp_path / "packages").glob(".*"))


def test_an_interrupt_leaves_nothing(tmp_path, model, monkeypatch):
    from trackbook.packages import shelf

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(shelf, "settle", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(model, tmp_path)
    assert [p.name for p in (tmp_path / "packages").iterdir()] == ["bytes"]
