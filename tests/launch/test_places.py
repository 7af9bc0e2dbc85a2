"""Environments built from the files of a project."""

from __future__ import annotations

import json
import sys

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch import run
from trackbook.launch.places import asked_by, environ_with
from trackbook.launch.projects import read_project


def test_the_first_file_that_says_something_counts(tmp_path) -> None:
    with pytest.raises(NotFound, match="says nothing of an environment"):
        asked_by(tmp_path, None)
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["six>=1"]')
    assert asked_by(tmp_path, None).lines == ["six>=1"]
    (tmp_path / "requirements.txt").write_text("-r more.txt\n")
    (tmp_path / "more.txt").write_text("six==1.16.0\n")
    found = asked_by(tmp_path, None)
    assert found.lines == [f"-r {tmp_path / 'requirements.txt'}"]
    assert "six==1.16.0" in found.said  # what it includes is part of the environment's key
    (tmp_path / "python_env.yaml").write_text(
        "python: '3.11'\nbuild_dependencies: [pip]\ndependencies: [six, -r requirements.txt]"
    )
    found = asked_by(tmp_path, None)
    assert found.python == "3.11"
    assert found.lines == ["pip", "six", f"-r {tmp_path / 'requirements.txt'}"]


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (
            "conda_env: conda.yaml",
            r"conda\.yaml asks for conda, and conda is not installed",
        ),
        ("docker_env: {image: x}", "asks for docker, and docker is not installed here"),
        ("python_env: ../out.yaml", r"names '\.\./out\.yaml', which is no file of"),
        ("python_env: absent.yaml", "which is no file of"),
        ("python_env: bad.yaml", "dependencies is no list of requirements"),
        ("python_env: loop.yaml", "name each other without an end"),
    ],
)
def test_what_cannot_be_built_is_said_before_anything_starts(
    tmp_path, project, said, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "out.yaml").touch()
    (home / "bad.yaml").write_text("dependencies: six")
    (home / "loop.yaml").write_text("dependencies: [-r loop.txt]")
    (home / "loop.txt").write_text("-r loop.txt\n")
    (home / "MLproject").write_text(project)
    with pytest.raises((Misused, NotFound), match=said):
        asked_by(home, read_project(home))


def test_a_project_runs_in_the_environment_that_it_asks_for(tmp_path, monkeypatch) -> None:
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _name: tmp_path / "cache")
    home = tmp_path / "home"
    home.mkdir()
    (home / "python_env.yaml").write_text("dependencies: ['six==1.16.0']")
    (home / "MLproject").write_text(
        "name: own\nentry_points: {main: {command: 'python show.py'}}"
    )
    (home / "show.py").write_text(
        "import json, sys, six, trackbook\ntrackbook.log_metric('major', 1)\n"
        "open('seen.json', 'w').write(json.dumps([sys.prefix, six.__version__]))"
    )
    done = run(home, project=tmp_path, environment="project")
    assert (done.status, done.error) == ("FINISHED", None)
    prefix, version = json.loads((home / "seen.json").read_text())
    assert version == "1.16.0"
    assert prefix.startswith(str(tmp_path / "cache")) and prefix != sys.prefix


def test_a_command_finds_its_own_python_first(monkeypatch) -> None:
    monkeypatch.setenv("TRACKBOOK_SECRETS", "pin*")
    monkeypatch.setenv("TRACKBOOK_PROJECT", "/elsewhere")
    env = environ_with("/opt/env/bin/python")
    assert env["PATH"].startswith("/opt/env/bin:")
    assert env["VIRTUAL_ENV"] == "/opt/env" and "PYTHONPATH" not in env
    assert env["TRACKBOOK_SECRETS"] == "pin*" and "TRACKBOOK_PROJECT" not in env
