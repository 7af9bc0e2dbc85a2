"""What runs use of their machine is looked at now and then, by a thread of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from trackbook.fingerprint import TreeUse, cpu_s

BUSY = "import time\nuntil = time.time() + {}\nwhile time.time() < until: pass\n"
BURNT = (
    "import time\n"
    "for until in (1.0, 1.5):\n"
    "    while time.process_time() < until: pass\n"
    "    print(flush=True)\n"
    "    input()\n"
)
"""A child that uses a second of a processor, waits, and uses half a second more."""


def test_a_short_run_has_one_sample_at_its_end(sheet) -> None:
    sheet.ok("%%track a\nx = [0] * 1000")
    ((count, memory, cpu),) = sheet.sql(
        "SELECT count(*), max(memory_bytes), max(cpu_percent) FROM resources JOIN runs"
        " USING (run_id)"
    )
    assert count == 1
    assert memory > 1 << 24
    assert 0 <= cpu < 1000


def test_a_longer_run_is_sampled_meanwhile_and_its_load_is_seen(sheet) -> None:
    sheet.ok("%%track a\n" + BUSY.format(2.5))
    rows = sheet.sql("SELECT elapsed_s, cpu_percent, span_s FROM resources ORDER BY ALL")
    assert len(rows) >= 2
    mean = sum(cpu * span for _, cpu, span in rows) / sum(span for *_, span in rows)
    assert 30 < mean < 130


def test_the_load_of_a_cell_before_is_not_a_short_runs(sheet) -> None:
    sheet.ok(BUSY.format(0.4), "%%track a\nx = 1")
    ((cpu,),) = sheet.sql("SELECT cpu_percent FROM resources")
    assert cpu < 250


def test_nothing_is_sampled_between_cells(sheet) -> None:
    sheet.ok("%%track a\nx = 1")
    time.sleep(2.5)
    assert sheet.sql("SELECT count(*) FROM usage WHERE run_id IS NULL") == [(0,)]


def test_children_count(tmp_path) -> None:
    use = TreeUse(cpu_s())
    alone = use.look(0.1).process_count
    began = time.time()
    with subprocess.Popen([sys.executable, "-c", BUSY.format(1.0)]) as child:
        time.sleep(0.8)
        used = use.look(time.time() - began)
        assert used.process_count == alone + 1
        assert used.cpu_percent > 20
        child.wait()
    ended = use.look(0.5)
    assert ended.process_count == alone
    assert ended.cpu_percent < 110


def test_what_a_child_used_before_the_first_look_is_not_of_the_span() -> None:
    before_s = cpu_s()
    with burnt() as child:
        used = TreeUse(before_s).look(0.2)
        child.kill()
    assert used.process_count > 1
    assert used.cpu_percent < 80  # 500, had that second counted


def test_an_old_child_counts_from_when_it_was_first_seen_and_once_when_it_ends() -> None:
    use = TreeUse(cpu_s())
    with burnt() as child:
        use.look(0.2)
        began = time.time()
        child.stdin.write("\n")
        child.stdin.flush()
        child.stdout.readline()
        used = use.look(time.time() - began)
        # Of the time that passed: that is more than the child's own where others work too.
        assert used.cpu_percent / 100 * used.span_s > 0.3
        child.kill()
    assert use.look(0.5).cpu_percent < 50


def test_a_child_that_nobody_saw_come_counts_from_when_it_is_seen() -> None:
    use = TreeUse(cpu_s())
    use.look(0.1)
    with burnt() as child:
        use.idle()  # a session at rest; it does not look while nothing else was seen
        used = use.look(0.2)
        child.kill()
    assert used.cpu_percent < 80


def test_what_is_written_to_disk_counts(tmp_path) -> None:
    use = TreeUse(cpu_s())
    use.look(0.1)
    with (tmp_path / "big").open("wb") as file:
        file.write(os.urandom(4 << 20))
        file.flush()
        os.fsync(file.fileno())
    assert use.look(0.1).written_bytes in range(8 << 20)


def test_unloading_leaves_no_thread(sheet) -> None:
    from trackbook.doors.ipython import unload

    assert any(t.name == "trackbook-usage" for t in threading.enumerate())
    unload(sheet.shell)
    assert not any(t.name.startswith("trackbook") for t in threading.enumerate())


def test_it_can_be_turned_off(tmp_path, monkeypatch) -> None:
    from trackbook.book import open_book

    monkeypatch.setenv("TRACKBOOK_RESOURCES", "false")
    book = open_book(tmp_path)
    book.begin("script")
    assert not any(t.name == "trackbook-usage" for t in threading.enumerate())
    book.close()


def test_a_script_and_its_forked_child_are_sampled_once(tmp_path) -> None:
    script = tmp_path / "work.py"
    script.write_text(
        "import os, time, trackbook\n"
        "with trackbook.start_run(run_name='a'):\n"
        "    until = time.time() + 2.5\n"
        "    if os.fork() == 0:\n        os._exit(0)\n"
        "    while time.time() < until: pass\n    os.wait()\n"
    )
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True)
    from trackbook.book import open_book

    store = open_book(tmp_path).store
    ((samples, sessions),) = store.rows(
        "SELECT count(*), count(DISTINCT session_id) FROM usage"
    ).rows
    assert samples >= 2
    assert sessions == 1
    assert store.rows("FROM faults").rows == []
    assert store.rows("SELECT machine IS NOT NULL FROM environment").rows == [(True,)]


def burnt() -> subprocess.Popen[str]:
    """Return a child that has used a second of a processor, and waits."""
    child = subprocess.Popen(
        [sys.executable, "-c", BURNT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    child.stdout.readline()
    return child
