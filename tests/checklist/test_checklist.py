"""Every line of the checklist follows from the record, and nothing is done by itself."""

from __future__ import annotations

import subprocess

import pytest
from IPython.core.error import UsageError

CONTRACT = """\
[tags.project]
default = "wine"
[names]
pattern = "{project}/{model_type}/{run}"
[metrics]
required = ["accuracy"]
splits = ["train", "test"]
"""
POLICY = """\
version = 1
[evaluation]
data = "evaluation.csv"
target = "target"
[targets.staging]
require = ["package.intact", "signature.present"]
checks = [
  { check = "perf.vs_baseline", metric = "accuracy" },
]
"""
DATA = """\
import trackbook
from sklearn.datasets import load_wine
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X, y = load_wine(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
X_test.assign(target=y_test).to_csv("evaluation.csv", index=False)
"""
MEASURE = """
train_accuracy = model.score(X_train, y_train)
test_accuracy = model.score(X_test, y_test)
"""
PROGRESS = "losses = [1 - model.score(X_test.head(n), y_test.head(n)) for n in (10, 20)]"
PLAIN = "model = DummyClassifier().fit(X_train, y_train)" + MEASURE
BETTER = (
    "C = 1.0\nmodel = LogisticRegression(C=C, max_iter=5000).fit(X_train, y_train)"
    + MEASURE
)
REGISTER = "--example X_test --description 'sorts wine by its grower'"


def states(sheet, of="last"):
    found = sheet.shell.run_line_magic("track", f"checklist {of}")
    return {row["line"].split(" (")[0]: row for row in found.table()}


def git(folder, *words):
    who = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_a_run_with_nothing_has_no_line_done(project, monkeypatch) -> None:
    from trackbook.book import Book
    from trackbook.checklist import checklist_of

    run_id = project.run("empty", commit=None)
    book = Book(project.folder.parent)
    found = checklist_of(book, run_id)
    assert [line.evidence for _, _, line in found.lines if line.state == "done"] == []
    assert len(found.lines) == 15
    assert not found.is_complete
    assert all(line.next for _, _, line in found.lines)
    book.close()


def test_a_run_taken_all_the_way_has_every_line_done(sheet) -> None:
    folder = sheet.project
    (folder / "trackbook.contract.toml").write_text(CONTRACT)
    (folder / "trackbook.gates.toml").write_text(POLICY)
    (folder / ".gitignore").write_text("*\n!*.toml\n")
    git(folder, "init", "-q")
    git(folder, "add", "*.toml")
    git(folder, "commit", "-qm", "rules")
    sheet.ok(DATA, PLAIN, "%track tag baseline", f"%track register model wine {REGISTER}")
    sheet.ok("%track alias wine@1.0.0 baseline", BETTER + PROGRESS, "%track name")
    sheet.ok(
        "%track note it sorts them nearly all", f"%track register model wine {REGISTER}"
    )
    sheet.ok("%track promote wine@1.1.0 staging --reason better")
    found = sheet.shell.run_line_magic("track", "checklist wine@1.1.0")
    assert [(a, line.state, line.evidence) for _, a, line in found.lines if line.next] == []
    assert found.is_complete
    assert "15 done, 0 not done, 0 cannot be known" in repr(found)
    rows = {row["line"].split(" (")[0]: row["evidence"] for row in found.table()}
    run = sheet.runs()[-1]
    row = sheet.book.models.version("wine@1.1.0")
    ((report,),) = sheet.sql("SELECT report_id FROM gate_reports")
    assert run.git_commit[:12] in rows["Code version control integration"]
    assert report in rows["Model validation and testing"]
    assert report in rows["Performance comparison with baselines"]
    assert "gain" in rows["Performance comparison with baselines"]
    assert row.package_digest[:12] in rows["Artifact storage"]
    assert sheet.runs()[0].run_id in rows["Baseline model establishment"]
    assert states(sheet, run.run_id).keys() == rows.keys()


def test_lines_change_with_the_record(sheet) -> None:
    sheet.ok(DATA, BETTER)
    first = states(sheet)
    assert first["Experiment naming conventions"]["state"] == "not done"
    assert first["Baseline model establishment"]["state"] == "not done"
    assert first["Metric tracking"]["state"] == "not done"
    assert "nothing on val" in first["Metric tracking"]["evidence"]
    assert first["Parameter logging"]["state"] == "done"
    assert first["Artifact storage"]["state"] == "not done"
    (sheet.project / "plot.txt").write_text("a plot")
    sheet.ok("model = None", PLAIN, "%track tag experiment_type=baseline")
    sheet.ok(
        f"{BETTER}trackbook.log_artifact('plot.txt')\nval_accuracy = test_accuracy * 1.0"
    )
    second = states(sheet)
    assert second["Baseline model establishment"]["state"] == "done"
    assert second["Metric tracking"]["state"] == "done"
    assert second["Artifact storage"]["state"] == "done"
    kept = next(sheet.project.glob(".trackbook/artifacts/objects/*/*"))
    kept.chmod(0o600)
    kept.write_text("b plot")
    assert "not what was kept" in states(sheet)["Artifact storage"]["evidence"]


def test_a_metric_whose_name_tells_no_split_cannot_be_known(sheet) -> None:
    sheet.ok(
        DATA, "model = DummyClassifier().fit(X_train, y_train)\nacc = model.score(X, y)"
    )
    line = states(sheet)["Metric tracking"]
    assert (line["state"], line["next"]) == (
        "cannot be known",
        "call it train_acc, or the like",
    )


def test_data_that_were_judged_on_and_trained_on_are_said(sheet) -> None:
    sheet.ok(DATA, "model = DummyClassifier().fit(X_train, y_train)")
    sheet.ok("A = X_train.copy()\nacc = model.score(A, y_train)")
    line = states(sheet)["Data versioning and validation"]
    assert line["state"] == "not done"
    assert "was trained on and judged on" in line["evidence"]


def test_what_is_in_the_trash_is_not_cleaned_up(sheet) -> None:
    sheet.ok(DATA, PLAIN, BETTER, "%track rm last~1")
    line = states(sheet)["Cleanup of temporary resources"]
    assert (line["state"], line["next"]) == (
        "not done",
        "%track gc --dry-run, then %track gc",
    )
    sheet.ok("%track gc")
    assert states(sheet)["Cleanup of temporary resources"]["state"] == "done"


def test_an_open_run_is_not_known_yet(sheet) -> None:
    sheet.ok("%track start trial")
    found = states(sheet)
    assert found["Environment reproducibility"]["state"] == "cannot be known"
    assert "done" not in {row["state"] for row in found.values()}


def test_a_report_under_another_policy_does_not_count(sheet) -> None:
    policy = sheet.project / "trackbook.gates.toml"
    policy.write_text('[targets.staging]\nrequire = ["package.intact"]\n')
    sheet.ok(DATA, BETTER, f"%track register model wine {REGISTER}")
    sheet.ok("%track gate wine@1.0.0 staging")
    assert states(sheet)["Model validation and testing"]["state"] == "done"
    policy.write_text('[targets.staging]\nrequire = ["signature.present"]\n')
    line = states(sheet)["Model validation and testing"]
    assert line["state"] == "not done"
    assert "the policy was changed" in line["evidence"]


def test_hostile_words_are_shown_and_never_run(sheet) -> None:
    evil = "<img src=x onerror=alert(1)>\x1b[31m'\"`"
    sheet.ok(
        f"import trackbook\nwith trackbook.start_run({evil!r}) as r:\n"
        f"    trackbook.log_params({{{evil!r}: {evil!r}}})\n"
        f"    trackbook.log_metric({evil!r}, 1.0)"
    )
    found = sheet.shell.run_line_magic("track", "checklist")
    assert "<img" not in found._repr_html_()
    assert "\x1b" not in repr(found) + found._repr_html_()


def test_what_is_not_there_is_said(sheet) -> None:
    sheet.ok(DATA, PLAIN)
    for reference, says in (("nix", "no run named 'nix'"), ("nix@1.0.0", "nix@1.0.0")):
        with pytest.raises(UsageError, match=says):
            sheet.shell.run_line_magic("track", f"checklist {reference}")
