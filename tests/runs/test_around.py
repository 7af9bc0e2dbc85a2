"""What was around a run, and files to build it."""

from __future__ import annotations

import subprocess

import pytest

from trackbook.errors import NotFound
from trackbook.records import Environment, Lock
from trackbook.runs import around


def test_a_run_knows_its_packages_and_everything_installed(project) -> None:
    run = project.run()
    lock = Lock(digest="l", packages=["a==1", "b==2"], origins=["", "-e file:///b"])
    project.journal.put(lock)
    project.journal.put(Environment(digest="e", packages=["b==2"], lock="l"), run)
    found = around(project.store, project.found(run))
    assert found.requirements().splitlines()[-1] == "-e file:///b"
    assert found.requirements(full=True).splitlines()[-2:] == ["a==1", "-e file:///b"]
    assert found.python == "3.12"


def test_a_run_of_an_older_trackbook_has_its_packages_and_no_lock(project) -> None:
    run = project.run(packages=["a==1"])
    found = around(project.store, project.found(run))
    assert found.requirements().splitlines()[-1] == "a==1"
    with pytest.raises(NotFound, match="leave out --full"):
        found.requirements(full=True)


def test_a_run_that_is_not_over_has_no_environment_yet(project) -> None:
    run = project.run(status="RUNNING")
    with pytest.raises(NotFound, match="written when a run ends"):
        around(project.store, project.found(run))


def test_what_is_installed_is_written_once_for_many_runs(sheet) -> None:
    for name in "abc":
        sheet.ok(f"%%track {name}\nx = 1")
    counts = sheet.sql('SELECT (SELECT count(*) FROM "lock"), count(*) FROM environment')
    assert counts == [(1, 3)]
    assert "ipython==" in around(sheet.book.store, sheet.runs()[0]).requirements()


def test_machine_work_tree_and_own_modules_are_around_a_run(sheet) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    (sheet.project / "mine_of_test.py").write_text("rate = 1\napi_key = 'hunter2hunter2'\n")
    for words in (
        ["init", "-qb", "main"],
        ["add", "mine_of_test.py"],
        ["commit", "-qm", "1"],
    ):
        subprocess.run([*git, *words], cwd=sheet.project, check=True)
    changed = "rate = 2\npassword = 'hunter2hunter2'\n"
    (sheet.project / "mine_of_test.py").write_text(changed)
    sheet.ok("import sys; sys.path.insert(0, '')", "%%track a\nimport mine_of_test")
    found = around(sheet.book.store, sheet.runs()[0])
    assert found.machine.cpus_usable > 0
    assert (found.checkout.branch, found.checkout.dirty) == ("main", True)
    assert "+rate = 2" in found.checkout.diff
    assert [module.name for module in found.modules if "of_test" in module.name] == [
        "mine_of_test"
    ]
    assert "hunter2" not in found.checkout.diff + found.modules[0].source


def test_environments_and_modules_can_be_asked_in_sql(sheet) -> None:
    (sheet.project / "mine_of_sql.py").write_text("rate = 1\n")
    sheet.ok("import sys; sys.path.insert(0, '')", "%%track a\nimport mine_of_sql")
    asked = (
        "SELECT len(installed) > len(packages), branch, cpus_usable > 0 FROM environments"
    )
    assert sheet.sql(asked) == [(True, None, True)]
    asked = "SELECT source FROM modules WHERE name = 'mine_of_sql'"
    assert sheet.sql(asked) == [("rate = 1\n",)]
