"""The world around a run."""

from __future__ import annotations

import subprocess
import sys

from trackbook.fingerprint import commit_of, digest_of, packages_in_use, this_machine


def git(folder, *words):
    quiet = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *quiet, *words], cwd=folder, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def test_the_commit_is_the_one_that_git_says(tmp_path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-qm", "one")
    inner = tmp_path / "deep" / "er"
    inner.mkdir(parents=True)
    head = git(tmp_path, "rev-parse", "HEAD")
    assert commit_of(inner) == head
    git(tmp_path, "pack-refs", "--all")
    assert commit_of(tmp_path) == head
    git(tmp_path, "checkout", "-q", "--detach")
    assert commit_of(tmp_path) == head
    git(tmp_path, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert commit_of(tmp_path / "tree") == head


def test_outside_a_repository_there_is_no_commit(tmp_path) -> None:
    assert commit_of(tmp_path) is None


def test_packages_in_use_are_those_imported_with_their_versions() -> None:
    import duckdb

    found = packages_in_use()
    assert f"duckdb=={duckdb.__version__}" in found
    assert found == sorted(found, key=str.lower)
    assert digest_of(found) == digest_of(reversed(found))


def test_the_machine_knows_its_python() -> None:
    machine = this_machine()
    assert machine.python == ".".join(map(str, sys.version_info[:3]))
    assert machine.host


def test_packages_are_those_that_python_itself_finds() -> None:
    from importlib.metadata import packages_distributions

    import sklearn  # noqa: F401

    from trackbook.fingerprint.packages import owners

    slow = packages_distributions()
    used = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
    # Before 3.12 Python itself does not find compiled modules that stand alone.
    known = [n for n in used if n in slow]
    assert {n: set(owners().get(n, ())) for n in known} == {n: set(slow[n]) for n in known}
