"""A record that must outlive a power cut is on the disk when the call returns, or nowhere."""

from __future__ import annotations

import errno
import os

import msgspec
import pytest

from trackbook.errors import Damaged, Misused
from trackbook.records import Note


def words(payloads: list[bytes]) -> list[str]:
    return [msgspec.msgpack.decode(p)[5]["words"] for p in payloads]


def test_it_is_in_the_file_and_the_system_was_told_to_put_it_on_the_disk(
    journal, tmp_path, payloads_in, monkeypatch
) -> None:
    synced, sync = [], os.fsync  # watched, for nobody can pull the plug in a test

    def watched(fd: int) -> None:
        written = words(payloads_in(tmp_path))
        synced.append((os.path.realpath(f"/proc/self/fd/{fd}"), written))
        sync(fd)

    monkeypatch.setattr(os, "fsync", watched)
    journal.put(Note(words="before"))
    journal.put_for_good(Note(words="decided"))
    (file,) = tmp_path.glob("*.tbj")
    assert [path for path, _ in synced] == [str(file), str(tmp_path)]
    assert synced[0][1] == ["before", "decided"]


def test_larger_than_the_window_it_is_written_whole(journal, tmp_path, payloads_in) -> None:
    texts = [letter * 100_000 for letter in "abcd"]
    for text in texts:
        journal.put_for_good(Note(words=text))
    assert words(payloads_in(tmp_path)) == texts


def test_where_the_file_was_deleted_it_goes_into_another(
    journal, tmp_path, payloads_in
) -> None:
    journal.put(Note(words="lost"))
    for file in tmp_path.glob("*.tbj"):
        file.unlink()
    journal.put_for_good(Note(words="decided"))
    assert words(payloads_in(tmp_path)) == ["decided"]


def test_a_disk_that_does_not_answer_is_said(journal, monkeypatch) -> None:
    def fails(_fd: int) -> None:
        raise OSError(errno.EIO, "input/output error")  # no disk here breaks on demand

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(Damaged, match="look whether it stands before you try again"):
        journal.put_for_good(Note(words="decided"))


def test_a_closed_journal_takes_nothing(journal) -> None:
    journal.close()
    with pytest.raises(Misused, match="has ended"):
        journal.put_for_good(Note(words="decided"))
