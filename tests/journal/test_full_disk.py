"""A full disk costs nothing but patience."""

from __future__ import annotations

import os
import resource
import subprocess

import msgspec
import pytest

from trackbook.records import Note

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB, or else a limit on the size of each file."""
    if ROOT:
        place = tmp_path / "disk"
        place.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=True
        )
        yield place
        subprocess.run(["umount", "-l", place], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, before[1]))
    yield tmp_path
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def make_room(small_disk):
    """Fill the disk to the brim, and return what frees it again."""
    if not ROOT:
        return lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
    ballast = small_disk / "ballast"

    def free() -> None:
        ballast.unlink()

    with ballast.open("wb", buffering=0) as file:
        while True:
            try:
                if file.write(bytes(1024)) < 1024:
                    break
            except OSError:
                break
    return free


def words(payloads: list[bytes]) -> list[str]:
    return [msgspec.msgpack.decode(p)[5]["words"] for p in payloads]


needs_root = pytest.mark.skipif(not ROOT, reason="filling a disk needs one of our own")


def test_what_is_logged_on_a_disk_that_fills_up_arrives_once_there_is_room(
    small_disk, open_journal, said, payloads_in
) -> None:
    folder = small_disk / "journal"
    ballast = small_disk / "ballast"
    if ROOT:
        ballast.write_bytes(bytes(200 << 10))
    journal = open_journal(folder)
    for n in range(2000):
        journal.put(Note(words=f"{n:04}" + "x" * 200))
    if ROOT:
        assert journal.waiting_count > 0
        assert len(said) == 1
        assert "No space left" in said[0]
        assert "nothing is lost" in said[0]
        subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    journal.retry()
    assert journal.waiting_count == 0
    assert sorted(int(w[:4]) for w in words(payloads_in(folder))) == list(range(2000))


@needs_root
def test_a_session_can_begin_on_a_full_disk(
    make_room, small_disk, open_journal, said, payloads_in
) -> None:
    journal = open_journal(small_disk / "journal")
    journal.put(Note(words="first"))
    assert len(said) == 1
    make_room()
    journal.retry()
    assert words(payloads_in(small_disk / "journal")) == ["first"]


@needs_root
def test_later_facts_queue_behind_those_that_wait(
    small_disk, open_journal, make_room, payloads_in
) -> None:
    journal = open_journal(small_disk / "journal")
    journal.put(Note(words="first"))
    make_room()
    journal.put(Note(words="second"))
    journal.retry()
    assert words(payloads_in(small_disk / "journal")) == ["first", "second"]


@needs_root
def test_a_full_disk_leaves_no_litter_of_empty_files(
    make_room, small_disk, open_journal
) -> None:
    journal = open_journal(small_disk / "journal")
    for n in range(50):
        journal.put(Note(words=str(n)))
        journal.retry()
    assert len(list((small_disk / "journal").iterdir())) <= 1
    make_room()


@needs_root
def test_records_that_never_found_room_are_counted_at_the_end(
    make_room, small_disk, open_journal, said
) -> None:
    journal = open_journal(small_disk / "journal")
    journal.put(Note(words="x"))
    journal.put(Note(words="y"))
    journal.close()
    assert said[-1].startswith("2 records are lost")


def test_memory_for_waiting_records_has_an_end(tmp_path, monkeypatch) -> None:
    from trackbook.journal import backlog

    monkeypatch.setattr(backlog, "LARGEST_BYTES", 100)
    queue = backlog.Backlog(tmp_path)
    said = [queue.keep(bytes([n]) * 40) for n in range(5)]
    assert [bool(words) for words in said] == [False, False, True, False, False]
    kept: list[bytes] = []
    queue.pour(kept.append)
    assert [frame[0] for frame in kept] == [0, 1]
    assert "3 records were lost" in (queue.recovered() or "")


def test_what_must_be_on_the_disk_does_not_wait_for_room(
    small_disk, make_room, open_journal, payloads_in
) -> None:
    journal = open_journal(small_disk)
    with pytest.raises(OSError, match=r"(?i)space|part of a record|too large"):
        for n in range(2000):
            journal.put_for_good(Note(words=f"{n} " + "x" * 500))
    written = words(payloads_in(small_disk))
    assert journal.waiting_count == 0
    make_room()
    journal.put_for_good(Note(words="now"))
    assert words(payloads_in(small_disk)) == [*written, "now"]
