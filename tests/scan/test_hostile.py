"""Hostile samples are found out, for the right reason, and none of them is ever executed."""

from __future__ import annotations

import zipfile

import pytest
from hostile_files import FILES
from hostile_pickles import PICKLES

from trackbook.scan import scan_file, scan_folder


@pytest.fixture
def marker(tmp_path):
    """A file that only an executed sample would make."""
    place = tmp_path / "elsewhere" / "marker"
    place.parent.mkdir()
    yield place
    assert not place.exists()


def codes_of(scan):
    return {f.code for f in scan.findings if f.severity == "error"}


@pytest.mark.parametrize("name", PICKLES)
def test_a_hostile_pickle_is_found_out(name, tmp_path, marker):
    write, called, code = PICKLES[name]
    file = tmp_path / called
    file.write_bytes(write(f"touch {marker}"))
    scan = scan_file(file)
    assert code in codes_of(scan), [str(f) for f in scan.findings]
    assert not scan.is_safe


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_found_out(name, tmp_path, marker):
    write, code = FILES[name]
    path = write(tmp_path, f"touch {marker}")
    scan = scan_folder(path) if path.is_dir() else scan_file(path)
    assert code in codes_of(scan), [str(f) for f in scan.findings]
    assert not scan.is_safe


def test_there_are_enough_samples():
    assert len(PICKLES) + len(FILES) >= 60


@pytest.mark.parametrize("name", PICKLES)
def test_every_finding_is_one_plain_line(name, tmp_path):
    write, called, _ = PICKLES[name]
    file = tmp_path / called
    file.write_bytes(write("touch \x1b[2J\u202e"))
    for finding in scan_file(file).findings:
        assert str(finding).isprintable()
        assert finding.words


def test_an_archive_is_no_pickle_whatever_its_bytes_say_by_chance(tmp_path) -> None:
    file = tmp_path / "rows.npz"
    named = b"PK\x03\x04\ncos\nsystem\n"  # what a time and a checksum may come to
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "harmless")
    whole = file.read_bytes()
    assert not scan_file(file).findings or scan_file(file).is_safe
    broken = tmp_path / "broken.npz"
    broken.write_bytes(named + whole[len(named) :])
    assert "two-faced" not in {one.code for one in scan_file(broken).findings}
