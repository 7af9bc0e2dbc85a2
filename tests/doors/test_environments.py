"""Across projects through the doors that users have: promote, route, export, import, key."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from IPython.core.error import UsageError

import trackbook as tb
from trackbook.errors import Misused

TRAIN = """\
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True, as_frame=True)
model = LogisticRegression(C=1.0, max_iter=500).fit(X, y)
accuracy = model.score(X, y)
"""
POLICY = """\
version = 1
[targets.staging]
require = ["package.intact", "signature.present"]
checks = [{ check = "perf.threshold", metric = "accuracy", min = 0.9 }]
[targets.production]
extends = "staging"
"""
CHART = (
    '[environments.staging]\nproject = "staging"\n[environments.prod]\nproject = "prod"\n'
)


@pytest.fixture
def lab(sheet):
    for env in ("staging", "prod"):
        (sheet.project / env / ".trackbook").mkdir(parents=True)
        (sheet.project / env / "trackbook.gates.toml").write_text(POLICY)
    (sheet.project / "staging/trackbook.environments.toml").write_text(
        '[environments.dev]\nproject = ".."\n[environments.prod]\nproject = "../prod"\n'
    )
    (sheet.project / "trackbook.environments.toml").write_text(CHART)
    (sheet.project / "trackbook.gates.toml").write_text(POLICY)
    sheet.ok(TRAIN, "%track register model iris")
    return sheet


def track(sheet, line):
    return sheet.shell.run_line_magic("track", line)


def in_shell(folder, *words):
    code = "from trackbook.doors.cli import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "TRACKBOOK_PROJECT"},
    )


def test_from_a_notebook_to_production_in_other_projects(lab) -> None:
    said = track(lab, "promote iris@1.0.0 staging --env staging --reason 'good enough'")
    assert said.headline == "iris@1.0.0 is STAGING in staging now after 3 checks"
    assert "sha256:" in repr(said)
    lab.book.settle()
    done = in_shell(
        lab.project / "staging", "promote", "iris@1.0.0", "production", "--env", "prod"
    )
    assert "iris@1.0.0 is PRODUCTION in prod now" in done.stdout, done.stderr
    again = in_shell(
        lab.project / "staging", "promote", "iris@1.0.0", "production", "--env", "prod"
    )
    assert "iris@1.0.0 is PRODUCTION in prod already" in again.stdout
    way = track(lab, "route iris@1.0.0")
    assert way.headline == "iris@1.0.0 in 3 places: the same bytes, and every note agrees"
    stops = way.table().dicts()
    assert [row["state"] for row in stops] == ["DEVELOPMENT", "STAGING", "PRODUCTION"]
    assert len({row["digest"] for row in stops}) == 1
    tree = in_shell(lab.project / "prod", "lineage", "iris@1.0.0")
    assert "iris@1.0.0 in staging" in tree.stdout
    assert "LogisticRegression-1 in dev" in tree.stdout
    shown = in_shell(lab.project / "prod", "versions", "iris@1.0.0")
    assert "its run is on record in staging, from which it came" in shown.stdout
    assert re.search(r"^accuracy +0\.\d+", shown.stdout, re.MULTILINE), shown.stdout
    served = in_shell(lab.project / "prod", "history", "iris")
    assert "iris@1.0.0 served in prod: promote" in served.stdout


def test_dev_cannot_pass_staging_by(lab) -> None:
    with pytest.raises(
        UsageError, match=r"from dev a version goes to staging \(the chain is"
    ):
        track(lab, "promote iris@1.0.0 production --env prod")


def test_another_projects_slots_are_not_moved_from_here(lab) -> None:
    for line, match in (
        ("promote iris@1.0.0 staging", "promote iris@1.0.0 staging --env staging"),
        ("promote iris@1.0.0 production", "promote iris@1.0.0 production --env prod"),
        ("rollback iris --reason x", "cd .*prod, and trackbook rollback iris there"),
        ("deploy iris@1.0.0 staging", "cd .*staging, and trackbook deploy"),
        ("undeploy iris prod champion", "cd .*prod, and trackbook undeploy"),
    ):
        with pytest.raises(UsageError, match=f"is a project of its own: .*{match}"):
            track(lab, line)
    assert lab.sql("SELECT state, slots FROM versions") == [("DEVELOPMENT", [])]


def test_what_the_gate_there_says_is_said_here(lab) -> None:
    file = lab.project / "staging/trackbook.gates.toml"
    file.write_text(file.read_text().replace("0.9 ", "0.999 "))
    with pytest.raises(UsageError, match=r"the gate of staging says: perf\.threshold"):
        track(lab, "promote iris@1.0.0 staging --env staging")


def test_a_bundle_goes_by_hand(lab, tmp_path) -> None:
    made = in_shell(tmp_path, "key", "--new", "ann.key")
    assert "a new key: ed25519:" in made.stdout, made.stderr
    said = track(lab, "export iris@1.0.0 --to iris.tbz --key ann.key")
    assert said.headline == "iris@1.0.0 is in iris.tbz"
    bare = in_shell(lab.project / "prod", "import", "../iris.tbz")
    assert bare.returncode == 2
    assert "whom do you trust?" in bare.stderr
    done = in_shell(
        lab.project / "prod", "import", "../iris.tbz", "--trust", "../ann.key.pub", "--json"
    )
    facts = dict(row.values() for row in json.loads(done.stdout))
    assert facts["signed by"].startswith("ed25519:"), done.stderr
    assert facts["comes from"] == "dev, where it was DEVELOPMENT"
    papers = in_shell(
        lab.project / "prod",
        "sql",
        "--json",
        "SELECT name FROM origins WHERE what = 'paper' ORDER BY 1",
    )
    assert [row["name"] for row in json.loads(papers.stdout)] == ["bom.cdx.json", "card.md"]
    assert (
        in_shell(lab.project / "prod", "promote", "iris@1.0.0", "staging").returncode == 0
    )


def test_what_cannot_be_exported_is_said(lab) -> None:
    for line, match in (
        ("export iris@1.0.0 --to iris.tbz", "--key FILE"),
        ("export all runs.csv --key k", "runs are not signed"),
        ("export iris@1.0.0 last --to x.tbz --unsigned", "one version"),
        ("export all", "needs a file"),
        ("export iris@9.9.9 --to x.tbz --unsigned", r"9\.9\.9"),
        ("export iris@1.0.0 --to x.tbz --key nothing", "no key in nothing"),
        ("import nothing.tbz --unsigned", r"no bundle nothing\.tbz"),
    ):
        with pytest.raises(UsageError, match=match):
            track(lab, line)
    assert not (lab.project / "x.tbz").exists()


def test_python_has_them_too(lab) -> None:
    tb.export("iris@1.0.0", file="iris.tbz", unsigned=True)
    with pytest.raises(Misused, match="whom do you trust"):
        tb.import_bundle("iris.tbz")
    assert "is here already" in tb.import_bundle("iris.tbz", unsigned=True).headline
    stops = tb.route("iris@1.0.0").table().dicts()
    assert [one["how"] for one in stops] == ["registered", "sent from dev"]
