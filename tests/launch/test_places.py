"""Environments built from the files of a project."""

from __future__ import annotations

import json
import sys

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch import reproduce_program, run
from trackbook.launch.places import asked_by, environ_with
from trackbook.launch.projects import read_project
from trackbook.runs import search
from trackbook.store import Store


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
        ("conda_env: strange.yaml", "asks conda for cudatoolkit, of which trackbook does"),
        ("conda_env: odd.yaml", "is no package that conda knows"),
        (
            "conda_env: ../out.yaml",
            r"conda_env names '\.\./out\.yaml', which is no file of",
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
    (home / "strange.yaml").write_text("dependencies: [python=3.11, numpy, cudatoolkit=11]")
    (home / "odd.yaml").write_text("dependencies: ['--index-url=http://127.0.0.1']")
    (home / "loop.yaml").write_text("dependencies: [-r loop.txt]")
    (home / "loop.txt").write_text("-r loop.txt\n")
    (home / "MLproject").write_text(project)
    with pytest.raises((Misused, NotFound), match=said):
        asked_by(home, read_project(home))


CONDA = """\
name: apples
channels: [defaults]
dependencies:
  - python=3.11
  - pip<=24
  - conda-forge::numpy=1.26
  - scikit-learn==1.5.0
  - pandas=2.2.2=py311h7f8727e_0
  - pytorch >=2,<3
  - scipy
  - pip:
    - six==1.16.0
    - -r more.txt
"""


def test_what_a_conda_file_asks_for_is_asked_of_pip(tmp_path) -> None:
    (tmp_path / "conda.yaml").write_text(CONDA)
    (tmp_path / "more.txt").write_text("attrs\n")
    (tmp_path / "MLproject").write_text("conda_env: conda.yaml")
    found = asked_by(tmp_path, read_project(tmp_path))
    assert found == asked_by(tmp_path, None)
    assert found.python == "3.11"
    assert found.lines == [
        "numpy==1.26.*",
        "scikit-learn==1.5.0",
        "pandas==2.2.2",
        "torch>=2,<3",
        "scipy",
        "six==1.16.0",
        f"-r {tmp_path / 'more.txt'}",
    ]


@pytest.mark.parametrize(
    ("said", "python"),
    [
        ("python", ""),
        ("python>=3.9", ""),
        ("python>=3.99", "3.99"),
        ("python=3.12", "3.12"),
        ("python==3.12.1", "3.12.1"),
        ("python 3.12.*", "3.12"),
    ],
)
def test_a_conda_file_names_its_python(tmp_path, said, python) -> None:
    (tmp_path / "conda.yaml").write_text(f"dependencies: ['{said}']")
    assert asked_by(tmp_path, None).python == python


def test_a_project_runs_in_the_environment_that_it_asks_for(tmp_path, monkeypatch) -> None:
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _name: tmp_path / "cache")
    home = tmp_path / "home"
    home.mkdir()
    (home / "conda.yaml").write_text("dependencies: [pip, pip: ['six==1.16.0']]")
    (home / "MLproject").write_text(
        "name: own\nconda_env: conda.yaml\nentry_points: {main: {command: 'python show.py'}}"
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
    store = Store(tmp_path / ".trackbook")
    (one,) = search(store, "", limit=None)
    (home / "seen.json").unlink()
    (home / "show.py").write_text(
        (home / "show.py").read_text().replace("'major', 1", "'major', 2")
    )
    found = reproduce_program(store, one).found
    assert (found.verdict, found.environment) == ("identical", "its project's own")
    (tmp_path / "cache").rename(tmp_path / "moved")
    with pytest.raises(NotFound, match="in which own-1 ran, is gone: reproduce --env"):
        reproduce_program(store, one)


def test_a_command_finds_its_own_python_first(monkeypatch) -> None:
    monkeypatch.setenv("TRACKBOOK_SECRETS", "pin*")
    monkeypatch.setenv("TRACKBOOK_PROJECT", "/elsewhere")
    env = environ_with("/opt/env/bin/python")
    assert env["PATH"].startswith("/opt/env/bin:")
    assert env["VIRTUAL_ENV"] == "/opt/env" and "PYTHONPATH" not in env
    assert env["TRACKBOOK_SECRETS"] == "pin*" and "TRACKBOOK_PROJECT" not in env


def test_a_lock_is_read_by_uv_or_not_at_all(tmp_path, monkeypatch) -> None:
    (tmp_path / "uv.lock").write_text("version = 1\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misused, match=r"uv\.lock needs uv to be read: pip install uv"):
        asked_by(tmp_path, None)
