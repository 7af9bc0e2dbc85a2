"""A package is there whole or not at all, once for the same model, and says what it holds."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from trackbook.errors import Misused, Refused
from trackbook.packages import Contents, Shelf, Tampered, read, verify, write

SEED_FILES = {
    "model/model.skops", "model/metadata.json", "code/train.py", "code/predict.py",
    "data/train_data_hash.txt", "environment/requirements.txt", "environment/conda.yml",
    "environment/Dockerfile", "environment/requirements.lock",
    "experiments/hyperparameters.json", "experiments/metrics.json", "MLmodel", "CARD.md",
    "manifest.json", "requirements.txt", "conda.yaml", "python_env.yaml",
    "input_example.json", "data/probe.npz",
}  # fmt: skip


def names_in(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_a_package_has_the_files_that_were_promised(package):
    assert names_in(package.folder) >= SEED_FILES
    assert package.folder.name == package.package_digest


def test_what_is_known_is_read_back_from_the_folder(package):
    assert read(package.folder, package.package_digest) == package


def test_the_same_model_is_the_same_package(package, makers, contents, people, tmp_path):
    again = write(makers.fitted(), tmp_path, contents=contents, example=people)
    assert again.package_digest == package.package_digest
    assert list(Shelf(tmp_path).digests()) == [package.package_digest]


def test_the_same_model_is_the_same_package_in_another_place(
    package, model, contents, people, tmp_path
):
    other = write(model, tmp_path / "elsewhere", contents=contents, example=people)
    assert other.package_digest == package.package_digest


def test_other_metrics_are_another_package_with_the_same_weights(package, model, people):
    other = write(model, package.folder.parents[2], contents=Contents(metrics={"acc": 1}))
    assert other.package_digest != package.package_digest
    assert other.weights_fp == package.weights_fp
    assert other.object_fp == package.object_fp


def test_large_files_are_kept_once(tmp_path, model, makers):
    one = write(model, tmp_path, contents=Contents(metrics={"acc": 1}))
    other = write(makers.fitted(), tmp_path, contents=Contents(metrics={"acc": 2}))
    inodes = {(p.folder / "model/model.skops").stat().st_ino for p in (one, other)}
    assert one.package_digest != other.package_digest
    assert len(inodes) == 1
    assert (one.folder / "CARD.md").stat().st_nlink == 1


def test_bytes_that_were_spoilt_are_not_shared(tmp_path, model):
    one = write(model, tmp_path, contents=Contents(metrics={"acc": 1}))
    file = one.folder / "model/model.skops"
    file.chmod(0o644)
    with file.open("r+b") as spoilt:
        spoilt.write(b"XX")
    other = write(model, tmp_path, contents=Contents(metrics={"acc": 2}))
    verify(other.folder, other.package_digest)
    third = write(model, tmp_path, contents=Contents(metrics={"acc": 3}))
    assert (third.folder / "model/model.skops").stat().st_ino == (
        other.folder / "model/model.skops"
    ).stat().st_ino


@pytest.mark.parametrize("size", [0, 100, 3 << 20, (3 << 20) + 1])
def test_a_copied_file_holds_what_was_copied(size, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(os.urandom(size))
    with Shelf(tmp_path).draft() as draft:
        draft.copy("files/f", source)
        digest, place = draft.publish()
    (entry,) = verify(place, digest)
    assert entry.sha256 == sha256(source.read_bytes()).hexdigest()
    assert (place / "files/f").read_bytes() == source.read_bytes()


def test_what_is_written_to_after_it_was_read_back_is_not_published(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(bytes(1 << 20))
    with Shelf(tmp_path).draft() as draft:
        draft.copy("f", source)
        assert draft.entries[0].size_bytes == 1 << 20
        written = draft.folder / "f"
        written.chmod(0o644)
        with written.open("r+b") as spoilt:
            spoilt.write(b"XX")
        with pytest.raises(Tampered, match="the bytes of 'f' are others"):
            draft.publish()
    assert list(Shelf(tmp_path).digests()) == []


def test_a_spoilt_package_is_put_aside_and_written_anew(tmp_path, model):
    one = write(model, tmp_path)
    (one.folder / "added").write_text("x")
    again = write(model, tmp_path)
    assert again == one
    verify(again.folder, again.package_digest)
    (aside,) = (tmp_path / "packages").glob(".damaged-*")
    assert (aside / "added").read_text() == "x"


def test_eight_threads_write_the_same_model_at_once(tmp_path, model):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: write(model, tmp_path), range(8)))
    assert len({package.package_digest for package in found}) == 1
    verify(found[0].folder, found[0].package_digest)
    assert not list((tmp_path / "packages").glob(".*"))


def test_a_refused_model_leaves_nothing(tmp_path):
    with pytest.raises(Refused, match=r"no safe format keeps a builtins\.dict"):
        write({"w": 1.0}, tmp_path)
    assert list((tmp_path / "packages").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_files_are_read_only(package):
    assert {p.stat().st_mode & 0o777 for p in package.folder.rglob("*") if p.is_file()} == {
        0o444
    }


@pytest.mark.parametrize(
    "path",
    ["../evil.py", "/etc/evil.py", "a/../../evil.py", "C:\\evil.py", "con", "x\n.py"],
)
def test_no_name_leads_out_of_the_package(path, tmp_path, model):
    file = tmp_path / "f"
    file.write_text("x")
    for contents in (Contents(code={path: "x"}), Contents(files={path: file})):
        with pytest.raises((Refused, Misused)):
            write(model, tmp_path / "p", contents=contents)
    assert list((tmp_path / "p" / "packages").iterdir()) == []


@pytest.mark.parametrize(
    "path", ["predict.py", "load_model.py", "PREDICT.py", "__pycache__"]
)
def test_what_a_package_brings_itself_is_not_overwritten(path, tmp_path, model):
    with pytest.raises(Misused):
        write(model, tmp_path, contents=Contents(code={path: "x"}))


def test_a_link_is_not_followed_into_a_package(tmp_path, model):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Misused, match="no regular file"):
        write(model, tmp_path, contents=Contents(files={"x": tmp_path / "pipe"}))


def test_hostile_texts_stay_texts(tmp_path, model):
    hostile = "a: [\n- \"b'\\\x00\x7f\u2028 \U0001f600 ` | # %"
    package = write(
        model,
        tmp_path,
        contents=Contents(
            name=hostile,
            metrics={hostile: float("nan")},
            hyperparameters={"f": np.float32(0.5), "x": {1, 2}, "o": object},
            data={hostile: {hostile: hostile}},
        ),
    )
    import yaml

    said = yaml.safe_load((package.folder / "MLmodel").read_text(encoding="utf-8"))
    assert said["metadata"]["name"] == hostile
    found = json.loads((package.folder / "experiments/hyperparameters.json").read_text())
    assert found["f"] == 0.5
    assert "\n" not in (package.folder / "CARD.md").read_text().splitlines()[0]


def test_left_over_drafts_are_cleared_with_their_bytes(tmp_path, model):
    package = write(model, tmp_path)
    shelf = Shelf(tmp_path)
    (shelf.folder / ".new-dead").mkdir()
    (shelf.folder / ".new-dead" / "x").write_text("x")
    (shelf.folder / "bytes" / "00").mkdir()
    (shelf.folder / "bytes" / "00" / ("0" * 64)).write_bytes(b"x")
    assert shelf.clear_unfinished() == 0
    assert shelf.clear_unfinished(older_than_s=-1) == 1
    assert len(list(shelf.folder.glob("bytes/??/*"))) == 1
    verify(package.folder, package.package_digest)


def test_only_what_is_a_digest_becomes_a_path(tmp_path):
    with pytest.raises(Misused, match="no package digest"):
        Shelf(tmp_path).place_of("../../etc")


def test_a_model_without_rows_is_written_all_the_same(tmp_path):
    rows = np.arange(12.0).reshape(6, 2)
    package = write(LogisticRegression().fit(rows, [0, 1] * 3), tmp_path)
    assert (package.signature, package.probe_count) == ("", 0)
    assert package.probe_why == "no rows were given"


def test_half_a_letter_in_a_name_is_no_failure(tmp_path):
    rows = np.arange(4.0).reshape(2, 2)
    contents = Contents(name="\ud800", data={"\ud800": {"\ud800": "\ud800"}})
    package = write(LogisticRegression().fit(rows, [0, 1]), tmp_path, contents=contents)
    assert read(package.folder, package.package_digest) == package
