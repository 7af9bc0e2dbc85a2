"""Files and folders: what is asked for, what is not there, what is trusted, what it may cost."""

from __future__ import annotations

import json
import os
import pickle

import pytest
from hostile_files import zipped
from scan_bytecode import call, named, pickled

from trackbook.errors import Misused, NotFound
from trackbook.scan import Finding, Limits, Scan, scan_file, scan_folder, to_sarif

EVIL = pickled(call("os", "system", "true"))


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(NotFound, match="nothing"):
        scan_file(tmp_path / "nothing.pkl")
    with pytest.raises(NotFound):
        scan_folder(tmp_path / "nothing")


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(Misused, match="scan_folder"):
        scan_file(tmp_path)
    with pytest.raises(Misused, match="scan_file"):
        scan_folder(tmp_path / "a.txt")


def test_a_folder_without_files_is_not_safe(tmp_path):
    scan = scan_folder(tmp_path)
    assert not scan.is_safe and scan.verdict == "inconclusive"


def test_a_link_that_the_user_names_is_followed(tmp_path):
    (tmp_path / "blob").write_bytes(pickle.dumps(1))
    (tmp_path / "model.pkl").symlink_to(tmp_path / "blob")
    scan = scan_file(tmp_path / "model.pkl")
    assert scan.is_safe and [f.path for f in scan.files] == ["model.pkl"]


def test_what_links_lead_to_is_not_read(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "evil.pkl").write_bytes(EVIL)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "data").symlink_to(tmp_path / "outside")
    scan = scan_folder(tmp_path / "package")
    assert [(f.code, f.path) for f in scan.findings if f.code != "inconclusive"] == [
        ("link", "data")
    ]


def test_a_file_that_may_not_be_read_is_not_safe(tmp_path):
    if os.geteuid() == 0:
        # Root reads everything; a name that is too long for the system stands in for it.
        (tmp_path / "a.txt").write_text("x")
        assert scan_folder(tmp_path).is_safe
        return
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(1))
    (tmp_path / "a.pkl").chmod(0)
    assert scan_folder(tmp_path).verdict == "inconclusive"


def test_own_classes_can_be_allowed_by_name(tmp_path):
    file = tmp_path / "m.pkl"
    file.write_bytes(pickled(named("shop.models", "Basket") + b")\x81}b"))
    assert not scan_file(file).is_safe
    assert scan_file(file, allow=["shop.models.Basket"]).is_safe
    assert not scan_file(file, allow=["shop.models"]).is_safe


def test_a_finer_rule_for_secrets_can_be_brought(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("one\nthe word is sesame\n")
    assert scan_file(file).is_safe
    scan = scan_file(file, secrets=lambda text: text.replace("sesame", "***"))
    assert [f.words for f in scan.findings] == ["holds what looks like a secret in line 2"]


def test_a_module_within_a_package_stands_in_for_nothing(tmp_path):
    (tmp_path / "code" / "shop").mkdir(parents=True)
    (tmp_path / "code" / "shop" / "torch.py").write_text("x = 1\n")
    assert scan_folder(tmp_path).is_safe


def test_who_loads_an_mlflow_model_is_told(tmp_path):
    (tmp_path / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: shop.load}}"
    )
    assert [f.words for f in scan_folder(tmp_path).findings] == [
        "is loaded by shop.load, whose code runs then"
    ]


def test_secrets_are_never_repeated(tmp_path):
    file = tmp_path / "s.py"
    file.write_text("k = 'AKIA" + "ABCDEFGHIJ234567" + "'")
    assert "ABCDEF" not in json.dumps(scan_file(file).as_dict())


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(ops=3), "more than 3 steps"),
        (Limits(seconds=0), "longer than 0 s"),
        (Limits(files=2), "more than 2 files"),
        (Limits(findings=2), "more than 2 findings"),
        (Limits(unpacked_bytes=9), "grew beyond 9 bytes"),
    ],
)
def test_a_limit_that_is_reached_is_not_safe(limits, words, tmp_path):
    for number in range(5):
        (tmp_path / f"{number}.zip").write_bytes(zipped((f"{number}.pkl", EVIL)))
    scan = scan_folder(tmp_path, limits=limits)
    assert not scan.is_safe
    assert any(words in f.words for f in scan.findings), [str(f) for f in scan.findings]


def test_errors_come_first_and_everything_is_plain(tmp_path):
    (tmp_path / "a.sh").write_text("#!/bin/sh\n")
    (tmp_path / "b.pkl").write_bytes(EVIL)
    scan = scan_folder(tmp_path)
    assert [f.severity for f in scan.findings] == ["error", "warning"]
    told = json.loads(json.dumps(scan.as_dict()))
    assert told["verdict"] == "unsafe" and told["is_safe"] is False
    assert told["findings"][0]["code"] == "pickle-danger"
    assert {f["path"]: f["kind"] for f in told["files"]} == {
        "a.sh": "script",
        "b.pkl": "pickle",
    }


def test_warnings_do_not_make_it_unsafe():
    finding = Finding(path="a", severity="warning", code="x", words="y")
    assert Scan(findings=(finding,), files=(), duration_s=0.0).is_safe


def test_sarif_names_the_file_the_rule_and_the_member(tmp_path):
    (tmp_path / "my models.zip").write_bytes(zipped(("a/m.pkl", EVIL)))
    log = json.loads(json.dumps(to_sarif(scan_folder(tmp_path))))
    run = log["runs"][0]
    assert log["version"] == "2.1.0" and run["tool"]["driver"]["name"] == "trackbook scan"
    result = run["results"][0]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
    assert result["level"] == "error" and result["message"]["text"].startswith("a/m.pkl: ")
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "my%20models.zip"
