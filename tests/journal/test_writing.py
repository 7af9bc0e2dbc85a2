"""What was written is there, whatever else the process does."""

from __future__ import annotations

import os
import socket
import threading

import msgspec
import pytest

from trackbook.errors import Misused
from trackbook.journal import is_alive
from trackbook.records import Note, Param

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def decoded(payloads: list[bytes]) -> list[list]:
    return [msgspec.msgpack.decode(p) for p in payloads]


def points(payloads: list[bytes]) -> list[tuple[int, float]]:
    return [(body[6], body[7]) for body in decoded(payloads) if body[0] == 0]


def in_child(work) -> int:
    """Run something in a forked child and return its exit code."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  # the parent sees the exit code
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_record_is_on_disk_when_the_call_returns(journal, tmp_path, payloads_in) -> None:
    journal.put(Note(words="seen"), "run", "cell")
    kind, _, _, run, execution, fields = decoded(payloads_in(tmp_path))[0]
    assert (kind, run, execution, fields) == ("note", "run", "cell", {"words": "seen"})


@pytest.mark.parametrize("name", ["", "\0", "\ud800", "a\ud83d", "ä" * 100_000, "\n'\";--"])
def test_any_name_can_be_written(name, journal, tmp_path, payloads_in) -> None:
    journal.put(Param(name=name, value=name, type="str", origin="logged"), "run")
    journal.pen("run", name, origin="logged")(0, 1.0)
    journal.put_several("run", {name: 1.0}, step=0, origin="logged")
    journal.put_batch("run", name, memoryview(bytes(8)).cast("d"))
    readable = name.encode("utf-8", "backslashreplace").decode()
    param, scalar, several, batch = decoded(payloads_in(tmp_path))
    names = [param[5]["name"], scalar[3], *several[6], batch[3]]
    assert names == [readable] * 4


def test_threads_write_at_the_same_time_without_tearing(
    journal, tmp_path, payloads_in
) -> None:
    def work(n: int) -> None:
        pen = journal.pen("run", f"m{n}", origin="logged")
        for step in range(500):
            pen(step, float(n))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(points(payloads_in(tmp_path))) == sorted(
        (step, float(n)) for n in range(8) for step in range(500)
    )


def test_rotation_among_eight_threads_loses_nothing(
    open_journal, tmp_path, payloads_in
) -> None:
    journal = open_journal(rotate_bytes=2000)

    def work(n: int) -> None:
        pen = journal.pen("run", f"m{n}", origin="logged")
        for step in range(1000):
            pen(step, float(n))
            if step % 50 == 0:
                journal.rotate_if_large()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(list(tmp_path.glob("*.tbj"))) > 2
    assert sorted(points(payloads_in(tmp_path))) == sorted(
        (step, float(n)) for n in range(8) for step in range(1000)
    )


def test_a_rotated_process_is_alive_in_its_last_file_only(open_journal, tmp_path) -> None:
    journal = open_journal(rotate_bytes=10)
    journal.put(Note(words="x" * 50))
    journal.rotate_if_large()
    assert [is_alive(file) for file in sorted(tmp_path.glob("*.tbj"))] == [False, True]


def test_a_forked_child_writes_into_its_own_file(journal, tmp_path, payloads_in) -> None:
    pen = journal.pen("run", "loss", origin="logged")
    pen(0, 1.0)
    assert in_child(lambda: pen(1, 2.0)) == 0
    pen(2, 3.0)
    assert len(list(tmp_path.glob("*.tbj"))) == 2
    assert sorted(points(payloads_in(tmp_path))) == [(0, 1.0), (1, 2.0), (2, 3.0)]


def test_a_forked_child_that_writes_nothing_leaves_no_file(journal, tmp_path) -> None:
    assert in_child(lambda: None) == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_child_does_not_keep_its_parent_alive(journal, tmp_path) -> None:
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        there.send(b"up")
        there.recv(1)
        os._exit(0)
    here.recv(2)
    (file,) = tmp_path.glob("*.tbj")
    assert is_alive(file)
    journal.close()
    assert not is_alive(file)
    here.send(b"!")
    os.waitpid(pid, 0)


def test_a_journal_whose_file_was_deleted_goes_on_in_a_new_one(
    journal, tmp_path, payloads_in
) -> None:
    (file,) = tmp_path.glob("*.tbj")
    file.unlink()
    journal.tend()
    journal.put(Note(words="later"))
    assert len(payloads_in(tmp_path)) == 1


def test_a_descriptor_that_user_code_closed_is_got_back(
    journal, tmp_path, payloads_in
) -> None:
    journal.put(Note(words="before"))
    os.close(journal._outlet.fd)
    journal.put(Note(words="after"))
    assert len(payloads_in(tmp_path)) == 2


def test_writing_after_the_end_says_so_and_hits_no_other_file(journal, tmp_path) -> None:
    pen = journal.pen("run", "loss", origin="logged")
    journal.close()
    with (tmp_path / "mine.txt").open("wb", buffering=0) as mine:
        with pytest.raises(Misused, match="has ended"):
            pen(0, 1.0)
        with pytest.raises(Misused, match="has ended"):
            journal.put(Note(words="late"))
        assert mine.tell() == 0


def test_a_second_journal_of_the_same_session_does_not_overwrite_the_first(
    open_journal, tmp_path
) -> None:
    open_journal(session_id="s").put(Note(words="kept"))
    with pytest.raises(FileExistsError):
        open_journal(session_id="s")
    assert (tmp_path / "s.0.tbj").stat().st_size > 0


def test_a_folder_that_takes_no_files_is_refused_at_once(open_journal, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        open_journal(tmp_path / "file" / "journal")


def test_tending_keeps_the_sign_of_life_fresh(journal, tmp_path) -> None:
    (file,) = tmp_path.glob("*.tbj")
    os.utime(file, (0, 0))
    journal.tend()
    assert file.stat().st_mtime > 1_000_000
