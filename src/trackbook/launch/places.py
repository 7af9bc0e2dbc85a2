"""The Python in which a target is executed: this one, or one with what its project asks for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.capture import LAUNCH
from trackbook.errors import Misused, NotFound
from trackbook.launch.conda import of_conda
from trackbook.launch.projects import loaded
from trackbook.reproduce import (
    NotBuilt,
    made_once,
    own_package,
    python_like,
    requires_of_own,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trackbook.launch.projects import Project

INCLUDED = re.compile(r"^\s*(?:-r|--requirement|-c|--constraint)[ =]\s*(\S+)", re.MULTILINE)
DEEPEST = 8
OURS = {LAUNCH, "TRACKBOOK_PROJECT", "TRACKBOOK_NOTEBOOK", "TRACKBOOK_CARDS"}
"""Variables that a launched process gets anew; settings it has as we have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the files of a project ask for."""

    lines: list[str]
    """Requirements."""
    python: str = ""
    """A version; empty for this one's."""
    said: str = ""
    """The texts of the files that the lines name."""


def python_for(folder: Path, project: Project | None, *, say: Callable[[str], None]) -> str:
    """Return an interpreter with what a project's files ask for, built where there is none yet.

    The first of these counts: what its MLproject names, python_env.yaml, uv.lock,
    requirements.txt, pyproject.toml, conda.yaml. Beside them stands what trackbook and a kernel
    need. What a conda.yaml asks for is installed by pip, where pip is known to have the same.

    Raises:
        NotFound: there is no such file
        Misused: it asks for docker, which trackbook does not build, or for what only conda has
        NotBuilt: a package cannot be installed
    """
    asked = asked_by(folder, project)
    own = ["ipykernel", *(one for one in requires_of_own() if ";" not in one)]
    wanted = "\n".join([*asked.lines, *own]) + "\n"
    interpreter, version = python_like(asked.python or version_here())
    if asked.python and not version.startswith(asked.python.rstrip(".*")):
        raise NotBuilt(
            f"{folder} asks for Python {asked.python}, and none is here: uv python install"
            f" {asked.python}"
        )
    return made_once(interpreter, version, wanted, "", said=asked.said, say=say)


def version_here() -> str:
    """Return this interpreter's version."""
    return ".".join(map(str, sys.version_info[:3]))


def asked_by(folder: Path, project: Project | None) -> Asked:
    """Return what the first of a project's files asks for."""
    if project is not None:
        if project.docker_env:
            refuse_docker(project.file or project.folder)
        if project.python_env is not None:
            return of_python_env(named(folder, "python_env", project.python_env))
        if project.conda_env is not None:
            return of_conda_env(named(folder, "conda_env", project.conda_env))
    for name, read in READERS.items():
        if (folder / name).is_file():
            return read(folder / name)
    raise NotFound(
        f"{folder} says nothing of an environment: it has no python_env.yaml, uv.lock,"
        " requirements.txt, pyproject.toml or conda.yaml; leave --env out to use this one"
    )


def refuse_docker(file: Path) -> None:
    """Say that an environment is one of docker's, and what to do about it."""
    here = "" if shutil.which("docker") else ", and docker is not installed here"
    raise Misused(
        f"{file} asks for docker{here}: trackbook builds environments with uv or venv only."
        " Make it with docker, start trackbook inside, and leave --env out"
    )


def named(folder: Path, key: str, name: str) -> Path:
    """Return a file that a project names, inside its folder."""
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise NotFound(f"{key} names {name[:200]!r}, which is no file of {folder}")
    return file


def of_python_env(file: Path) -> Asked:
    """Return what a python_env.yaml asks for: python, build_dependencies, dependencies."""
    said = loaded(file)
    lines: list[str] = []
    for key in ("build_dependencies", "dependencies"):
        listed = said.get(key) or []
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise Misused(f"{file}: {key} is no list of requirements")
        lines += listed
    return of_lines(lines, file.parent, python=str(said.get("python") or ""))


def of_conda_env(file: Path) -> Asked:
    """Return what a conda.yaml asks for."""
    lines, python = of_conda(file)
    return of_lines(lines, file.parent, python=python)


def of_lines(lines: Sequence[str], folder: Path, *, python: str = "") -> Asked:
    """Return requirements, those that name files with the whole paths of these."""
    found: list[str] = []
    said: list[str] = []
    for line in lines:
        match = INCLUDED.match(line)
        if match is None:
            found.append(line)
            continue
        file = folder / match[1]
        said += texts_of(file)
        found.append(f"{line[: match.start(1)]}{file.resolve()}")
    return Asked(lines=found, python=python, said="\n".join(said))


def texts_of(file: Path, depth: int = 0) -> Iterator[str]:
    """Yield the text of a file of requirements, and those of the files that it names."""
    if depth > DEEPEST:
        raise Misused(f"{file}: files of requirements name each other without an end")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"cannot read {str(file)!r}: {error}") from None
    yield text
    for name in INCLUDED.findall(text):
        yield from texts_of(file.parent / name, depth + 1)


def of_pyproject(file: Path) -> Asked:
    """Return what `[project]` of a pyproject.toml asks for; the project itself is its folder."""
    try:
        said: Any = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        lines = [str(one) for one in said.get("dependencies", [])]
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        AttributeError,
        TypeError,
    ) as error:
        raise Misused(f"cannot read {file}: {error}") from None
    return Asked(lines=lines)


def of_lock(file: Path) -> Asked:
    """Return what a uv.lock pins, as uv exports it."""
    uv = shutil.which("uv")
    if uv is None:
        raise Misused(f"{file} needs uv to be read: pip install uv")
    asked = [uv, "export", "--frozen", "--no-emit-project", "--no-hashes", "--no-header"]
    done = subprocess.run(  # noqa: S603  # our own words
        asked, cwd=file.parent, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["?"]
        raise Misused(f"cannot read {file}: {lines[-1].strip()[:300]}")
    return Asked(lines=done.stdout.splitlines())


READERS: dict[str, Callable[[Path], Asked]] = {
    "python_env.yaml": of_python_env,
    "uv.lock": of_lock,
    "requirements.txt": lambda file: of_lines([f"-r {file.name}"], file.parent),
    "pyproject.toml": of_pyproject,
    "conda.yaml": of_conda_env,
}
"""How each file is read; the first that is there counts."""


def with_own_package(env: dict[str, str], folder: Path) -> dict[str, str]:
    """Return variables with which another Python finds trackbook as it is here."""
    return env | {"PYTHONPATH": own_package(folder / "own")}


def environ_with(python: str) -> dict[str, str]:
    """Return variables for a process in which `python` is a certain one."""
    env = {k: v for k, v in os.environ.items() if k not in OURS}
    front = str(Path(python).parent)
    if python != sys.executable:
        env = {k: v for k, v in env.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        env["VIRTUAL_ENV"] = str(Path(front).parent)
    return env | {"PATH": os.pathsep.join([front, env.get("PATH", os.defpath)])}
