"""What the user may set, and what is said when it cannot be meant."""

from __future__ import annotations

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.settings import existing_project, project_at, read_settings


def test_the_environment_wins_over_pyproject_and_ipython_over_both(tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.trackbook]\nmode = "manual"\nignore = ["a*"]\n'
    )
    assert read_settings(tmp_path, environ={}).mode == "manual"
    assert read_settings(tmp_path, environ={"TRACKBOOK_MODE": "off"}).mode == "off"
    both = read_settings(
        tmp_path, environ={"TRACKBOOK_IGNORE": "b*, c"}, config={"mode": "auto"}
    )
    assert (both.mode, both.ignore) == ("auto", ("b*", "c"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('mode = "loud"', "setting mode is 'loud': it can be auto, manual, off"),
        ("colour = 1", "no setting named 'colour'"),
        ("metrics = 3", "wrong type"),
        ('stale = "maybe"', "setting stale is 'maybe': it can be true, false"),
        ("mode = ", "cannot read"),
    ],
)
def test_a_setting_that_cannot_be_meant_says_so(tmp_path, text, says) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.trackbook]\n{text}\n")
    with pytest.raises(Misused, match=says):
        read_settings(tmp_path, environ={})


@pytest.mark.parametrize(("text", "meant"), [("false", False), ("0", False), ("On", True)])
def test_yes_and_no_can_be_said_in_the_environment(tmp_path, text, meant) -> None:
    assert read_settings(tmp_path, environ={"TRACKBOOK_STALE": text}).stale is meant


def test_the_project_is_the_nearest_folder_that_has_one(tmp_path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert project_at(inner, environ={}) == inner
    (tmp_path / ".trackbook").mkdir()
    assert project_at(inner, environ={}) == tmp_path
    assert project_at(inner, environ={"TRACKBOOK_PROJECT": str(inner)}) == inner
    with pytest.raises(NotFound, match="no trackbook project"):
        existing_project(inner, environ={"TRACKBOOK_PROJECT": str(inner)})
