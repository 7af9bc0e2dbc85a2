"""Many processes write, drain and read one project while they are killed at random.

Every point for which a call had returned is in the database afterwards, once. Each writer
counts its returned calls in a file that is mapped into memory, which outlives its killing.
"""

from __future__ import annotations

import mmap
import os
import random
import signal
import struct
import time
from contextlib import suppress
from pathlib import Path

import pytest

from trackbook.clock import new_id
from trackbook.errors import Busy
from trackbook.journal import Journal, window
from trackbook.records import Param, RunStart, SessionEnd
from trackbook.store import Store

SECONDS = 15.0
WRITERS, DRAINERS, READERS = 4, 2, 1
BATCH = 50
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def write(folder: Path, rng: random.Random) -> None:
    """Log in every way there is, and count each call that returned."""
    import numpy as np

    run = new_id()
    fd = os.open(folder / "acks" / run, os.O_CREAT | os.O_RDWR)
    os.ftruncate(fd, 8)
    returned = memoryview(mmap.mmap(fd, 8)).cast("Q")
    journal = Journal(folder / "journal", new_id(), complain=print, rotate_bytes=200_000)
    journal.put(RunStart(name="r", experiment="e", origin="auto"), run)
    pen = journal.pen(run, "pen", origin="logged")
    steps = np.arange(BATCH, dtype="i8")
    for n in range(1 << 40):
        pen(n, 1 / (n + 1))
        journal.put_several(
            run, {"a": float(n), "b": float("nan")}, step=n, origin="logged"
        )
        values = memoryview(np.sin(steps + n * BATCH))
        journal.put_batch(run, "batch", values, steps=memoryview(steps + n * BATCH))
        journal.put(Param(name=f"p{n}", value=str(n), type="int", origin="logged"), run)
        returned[0] = n + 1
        if n % 20 == 0:
            time.sleep(rng.uniform(0.0, 0.02))
            journal.rotate_if_large()


def drain(folder: Path, rng: random.Random) -> None:
    store = Store(folder)
    while True:
        with suppress(Busy):  # on a slow machine the others may hold it for long
            store.drain(patience_s=rng.choice([0, 5]))
        time.sleep(rng.uniform(0.0, 0.05))


def read(folder: Path, rng: random.Random) -> None:
    """Ask, and write down every answer that contradicts itself."""
    store = Store(folder)
    while True:
        try:
            ((points, summed),) = store.rows(
                "SELECT (SELECT count(*) FROM point) + (SELECT count(*) FROM point_recent),"
                " (SELECT coalesce(sum(point_count), 0)::BIGINT FROM summary)"
            ).rows
        except Busy:
            continue
        if points != summed:
            (folder / "contradictions").write_text(
                f"{points} points, {summed} in summaries"
            )
        time.sleep(rng.uniform(0.0, 0.1))


def start(work, folder: Path, seed: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work(folder, random.Random(seed))
        except BaseException as error:  # noqa: BLE001
            (folder / "errors" / f"{os.getpid()}").write_text(f"{work.__name__}: {error!r}")
        os._exit(1)
    return pid


def torment(folder: Path) -> int:
    """Let them all run for a while, kill one after the other, and return how many."""
    rng = random.Random(20)
    roles = [write] * WRITERS + [drain] * DRAINERS + [read] * READERS
    pids = [start(role, folder, seed) for seed, role in enumerate(roles)]
    deadline, kills = time.monotonic() + SECONDS, 0
    while time.monotonic() < deadline:
        time.sleep(rng.uniform(0.05, 0.4))
        victim = rng.randrange(len(roles))
        os.kill(pids[victim], signal.SIGKILL)
        os.waitpid(pids[victim], 0)
        kills += 1
        pids[victim] = start(roles[victim], folder, 1000 + kills)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return kills


@pytest.mark.parametrize("reserving", [window.IN_PLACE, set()], ids=["mapped", "written"])
def test_nothing_acknowledged_is_lost_or_doubled_while_processes_are_killed(
    reserving, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(window, "IN_PLACE", reserving)
    for name in ("acks", "errors", "journal"):
        (tmp_path / name).mkdir()
    assert torment(tmp_path) > 10
    store = Store(tmp_path)
    store.drain(patience_s=30)
    assert [f.read_text() for f in (tmp_path / "errors").iterdir()] == []
    assert not (tmp_path / "contradictions").exists()
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for run, name, *numbers in store.rows(
        "SELECT run_id, name, count(*), count(DISTINCT step), min(step), max(step)"
        " FROM metrics GROUP BY ALL"
    ).rows:
        found.setdefault(run, {})[name] = tuple(numbers)
    params = dict(store.rows("SELECT run_id, count(*) FROM param GROUP BY ALL").rows)
    for ack in (tmp_path / "acks").iterdir():
        (returned,) = struct.unpack("<Q", ack.read_bytes() or bytes(8))
        for name, size in (("pen", 1), ("a", 1), ("b", 1), ("batch", BATCH)):
            count, distinct, low, high = found.get(ack.name, {}).get(name, (0, 0, 0, -1))
            assert (count, low, high) == (distinct, 0, count - 1), (ack.name, name)
            assert returned * size <= count <= (returned + 1) * size, (ack.name, name)
        assert returned <= params.get(ack.name, 0) <= returned + 1
    assert store.rows(WRONG_SUMMARIES).rows == []
    assert list((tmp_path / "journal").glob("*.tbj")) == []


WRONG_SUMMARIES = """
SELECT sid FROM summary s FULL JOIN (
  SELECT sid, count(*) AS n, max(step) AS last, arg_max(value, step) AS value,
    coalesce(min(value) FILTER (NOT isnan(value)), 'NaN'::DOUBLE) AS low,
    coalesce(max(value) FILTER (NOT isnan(value)), 'NaN'::DOUBLE) AS high
  FROM (FROM point UNION ALL FROM point_recent) GROUP BY sid) p USING (sid)
WHERE (s.point_count, s.last_step, s.last_value, s.lowest, s.highest)
  IS DISTINCT FROM (p.n, p.last, p.value, p.low, p.high)
"""


def test_a_session_that_ends_amid_drainers_is_never_taken_for_killed(tmp_path) -> None:
    (tmp_path / "errors").mkdir()
    (tmp_path / "journal").mkdir()
    drainers = [start(drain, tmp_path, seed) for seed in range(2)]
    for n in range(30):
        journal = Journal(tmp_path / "journal", f"s{n:02}", complain=print, rotate_bytes=10)
        for _ in range(4):
            journal.put(RunStart(name="r", experiment="e", origin="auto"), new_id())
            journal.rotate_if_large()
        journal.put(SessionEnd(outcome="ended"))
        journal.close()
    for pid in drainers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    outcomes = Store(tmp_path).rows(
        "SELECT outcome, count(*) FROM session_end GROUP BY ALL"
    )
    assert outcomes.rows == [("ended", 30)]
