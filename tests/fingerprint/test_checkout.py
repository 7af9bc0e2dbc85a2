"""The work tree of a run, from real repositories, the hostile ones as well."""

from __future__ import annotations

import subprocess

import pytest

from trackbook.fingerprint import checkout


def git(folder, *words):
    quiet = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *quiet, *words], cwd=folder, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("rate = 1\n")
    (folder / "book.ipynb").write_text("{}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    return folder


def test_a_clean_tree_has_commit_branch_and_remote_without_a_login(tree) -> None:
    git(tree, "remote", "add", "origin", "https://ann:s3cret@example.org/a.git")
    found = checkout(str(tree))
    assert found.git_commit == git(tree, "rev-parse", "HEAD")
    assert (found.branch, found.changed, found.diff) == ("main", [], "")
    assert found.remote == "https://example.org/a.git"


def test_what_differs_is_in_the_diff_and_notebooks_only_by_name(tree) -> None:
    (tree / "train.py").write_text("rate = 2\n")
    (tree / "book.ipynb").write_text('{"outputs": "secret"}\n')
    (tree / "new file.py").write_text("")
    (tree / "data.csv").write_text("")
    below = tree / "deep"
    below.mkdir()
    found = checkout(str(below))
    assert found.changed == ["book.ipynb", "train.py"]
    assert found.untracked == ["new file.py"]
    assert "-rate = 1\n+rate = 2" in found.diff
    assert "secret" not in found.diff


def test_a_detached_head_and_an_empty_repository_have_no_branch_or_commit(tree) -> None:
    git(tree, "checkout", "-q", "--detach")
    assert checkout(str(tree)).branch is None
    fresh = tree / "fresh"
    fresh.mkdir()
    git(fresh, "init", "-q", "-b", "main")
    found = checkout(str(fresh))
    assert (found.git_commit, found.branch) == (None, "main")


def test_outside_a_repository_there_is_none(tmp_path) -> None:
    assert checkout(str(tmp_path)) is None
    assert checkout(str(tmp_path / "gone")) is None


def test_a_long_diff_is_cut_and_says_so(tree) -> None:
    (tree / "train.py").write_text("x = 1\n" * 100_000)
    found = checkout(str(tree))
    assert found.diff_is_cut
    assert len(found.diff) == 200_000


HOSTILE = {
    "fsmonitor": ["core.fsmonitor"],
    "diff": ["diff.external", "diff.evil.command", "diff.evil.textconv"],
    "filter": ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process"],
    "filter with an equals sign": ["filter.e=vil.clean", "filter.e=vil.process"],
    "pager": ["core.pager", "pager.diff", "pager.status"],
    "ssh": ["core.sshCommand", "core.askPass", "core.editor", "credential.helper"],
    "alias": ["alias.status", "alias.diff", "alias.config"],
}


@pytest.mark.parametrize("which", HOSTILE)
def test_a_repository_starts_no_program_that_it_names(tree, tmp_path, which) -> None:
    trace, script = tmp_path / "trace", tmp_path / "evil"
    script.write_text(f"#!/bin/sh\necho x >> {trace}\ncat\n")
    script.chmod(0o755)
    driver = "e=vil" if "equals" in which else "evil"
    if "equals" in which:
        driver = "e=vil"
    (tree / ".gitattributes").write_text(f"*.py filter={driver} diff={driver}\n")
    (tree / "train.py").write_text("rate = 3\n")
    for name in HOSTILE[which]:
        value = f"!{script}" if name.startswith("alias") else str(script)
        git(tree, "config", name, value)
    for hook in ("post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (tree / ".git" / "hooks" / hook).write_text(script.read_text())
        (tree / ".git" / "hooks" / hook).chmod(0o755)
    trace.unlink(missing_ok=True)
    found = checkout(str(tree))
    assert not trace.exists()
    assert "+rate = 3" in found.diff


def test_a_missing_object_is_not_fetched_by_a_program(tree, tmp_path) -> None:
    trace = tmp_path / "trace"
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::sh -c 'touch {trace}'",
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": f"touch {trace};",
        "protocol.ext.allow": "always",
    }
    for name, value in settings.items():
        git(tree, "config", name, value)
    blob = git(tree, "rev-parse", "HEAD:train.py")
    (tree / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (tree / "train.py").write_text("rate = 3\n")
    assert checkout(str(tree)) is None
    assert not trace.exists()
