"""Targets as they were at a revision of their repository."""

from __future__ import annotations

import os
import subprocess

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch import run
from trackbook.launch.revisions import at_revision
from trackbook.store import Store


def git(folder, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *who, *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """Two commits of a script, a tag on the first, a hook, and a change that is not committed."""
    root = tmp_path / "a b"
    (root / "inner").mkdir(parents=True)
    git(root, "init", "-q")
    file = root / "inner" / "train.py"
    for number in (1, 2):
        file.write_text(f"print({number})")
        git(root, "add", "-A")
        git(root, "commit", "-qm", f"{number}")
        if number == 1:
            git(root, "tag", "v1")
    hook = root / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch " + str(tmp_path / "hooked"))
    hook.chmod(0o755)
    file.write_text("print(3)")
    return root


def test_a_target_is_as_it_was_and_the_work_tree_stays(repository, tmp_path) -> None:
    file = repository / "inner" / "train.py"
    before = git(repository, "worktree", "list")
    with at_revision(file, "v1") as place:
        assert place.read_text() == "print(1)"
        assert place.name == "train.py" and not place.is_relative_to(repository)
    assert not place.exists()
    with at_revision(repository / "inner", "HEAD") as place:
        assert (place / "train.py").read_text() == "print(2)"
    with at_revision(file, None) as place:
        assert place == file
    assert file.read_text() == "print(3)"
    assert git(repository, "worktree", "list") == before
    assert not (tmp_path / "hooked").exists()


def test_a_run_of_a_revision_says_which_it_was(repository, tmp_path) -> None:
    file = repository / "say.sh"
    for words in ("first", "second"):
        file.write_text(f'echo "{words} $1" > "{tmp_path}/said"; exit 3')
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", words)
    project = tmp_path / "project"
    done = run(file, {"x": "y z"}, project=project, revision="HEAD~1")
    assert (done.status, done.error, done.exit_code) == ("FAILED", "exit code 3", 3)
    assert (tmp_path / "said").read_text() == "first --x=y z\n"
    store = Store(project / ".trackbook")
    (row,) = store.rows(
        "SELECT target, revision, git_commit, exit_code, target_kind FROM tb.launches"
    ).rows
    ((status, params),) = store.rows("SELECT status, params FROM tb.runs").rows
    store.close()
    commit = git(repository, "rev-parse", "HEAD~1")
    assert row == (str(file), "HEAD~1", commit, 3, "script")
    assert (status, params) == ("FAILED", {"x": "y z"})


def test_what_git_does_not_know_is_said(repository, tmp_path) -> None:
    file = repository / "inner" / "train.py"
    for revision in ("v2", "--help", "-x", "", "main:inner"):
        with pytest.raises(Misused, match="no revision"), at_revision(file, revision):
            pass
    late = repository / "late.py"
    late.touch()
    said = r"no 'late\.py' at revision 'v1'"
    with pytest.raises(NotFound, match=said), at_revision(late, "v1"):
        pass
    assert len(git(repository, "worktree", "list").splitlines()) == 1
    said = "not a git repository"
    with pytest.raises(Misused, match=said), at_revision(tmp_path / "x.py", "HEAD"):
        pass
