"""The contract in a notebook: cards, filled tags, lint, names, registering."""

from __future__ import annotations

import subprocess
import sys

import pytest
from IPython.core.error import UsageError

CONTRACT = """\
version = 1
[tags.project]
required = true
values = ["churn", "uplift"]
[tags.model_family]
required = true
auto = "model_family"
[tags.optimization]
required = true
auto = "optimization"
[tags.data_version]
required = true
auto = "data_version"
[names]
pattern = "{project}/{model_type}/{optimization}/{date}"
[metrics]
required = ["accuracy"]
"""
DATA = """\
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from sklearn.model_selection import GridSearchCV
X, y = load_iris(return_X_y=True)
"""
FIT = "tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)"
MEASURE = "accuracy = tree.score(X, y)"


@pytest.fixture
def contract(sheet):
    """Let the project ask something of its runs."""
    file = sheet.project / "trackbook.contract.toml"
    file.write_text(CONTRACT)
    return file


def shown(sheet, line):
    return repr(sheet.shell.run_line_magic("track", line))


def test_the_card_says_what_somebody_has_to_give_and_nothing_else(
    sheet, contract, capsys
) -> None:
    sheet.ok("%track normal", DATA)
    capsys.readouterr()
    sheet.ok(FIT)
    said = [line for line in capsys.readouterr().out.splitlines() if "⚠" in line]
    (run,) = sheet.runs()
    assert said == [
        f"  ⚠ tag `project` is missing: %track tag project=… --run {run.run_id[-8:]}"
    ]
    sheet.ok(MEASURE)
    assert "⚠" not in capsys.readouterr().out  # it is said once


def test_tags_are_filled_from_the_record_when_a_run_ends(sheet, contract) -> None:
    sheet.ok(DATA, FIT, MEASURE)
    (run,) = sheet.runs()
    tags = dict(run.tags)
    assert len(tags.pop("data_version")) == 12
    assert tags == {
        "model_family": "tree_based",
        "optimization": "none",
        "model_type": "DecisionTreeClassifier",
        "date": f"{run.started_at:%Y-%m-%d}",
    }


def test_equal_data_have_equal_versions_whatever_they_are_called(sheet, contract) -> None:
    sheet.ok(DATA, FIT, "A, b = X.copy(), y.copy()", FIT.replace("X, y", "A, b"))
    sheet.ok("A[0, 0] += 1", FIT.replace("X, y", "A, b"))
    first, second, third = (run.tags["data_version"] for run in sheet.runs())
    assert first == second != third


def test_a_search_tells_its_optimization_and_the_model_that_it_searched(
    sheet, contract
) -> None:
    sheet.ok(
        DATA, "s = GridSearchCV(DecisionTreeClassifier(), {'max_depth': [1, 2]}, cv=2)"
    )
    sheet.ok("s.fit(X, y)")
    whole, *parts = sheet.runs()
    assert (whole.tags["optimization"], whole.tags["model_type"]) == (
        "grid",
        "DecisionTreeClassifier",
    )
    assert [dict(part.tags) for part in parts] == [{}, {}]


def test_what_somebody_said_is_not_overwritten(sheet, contract) -> None:
    sheet.ok(DATA, f"{FIT}\n%track tag model_family=mine")
    assert sheet.runs()[0].tags["model_family"] == "mine"


def test_tags_of_every_run_from_here_on(sheet, contract, capsys) -> None:
    sheet.ok("%track tag project=churn owner=ann --every", "%track normal", DATA)
    sheet.ok(FIT, FIT.replace("2", "3"))
    assert "⚠" not in capsys.readouterr().out
    assert [(r.tags["project"], r.tags["owner"]) for r in sheet.runs()] == [
        ("churn", "ann")
    ] * 2
    sheet.ok("%track tag project= --every", FIT)
    assert "project" not in sheet.runs()[-1].tags


def test_the_record_of_what_is_wrong_follows_the_run(sheet, contract) -> None:
    asked = "SELECT code, about FROM breaches ORDER BY 1"
    sheet.ok(DATA, FIT)
    before = sheet.sql(asked)
    sheet.ok(MEASURE, "%track tag project=churn", "%track name")
    assert before == [
        ("metric missing", "accuracy"),
        ("name", ""),
        ("tag missing", "project"),
    ]
    assert sheet.sql(asked) == []
    assert sheet.sql("SELECT len(codes) FROM conformance ORDER BY id")[-1] == (0,)


def test_the_page_of_a_run_says_what_is_wrong_by_now(sheet, contract) -> None:
    sheet.ok(DATA, FIT, "%track tag project=chrun")
    said = shown(sheet, "show")
    assert (
        "⚠ tag `project` is 'chrun', it can be churn, uplift; did you mean 'churn'?" in said
    )
    assert "⚠ metric `accuracy` was not measured" in said
    sheet.ok(MEASURE, "%track tag project=churn", "%track name")
    assert "⚠" not in shown(sheet, "show")


def test_lint_tells_the_command_that_puts_it_right(sheet, contract) -> None:
    sheet.ok(DATA, FIT, MEASURE, "%track tag project=Churn")
    found = sheet.shell.run_line_magic("track", "lint")
    fixes = {row["about"]: row["what_to_do"] for row in found.table()}
    assert fixes["project"].startswith("%track tag project=churn --run ")
    sheet.ok(fixes["project"], "%track name")
    assert sheet.shell.run_line_magic("track", "lint --all").exit_code == 0


def test_a_name_by_the_pattern_gives_its_tags(sheet, contract) -> None:
    sheet.ok(DATA, FIT, MEASURE, "%track name churn/Tree%2Fsmall/none/2026-05-03")
    (run,) = sheet.runs()
    assert run.name == "churn/Tree%2Fsmall/none/2026-05-03"
    assert (run.tags["model_type"], run.tags["date"]) == ("Tree/small", "2026-05-03")
    with pytest.raises(UsageError, match=r"\{project\} of .* is 'chur', it can be churn"):
        sheet.shell.run_line_magic("track", "name chur/x/none/2026-05-03")


def test_a_run_opened_under_such_a_name_is_tagged_by_it(sheet, contract) -> None:
    name = "uplift/Tree/none/2026-05-03"
    sheet.ok(DATA, f"import trackbook\nwith trackbook.start_run({name!r}):\n  {FIT}")
    assert sheet.runs()[0].tags["project"] == "uplift"


def test_an_enforced_contract_lets_no_model_in_until_the_run_is_mended(
    sheet, contract
) -> None:
    contract.write_text('mode = "enforce"\n' + CONTRACT)
    sheet.ok(DATA, FIT, MEASURE)
    with pytest.raises(
        UsageError, match=r"is enforced: tag `project` is missing: %track tag"
    ):
        sheet.shell.run_line_magic("track", "register tree iris")
    assert not list(sheet.project.glob(".trackbook/packages/*"))
    sheet.ok("%track tag project=churn", "%track name", "%track register tree iris")
    sheet.ok(f"%%track skip\n{FIT.replace('tree =', 'alone =')}")
    with pytest.raises(UsageError, match="the run that made the model is not known"):
        sheet.shell.run_line_magic("track", "register alone iris")


def test_a_contract_that_cannot_be_meant_is_said_once_and_stops_nothing(
    sheet, contract, capsys
) -> None:
    contract.write_text("[tags.project]\nrequierd = true")
    sheet.ok(DATA, FIT, MEASURE, "1", "2")
    said = capsys.readouterr().err
    assert said.count("no key named 'requierd': did you mean 'required'?") == 1
    assert sheet.book.recorder.faults == []
    with pytest.raises(UsageError, match="requierd"):
        sheet.shell.run_line_magic("track", "lint")


def test_without_a_contract_nothing_is_looked_at_or_written(sheet) -> None:
    sheet.ok(DATA, FIT, MEASURE)
    assert dict(sheet.runs()[0].tags) == {}
    assert sheet.sql("FROM conformance") == []
    with pytest.raises(UsageError, match="trackbook init --template"):
        sheet.shell.run_line_magic("track", "lint")


def test_hostile_tags_and_names_are_shown_and_never_run(sheet, contract) -> None:
    evil = "<script>alert(1)</script>\"'`$(touch /tmp/x)\x1b[31m"
    sheet.ok(DATA, FIT, f"import trackbook\ntrackbook.tag({'project=' + evil!r})")
    found = sheet.shell.run_line_magic("track", "lint")
    assert "<script>" not in found._repr_html_()
    assert "\x1b" not in repr(found)
    sheet.ok(f"trackbook.tag({'project=' + 'x' * 10_000!r})")
    assert "has 10000 characters, 1000 go" in repr(
        sheet.shell.run_line_magic("track", "lint")
    )


def test_python_asks_the_same(sheet, contract) -> None:
    import trackbook

    sheet.ok(DATA, FIT)
    assert trackbook.lint().exit_code == 1
    assert len(trackbook.checklist().lines) == 15


def test_the_shells_exit_code_says_whether_something_is_wrong(sheet, contract) -> None:
    sheet.ok(DATA, FIT, MEASURE)
    sheet.book.settle()

    def asked(*words):
        code = (
            "import sys; from trackbook.doors.cli import main; sys.exit(main(sys.argv[1:]))"
        )
        argv = [sys.executable, "-c", code, *words]
        return subprocess.run(argv, capture_output=True, text=True, check=False)

    wrong = asked("lint", "--all")
    assert (wrong.returncode, "trackbook tag project=" in wrong.stdout) == (1, True)
    assert asked("tag", "project=churn").returncode == 0
    assert asked("name").returncode == 0
    right = asked("lint", "--json")
    assert (right.returncode, right.stdout.strip()) == (0, "[]")


def test_the_status_says_that_there_is_a_contract(sheet, contract) -> None:
    sheet.ok("%track tag owner=ann --every")
    said = shown(sheet, "status")
    assert "trackbook.contract.toml, warn (%track lint)" in said
    assert "owner=ann" in said


def test_the_sidebar_shows_what_is_missing(sheet, contract) -> None:
    from trackbook.doors.lab.detail import detail_of

    sheet.ok(DATA, FIT)
    (run,) = sheet.runs()
    assert any(
        "tag `project` is missing" in one
        for one in detail_of(sheet.book, run.run_id).doubts
    )


def test_lint_takes_a_filter_fills_what_can_be_known_and_leaves_parts_out(
    sheet, contract
) -> None:
    contract.unlink()
    sheet.ok(
        DATA,
        "for depth in (1, 2):\n    tree = DecisionTreeClassifier(max_depth=depth).fit(X, y)",
    )
    contract.write_text(CONTRACT)
    found = sheet.shell.run_line_magic("track", "lint --all --fill")
    assert [run.relation for run, _ in found.found] == [None]
    codes = [row["code"] for row in found.table()]
    assert codes == ["tag missing", "name", "metric missing"]
    assert sheet.runs("status = FINISHED and name like 'group%'")[0].tags["model_type"]
    few = sheet.shell.run_line_magic("track", "lint 'params.max_depth = 2'")
    assert len(few.found) == 1
