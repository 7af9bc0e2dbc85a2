"""Whatever was done to a package is found before anything of it is loaded."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.packages import Tampered, load, verify
from trackbook.packages import loading as room


def test_a_package_as_written_holds(package):
    entries = verify(package.folder, package.package_digest)
    assert len(entries) + 1 == package.file_count
    assert sum(entry.size_bytes for entry in entries) == package.size_bytes


def test_every_single_file_is_watched(package, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(package.folder, copy)
    for file in sorted(path for path in copy.rglob("*") if path.is_file()):
        before = file.read_bytes()
        if not before:
            continue
        file.chmod(0o644)
        file.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        with pytest.raises(Tampered):
            verify(copy, package.package_digest)
        file.write_bytes(before)
    verify(copy, package.package_digest)


def add(folder):
    (folder / "code" / "evil.py").write_text("boom()")


def add_compiled(folder):
    (folder / "code" / "__pycache__").unlink()
    (folder / "code" / "__pycache__").mkdir()
    (folder / "code" / "__pycache__" / "predict.cpython-312.pyc").write_bytes(b"boom")


def add_nothing(folder):
    (folder / "data" / "empty").mkdir()


def remove(folder):
    (folder / "CARD.md").unlink()


def rename(folder):
    (folder / "CARD.md").rename(folder / "card.md")


def grow(folder):
    (folder / "CARD.md").chmod(0o644)
    (folder / "CARD.md").write_text("much longer than it was before " * 99)


def swap(folder):
    one, other = folder / "code" / "predict.py", folder / "code" / "train.py"
    one.rename(folder / "x")
    other.rename(one)
    (folder / "x").rename(other)


def link(folder):
    target = folder / "model" / "model.skops"
    elsewhere = folder.parent / "elsewhere"
    shutil.copy(target, elsewhere)
    target.unlink()
    target.symlink_to(elsewhere)


def link_folder(folder):
    shutil.copytree(folder / "data", folder.parent / "data")
    shutil.rmtree(folder / "data")
    (folder / "data").symlink_to(folder.parent / "data")


def pipe(folder):
    os.mkfifo(folder / "code" / "pipe")


def edit_manifest(folder):
    file = folder / "manifest.json"
    said = json.loads(file.read_text())
    said["files"][0]["sha256"] = "0" * 64
    file.chmod(0o644)
    file.write_text(json.dumps(said, indent=1) + "\n")


def say_more(folder):
    file = folder / "manifest.json"
    said = json.loads(file.read_text()) | {"trusted": ["os.system"]}
    file.chmod(0o644)
    file.write_text(json.dumps(said, indent=1) + "\n")


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


HARMS = [
    add, add_compiled, add_nothing, remove, rename, grow, swap, link, link_folder, pipe,
    edit_manifest, say_more, lose_manifest,
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_what_was_done_to_it_is_found_before_loading(harm, package, tmp_path, monkeypatch):
    copy = tmp_path / "copies" / "one"
    shutil.copytree(package.folder, copy)
    harm(copy)
    monkeypatch.setattr(room, "flavour_named", lambda name: pytest.fail("it was loaded"))
    with pytest.raises(Tampered):
        load(copy, package.package_digest)


def test_a_whole_other_package_under_its_name_is_found(package, makers, tmp_path):
    from trackbook.packages import write

    other = write(makers.fitted(seed=1), tmp_path / "other")
    verify(other.folder, other.package_digest)
    with pytest.raises(Tampered, match="not the recorded"):
        verify(other.folder, package.package_digest)


def test_a_manifest_rewritten_to_match_is_another_package(package, tmp_path):
    from trackbook.packages.manifest import Entry, text_of
    from trackbook.packages.verify import sha256_of

    copy = tmp_path / "copy"
    shutil.copytree(package.folder, copy)
    grow(copy)
    files = [p for p in copy.rglob("*") if p.is_file() and p.name != "manifest.json"]
    entries = [
        Entry(p.relative_to(copy).as_posix(), p.stat().st_size, sha256_of(p)) for p in files
    ]
    (copy / "manifest.json").chmod(0o644)
    (copy / "manifest.json").write_text(text_of(entries))
    with pytest.raises(Tampered, match="by its manifest"):
        verify(copy, package.package_digest)


def test_differences_are_named_and_what_to_do(package):
    with pytest.raises(Tampered, match=r"evil\.py' was added.*restore it from a copy"):
        add(package.folder)
        verify(package.folder, package.package_digest)


def test_no_digest_and_no_folder_are_said(package):
    with pytest.raises(Misused, match="64 hexadecimal digits"):
        verify(package.folder, "../../etc")
    with pytest.raises(NotFound, match="no package"):
        verify(Path("/nowhere"), package.package_digest)
    with pytest.raises(NotFound, match="no package"):
        verify(package.folder / "CARD.md", package.package_digest)


def test_the_digest_is_worked_out_without_trackbook(package):
    from hashlib import sha256

    said = json.loads((package.folder / "manifest.json").read_text())
    lines = sorted([f["path"], f["size"], f["sha256"]] for f in said["files"])
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    assert sha256(text.encode()).hexdigest() == package.package_digest
