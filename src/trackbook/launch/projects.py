"""An MLproject file: the entry points of a project, their params, and its environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused, NotFound
from trackbook.launch.params import Declared, valued

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "MLproject"
TYPES = ("string", "float", "path", "uri", "int", "bool")
"""MLflow's four, and two of ours."""
ENVIRONMENTS = ("python_env", "conda_env", "docker_env")
LONGEST = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One command of a project, with its params."""

    name: str
    command: str
    params: list[Declared]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder whose MLproject file says what can be run in it."""

    name: str
    folder: Path
    file: Path | None
    """None where there is no MLproject file: then scripts can be run."""
    entry_points: Mapping[str, EntryPoint] = field(default_factory=dict)
    python_env: str | None = None
    conda_env: str | None = None
    docker_env: bool = False


def read_project(folder: Path) -> Project:
    """Return what a project's file says."""
    file = folder / FILE
    if not file.is_file():
        return Project(name=folder.resolve().name or "project", folder=folder, file=None)
    said = loaded(file)
    name = said.get("name") or folder.resolve().name
    points = said.get("entry_points") or {}
    if not isinstance(points, dict):
        raise Misused(f"{file}: entry_points is no mapping of names to commands")
    known = [word for word in ENVIRONMENTS if said.get(word)]
    if len(known) > 1:
        raise Misused(f"{file} names {' and '.join(known)}: it can have one environment")
    return Project(
        name=str(name),
        folder=folder,
        file=file,
        entry_points={str(n): entry_point(file, str(n), p) for n, p in points.items()},
        python_env=text(file, "python_env", said),
        conda_env=text(file, "conda_env", said),
        docker_env=bool(said.get("docker_env")),
    )


def loaded(file: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file."""
    import yaml

    if file.stat().st_size > LONGEST:
        raise Misused(f"{file} is larger than {LONGEST >> 20} MB, which no project file is")
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Misused(f"{file} is no YAML: {' '.join(str(error).split())[:300]}") from None
    if not isinstance(said, dict):
        raise Misused(f"{file} is no mapping: it says name, entry_points, python_env")
    return said


def text(file: Path, key: str, said: Mapping[str, Any]) -> str | None:
    """Return a text in a mapping; None where it is not there."""
    found = said.get(key)
    if found is not None and not isinstance(found, str):
        raise Misused(f"{file}: {key} is no text")
    return found


def entry_point(file: Path, name: str, said: object) -> EntryPoint:
    """Return an entry point as a project's file describes it."""
    if not isinstance(said, dict) or not isinstance(said.get("command"), str):
        raise Misused(f"{file}: entry point {name!r} has no command")
    params = said.get("parameters") or {}
    if not isinstance(params, dict):
        raise Misused(f"{file}: the parameters of {name!r} are no mapping")
    return EntryPoint(
        name=name,
        command=said["command"],
        params=[declared_by(file, str(n), one) for n, one in params.items()],
    )


def declared_by(file: Path, name: str, said: object) -> Declared:
    """Return a param as a project's file describes it: `{type: float, default: 0.1}`, `float`.

    Without a type it is a text, as MLflow has it. One without a default is required.
    """
    described: Mapping[str, Any] = said if isinstance(said, dict) else {"type": said}
    kind = str(described.get("type") or "string")
    if kind not in TYPES:
        raise Misused(f"{file}: param {name!r} is a {kind!r}: it can be {', '.join(TYPES)}")
    default = described.get("default")
    param = Declared(name=name, type=kind, is_required=default is None)
    if default is None:
        return param
    if kind == "string":
        default = str(default)
    if kind != "path":  # that one is looked for when it is used
        default = valued(param, default, file.parent)
    return Declared(name=name, type=kind, default=default)


def entry_of(project: Project, name: str) -> EntryPoint:
    """Return an entry point by its name."""
    if project.file is None:
        raise NotFound(
            f"no {FILE} file in {str(project.folder)!r}: name a notebook, a script, or a"
            f" script of that folder with -e"
        )
    known = project.entry_points
    if name not in known:
        see = f"{project.file} has {', '.join(known) or 'none'}"
        raise NotFound.named("entry point", name, known=known, see=see)
    return known[name]
