"""What can be launched, and what comes of it with params: one plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused, NotFound
from trackbook.launch.commands import command_of
from trackbook.launch.notebooks import parameterized, read_notebook
from trackbook.launch.options import options_in, words_for
from trackbook.launch.params import checked
from trackbook.launch.projects import FILE, entry_of, read_project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.launch.projects import Project
    from trackbook.records import TargetKind

INTERPRETERS = {".py": "python", ".sh": "bash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is going to be executed, and with what."""

    kind: TargetKind
    target: Path
    """The notebook, the script, or the project's folder."""
    file: Path
    """What says what is executed: the notebook, the script, the MLproject."""
    folder: Path
    """Where it works."""
    label: str
    """What runs of it are called, with a number."""
    params: Mapping[str, object]
    experiment: str | None = None
    entry_point: str | None = None
    notebook: Any = None
    """With its injected cell; None where a command is executed."""
    command: Sequence[str] = ()
    env: Mapping[str, str] | None = None
    """Further variables of the command's environment."""
    project: Project | None = None


def plan_of(
    target: Path, given: Mapping[str, object], *, entry: str | None, folder: Path
) -> Plan:
    """Return what is to be executed.

    Args:
        target: a notebook, a script, or the folder of a project
        given: its params
        entry: the entry point of a project, `main` when left out
        folder: where a script works, and from which relative paths count

    Raises:
        NotFound: there is no such file, entry point or param
        Misused: it cannot be executed, or a param is of another type
    """
    if target.is_dir() or target.name == FILE:
        return project_plan(target, given, entry or "main", folder)
    if not target.is_file():
        raise NotFound(f"no notebook, script or project {str(target)!r}: check the path")
    if entry is not None:
        raise Misused(f"{target.name} has no entry points: leave -e out, or name a project")
    if target.suffix == ".ipynb":
        return notebook_plan(target, given, folder)
    if target.suffix in INTERPRETERS:
        return script_plan(target, given, folder)
    raise Misused(
        f"cannot run {target.name!r}: name a notebook (.ipynb), a script (.py, .sh), or the"
        f" folder of a project with an {FILE} file"
    )


def notebook_plan(file: Path, given: Mapping[str, object], folder: Path) -> Plan:
    """Return how a notebook is executed: in its own folder, as Jupyter does."""
    notebook = read_notebook(file)
    values = parameterized(notebook, given, of=file.name, folder=folder)
    return Plan(
        kind="notebook",
        target=file,
        file=file,
        folder=file.parent,
        label=file.stem,
        params=values,
        notebook=notebook,
    )


def script_plan(file: Path, given: Mapping[str, object], folder: Path) -> Plan:
    """Return how a script is executed: its params are command line options."""
    options = options_in(file)
    values = checked(
        options.declared, given, of=file.name, folder=folder, is_open=options.is_open
    )
    return Plan(
        kind="script",
        target=file,
        file=file,
        folder=folder,
        label=file.stem,
        params=values,
        command=[
            INTERPRETERS[file.suffix],
            str(file),
            *words_for(options, {name: values[name] for name in given}),
        ],
    )


def project_plan(
    target: Path, given: Mapping[str, object], entry: str, folder: Path
) -> Plan:
    """Return how an entry point of a project is executed, or a script that stands in it."""
    home = target if target.is_dir() else target.parent
    project = read_project(home)
    label = project.name if entry == "main" else f"{project.name}-{Path(entry).stem}"
    known = project.entry_points.get(entry)
    script = home / entry
    if known is None and script.suffix in INTERPRETERS and script.is_file():
        plan = script_plan(script, given, home)
        values, command, env = plan.params, plan.command, None
    else:
        point = known or entry_of(project, entry)
        of = f"entry point {entry!r} of {project.name}"
        values = checked(point.params, given, of=of, folder=folder)
        command, env = command_of(point.command, values, of=of)
    return Plan(
        kind="entry point",
        target=home,
        file=project.file or script,
        folder=home,
        label=label,
        params=values,
        experiment=project.name,
        entry_point=entry,
        command=command,
        env=env,
        project=project,
    )
