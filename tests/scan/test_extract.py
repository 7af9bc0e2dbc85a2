"""Archives are taken apart wholly or not at all, and only into their folder."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile

import pytest
from hostile_files import LINK, encrypted, tarred, zip_link, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackbook.errors import Damaged, Misused, NotFound, Refused, TrackbookError
from trackbook.scan import Limits, extract

GOOD = [("MLmodel", "flavors: {}"), ("model/model.skops", "abc"), ("model/a/b/c.txt", "")]
SMALL = Limits(unpacked_bytes=1 << 20, free_bytes=1 << 16, files=50)


def packed(tmp_path, raw, name="package.zip"):
    file = tmp_path / name
    file.write_bytes(raw)
    return file


def as_tar(mode):
    return tarred(*[(name, data.encode(), {}) for name, data in GOOD], mode=mode)


@pytest.mark.parametrize(
    "raw",
    [zipped(*GOOD), as_tar("w"), as_tar("w:gz"), as_tar("w:bz2"), as_tar("w:xz")],
    ids=["zip", "tar", "gz", "bz2", "xz"],
)
def test_a_good_archive_comes_out_whole(raw, tmp_path):
    paths = extract(packed(tmp_path, raw), tmp_path / "out")
    assert sorted(paths) == sorted(name for name, _ in GOOD)
    for name, data in GOOD:
        assert (tmp_path / "out" / name).read_text() == data
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "package.zip"]


ZIPS = {
    "slip": [("../evil", "x")],
    "deep_slip": [("a/../../evil", "x")],
    "absolute": [("/tmp/evil", "x")],
    "backslash": [("..\\evil", "x")],
    "drive": [("C:evil", "x")],
    "invisible": [("a\u200b.txt", "x")],
    "link": [(zip_link(), "/etc/passwd")],
    "twice": [("a", "1"), ("a", "2")],
    "case": [("a/B", "1"), ("A/b", "2")],
    "composed": [("\u00e9", "1"), ("e\u0301", "2")],
    "file_and_folder": [("a", "1"), ("a/b", "2")],
    "folder_and_file": [("a/b", "1"), ("a", "2")],
    "bomb": [("zeros", b"\0" * (2 << 20))],
    "many": [(f"f{n}", "") for n in range(99)],
    "good_then_evil": [("good", "x"), ("../evil", "x")],
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_is_refused_and_nothing_is_left(name, tmp_path):
    file = packed(tmp_path, zipped(*ZIPS[name]))
    with pytest.raises(Refused, match="nothing was extracted"):
        extract(file, tmp_path / "inner" / "out", limits=SMALL)
    assert list((tmp_path / "inner").iterdir()) == []
    assert not (tmp_path / "evil").exists()


TARS = {
    "slip": [("../evil", b"x", {})],
    "absolute": [("/tmp/evil", b"x", {})],
    "link": [("a", b"", LINK)],
    "hard_link": [("a", b"", {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"})],
    "device": [("a", b"", {"type": tarfile.BLKTYPE})],
    "pipe": [("a", b"", {"type": tarfile.FIFOTYPE})],
    "through_a_link": [("d", b"", LINK | {"linkname": ".."}), ("d/evil", b"x", {})],
    "twice": [("a", b"1", {}), ("./a", b"2", {})],
}


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("name", TARS)
def test_a_hostile_tar_is_refused_and_nothing_is_left(name, mode, tmp_path):
    file = packed(tmp_path, tarred(*TARS[name], mode=mode), "package.tar")
    with pytest.raises(Refused, match="nothing was extracted"):
        extract(file, tmp_path / "inner" / "out")
    assert list((tmp_path / "inner").iterdir()) == []


def test_nothing_that_comes_out_can_be_started(tmp_path):
    member = zipfile.ZipInfo("run.sh")
    member.external_attr = 0o104777 << 16
    extract(packed(tmp_path, zipped((member, "#!/bin/sh"))), tmp_path / "out")
    assert not os.access(tmp_path / "out" / "run.sh", os.X_OK)


def test_an_encrypted_archive_is_refused(tmp_path):
    with pytest.raises(Refused, match="encrypted"):
        extract(packed(tmp_path, encrypted()), tmp_path / "out")


def test_a_damaged_archive_is_told_as_such(tmp_path):
    raw = bytearray(zipped(("a.txt", b"some words" * 99)))
    raw[45] ^= 0xFF
    with pytest.raises((Damaged, Refused)):
        extract(packed(tmp_path, bytes(raw)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_bytes_behind_an_archive_are_refused(tmp_path):
    with pytest.raises(Refused, match="behind its end"):
        extract(packed(tmp_path, zipped(*GOOD) + b"more"), tmp_path / "out")
    with pytest.raises(Refused, match="behind the end"):
        extract(packed(tmp_path, gzip.compress(as_tar("w")) + b"more"), tmp_path / "out")


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(Refused, match="neither a zip nor a tar"):
        extract(packed(tmp_path, b"hello"), tmp_path / "out")
    with pytest.raises(NotFound):
        extract(tmp_path / "nothing.zip", tmp_path / "out")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(Misused, match="not empty"):
        extract(packed(tmp_path, zipped(*GOOD)), tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine"]


def test_an_empty_folder_may_stand_there(tmp_path):
    (tmp_path / "out").mkdir()
    assert extract(packed(tmp_path, zipped(*GOOD)), tmp_path / "out")


WHOLE = [zipped(*GOOD), as_tar("w"), as_tar("w:gz")]
NAMES = st.text(st.sampled_from("ab./\\:~\0 \u202eé"), min_size=1, max_size=9)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.lists(NAMES, min_size=1, max_size=4))
def test_no_name_leads_out_of_the_folder(tmp_path_factory, names):
    top = tmp_path_factory.mktemp("any")
    raw = tarred(*[(name, b"x", {}) for name in names])
    outcome = []
    try:
        outcome = extract(packed(top, raw, "p.tar"), top / "inner" / "out")
    except TrackbookError:
        assert list((top / "inner").iterdir()) == []
    assert sorted(p.name for p in top.iterdir()) == ["inner", "p.tar"]
    for path in outcome:
        assert (top / "inner" / "out" / path).read_bytes() == b"x"


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.sampled_from(WHOLE), st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_a_damaged_archive_leaves_all_or_nothing(tmp_path_factory, raw, at, piece):
    top = tmp_path_factory.mktemp("any")
    at %= len(raw)
    file = packed(top, raw[:at] + piece + raw[at + len(piece) :])
    try:
        extract(file, top / "inner" / "out")
    except TrackbookError:
        assert list((top / "inner").iterdir()) == []
    else:
        assert [p.name for p in (top / "inner").iterdir()] == ["out"]


def test_the_same_archive_can_be_given_as_text(tmp_path):
    file = io.BytesIO(zipped(*GOOD)).getvalue()
    packed(tmp_path, file)
    assert extract(str(tmp_path / "package.zip"), str(tmp_path / "out"))
