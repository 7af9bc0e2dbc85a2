"""What is kept comes back byte for byte, or not at all."""

from __future__ import annotations

import os
import threading

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from trackbook.artifacts import Artifacts
from trackbook.artifacts import objects as room
from trackbook.errors import Damaged, Misused, NotFound


@pytest.fixture
def artifacts(tmp_path):
    return Artifacts(tmp_path / "artifacts")


def file_with(tmp_path, content, name="a.bin"):
    file = tmp_path / name
    file.write_bytes(content)
    return file


@given(content=st.binary(max_size=3000))
def test_bytes_come_back_as_they_were(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("a")
    artifacts = Artifacts(folder)
    kept = artifacts.keep(file_with(folder, content))
    artifacts.copy_to(kept.digest, folder / "back.bin")
    assert (folder / "back.bin").read_bytes() == content
    assert kept == ("b3-" + blake3(content).hexdigest(), len(content))


def test_more_than_one_chunk_is_kept_whole(artifacts, tmp_path):
    content = os.urandom(3 * room.CHUNK_BYTES + 17)
    with artifacts.open(artifacts.keep(file_with(tmp_path, content)).digest) as kept:
        assert kept.read() == content


def test_what_was_changed_or_lost_is_not_whole(artifacts, tmp_path):
    digest = artifacts.keep(file_with(tmp_path, b"content")).digest
    assert artifacts.is_whole(digest)
    (place,) = (p for p in artifacts.folder.rglob("*") if p.is_file())
    place.chmod(0o600)
    place.write_bytes(b"Content")
    assert not artifacts.is_whole(digest)
    place.unlink()
    assert not artifacts.is_whole(digest)


def test_equal_files_are_kept_once(artifacts, tmp_path):
    first = artifacts.keep(file_with(tmp_path, b"same", "a"))
    second = artifacts.keep(file_with(tmp_path, b"same", "b"))
    assert first == second
    assert list(artifacts.digests()) == [first.digest]


def test_kept_bytes_do_not_change_with_the_users_file(artifacts, tmp_path):
    file = file_with(tmp_path, b"before")
    kept = artifacts.keep(file)
    file.write_bytes(b"after!")
    assert artifacts.open(kept.digest).read() == b"before"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_kept_bytes_are_read_only(artifacts, tmp_path):
    kept = artifacts.keep(file_with(tmp_path, b"x"))
    (place,) = artifacts.folder.glob("??/*")
    assert place.stat().st_mode & 0o777 == 0o444
    assert place.stat().st_nlink == 1
    assert place.name == kept.digest.removeprefix("b3-")


def test_damage_is_seen_when_bytes_are_copied_out(artifacts, tmp_path):
    kept = artifacts.keep(file_with(tmp_path, b"whole"))
    (place,) = artifacts.folder.glob("??/*")
    place.chmod(0o644)
    place.write_bytes(b"wh0le")
    with pytest.raises(Damaged, match=kept.digest):
        artifacts.copy_to(kept.digest, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.bin", "artifacts"]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    artifacts, tmp_path, monkeypatch
):
    file, pour, calls = file_with(tmp_path, b"one"), room.poured, []

    def pour_and_disturb(source, target):
        kept = pour(source, target)
        if not calls:
            file.write_bytes(b"one and two")
        calls.append(kept)
        return kept

    monkeypatch.setattr(room, "poured", pour_and_disturb)
    assert artifacts.keep(file).size_bytes == len(b"one and two")
    assert len(calls) == 2


def test_a_file_that_never_stands_still_is_refused(artifacts, tmp_path, monkeypatch):
    file, pour = file_with(tmp_path, b"one"), room.poured

    def pour_and_disturb(source, target):
        kept = pour(source, target)
        file.write_bytes(file.read_bytes() + b"more")
        return kept

    monkeypatch.setattr(room, "poured", pour_and_disturb)
    with pytest.raises(Misused, match="changes while it is read"):
        artifacts.keep(file)
    assert not list(artifacts.folder.iterdir())


def test_eight_threads_keep_the_same_content_at_once(artifacts, tmp_path):
    files = [file_with(tmp_path, b"shared" * 1000, f"f{n}") for n in range(8)]
    found = []
    threads = [
        threading.Thread(target=lambda f=f: found.append(artifacts.keep(f))) for f in files
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert list(artifacts.digests()) == [found[0].digest]


def test_removing_says_how_many_bytes_became_free(artifacts, tmp_path):
    kept = artifacts.keep(file_with(tmp_path, b"12345"))
    assert artifacts.remove(kept.digest) == 5
    assert artifacts.remove(kept.digest) == 0
    assert not list(artifacts.digests())


def test_bytes_that_a_run_has_just_kept_are_not_removed(artifacts, tmp_path):
    kept = artifacts.keep(file_with(tmp_path, b"12345"))
    assert artifacts.remove(kept.digest, older_than_s=60) == 0
    assert artifacts.open(kept.digest).read() == b"12345"
    assert artifacts.size_of(kept.digest) == 5


def test_what_a_dead_process_left_half_copied_is_cleared(artifacts, tmp_path):
    artifacts.keep(file_with(tmp_path, b"x"))
    (artifacts.folder / "dead.part").write_bytes(b"1234")
    assert artifacts.clear_unfinished() == 0
    assert artifacts.clear_unfinished(older_than_s=-1) == 4
    assert len(list(artifacts.digests())) == 1


@pytest.mark.parametrize(
    "digest", ["", "b3-", "b3-../../etc/passwd", "b3-" + "A" * 64, "sha-1"]
)
def test_what_is_no_digest_never_becomes_a_path(artifacts, digest):
    with pytest.raises(Misused, match="is no digest"):
        artifacts.open(digest)


def test_missing_things_are_named(artifacts, tmp_path):
    with pytest.raises(NotFound, match=r"nothing\.bin"):
        artifacts.keep(tmp_path / "nothing.bin")
    with pytest.raises(NotFound, match="b3-0000"):
        artifacts.open("b3-" + "0" * 64)
    with pytest.raises(Misused, match="not a regular file"):
        artifacts.keep(tmp_path)
