"""A process that is killed while it writes leaves a whole package, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from trackbook.packages import Shelf, verify, write

WRITER = """
import sys
from pathlib import Path
import numpy as np
from trackbook.packages import Contents, write
from sklearn.linear_model import Ridge
rows = np.random.default_rng(0).normal(size=(40, 60_000))
model = Ridge().fit(rows, rows[:, :3])
files = {}
for n in range(3):
    file = Path(sys.argv[1]) / f"part{n}"
    file.write_bytes(bytes([n]) * 4_000_000)
    files[f"files/part{n}"] = file
print("ready", flush=True)
sys.stdin.readline()
package = write(model, Path(sys.argv[1]), contents=Contents(files=files))
print(package.package_digest, flush=True)
"""
AFTER_S = [0.0, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.3]
STEPS = """
import os, signal, sys
from pathlib import Path
from trackbook.packages import shelf
step, folder = sys.argv[2], Path(sys.argv[1])
def killed(*args, **given):
    os.kill(os.getpid(), signal.SIGKILL)
def after(function):
    def killed_after(*args, **given):
        function(*args, **given)
        killed()
    return killed_after
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
import numpy as np
from sklearn.linear_model import Ridge
from trackbook.packages import write
rows = np.ones((4, 30_000))
write(Ridge().fit(rows, [1, 2, 3, 4]), folder)
"""


def test_killed_at_any_time_a_package_is_whole_or_not_there(tmp_path):
    writer = [sys.executable, "-c", WRITER]
    outcomes = set()
    for n, after_s in enumerate(AFTER_S):
        folder = tmp_path / str(n)
        folder.mkdir()
        with subprocess.Popen(
            [*writer, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
            time.sleep(after_s)
            process.kill()
        found = list(Shelf(folder).digests())
        for digest in found:
            verify(Shelf(folder).place_of(digest), digest)
        outcomes.add((len(found), bool(list((folder / "packages").glob(".new-*")))))
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
def test_killed_between_two_steps_it_is_old_or_new(step, there, tmp_path):
    done = subprocess.run([sys.executable, "-c", STEPS, tmp_path, step], check=False)
    assert done.returncode == -signal.SIGKILL
    found = list(Shelf(tmp_path).digests())
    assert len(found) == there
    for digest in found:
        verify(Shelf(tmp_path).place_of(digest), digest)
    clean = subprocess.run([sys.executable, "-c", STEPS, tmp_path, "none"], check=False)
    assert clean.returncode == 0
    (digest,) = Shelf(tmp_path).digests()
    verify(Shelf(tmp_path).place_of(digest), digest)


def test_processes_that_write_at_once_do_not_hurt_each_other(tmp_path):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
        )
        for seed in range(3)
    ]
    for writer in writers:
        writer.stdout.readline()
    said = {writer.communicate(b"\n")[0].strip().decode() for writer in writers}
    (digest,) = said
    verify(Shelf(tmp_path).place_of(digest), digest)
    assert not list((tmp_path / "packages").glob(".*"))


def test_an_interrupt_leaves_nothing(tmp_path, model, monkeypatch):
    from trackbook.packages import shelf

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(shelf, "settle", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(model, tmp_path)
    assert [p.name for p in (tmp_path / "packages").iterdir()] == ["bytes"]
