"""Recorded packages as a text from which pip builds."""

from __future__ import annotations

import json
import sys

from packaging.requirements import Requirement

from trackbook.fingerprint import installed, pins
from trackbook.fingerprint.lock import origin_of


def test_what_is_installed_has_a_version_and_says_where_it_came_from() -> None:
    found = installed()
    assert len(found.packages) == len(found.origins) > 20
    names = [package.partition("==")[0] for package in found.packages]
    assert {"duckdb", "pip"} <= set(names)
    assert installed() is found


def test_a_package_that_is_installed_meanwhile_is_seen(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not any(p.startswith("fresh==") for p in installed().packages)
    (tmp_path / "fresh-2.0.dist-info").mkdir()
    (tmp_path / "fresh-2.0.dist-info" / "METADATA").write_text(
        "Name: fresh\nVersion: 2.0\n"
    )
    assert str(tmp_path) in sys.path
    assert "fresh==2.0" in installed().packages


def test_origins_are_written_as_pip_reads_them_without_logins(tmp_path) -> None:
    git = {"vcs": "git", "commit_id": "c0ffee", "requested_revision": "main"}
    url = "https://ann:s3cret@example.org/a.git"
    folder = tmp_path.as_uri()
    said = [
        origin_of(json.dumps({"url": url, "vcs_info": git, "subdirectory": "py"})),
        origin_of(json.dumps({"url": folder, "dir_info": {"editable": True}})),
        origin_of(json.dumps({"url": "file:///home/conda/feedstock_root/work"})),
        origin_of("no json"),
    ]
    assert said == [
        "git+https://example.org/a.git@c0ffee#subdirectory=py",
        f"-e {folder}",
        "",
        "",
    ]


def test_each_line_is_one_that_pip_reads() -> None:
    packages = ["numpy==2.0.0", "torch==2.3.1+cu121", "odd==1.0+mine", "a==1", "b==2"]
    origins = {"a": "git+https://example.org/a@c0ffee", "b": "-e file:///home/ann/b"}
    found = pins(packages, origins)
    assert found.lines == [
        "a @ git+https://example.org/a@c0ffee",
        "-e file:///home/ann/b",
        "numpy==2.0.0",
        "odd==1.0",
        "torch==2.3.1",
    ]
    assert "torch==2.3.1+cu121: the public version; for that build, name its own index" in (
        found.text()
    )
    assert all(Requirement(line) for line in found.lines if not line.startswith("-"))


def test_what_cannot_be_built_elsewhere_is_said_and_left_out() -> None:
    found = pins(["b==2", "c==1"], {"b": "-e file:///home/ann/b"}, local=False)
    assert found.lines == ["c==1"]
    assert "b==2: left out" in found.text()


def test_a_name_or_version_cannot_smuggle_a_line_or_an_option_in() -> None:
    bad = ["a==1\n--index-url https://evil", "--pre==1", "a==1 --hash=x", "ok==1"]
    origins = {"ok": "https://x/y.whl\n--index-url https://evil"}
    said = pins(bad, origins).text(["head\n--pre"]).splitlines()
    assert said
    assert all(line.startswith("# ") for line in said)
