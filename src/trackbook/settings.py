"""What the user may set, read once: pyproject.toml, environment, IPython's config."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args, get_type_hints

import msgspec

from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["auto", "manual", "off"]
Cards = Literal["normal", "quiet", "verbose"]
Data = Literal["sketch", "digest", "off"]

FOLDER = ".trackbook"
CONTRACT_FILE = "trackbook.contract.toml"
"""What the project asks of its runs; beside `trackbook.gates.toml`, for it is reviewed and
versioned with the code as that is, and pyproject.toml holds one person's settings."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One project's settings.

    Each can be set in `[tool.trackbook]` of pyproject.toml, as an environment variable
    (`TRACKBOOK_MODE`), or in IPython's config (`c.Trackbook.mode`); the later wins.
    """

    mode: Mode = "auto"
    """What is recorded: auto (runs open by themselves), manual (only in runs you open), off."""
    cards: Cards = "normal"
    """What a cell shows after a run: normal (one card), quiet (nothing), verbose (and why)."""
    stale: bool = True
    """Whether a run's card and page say what speaks against it: edited cells, their order."""
    experiment: str = ""
    """The experiment of new runs; empty for the notebook's name."""
    metrics: tuple[str, ...] = ()
    """Names (with * and ?) that are always captured as metrics."""
    params: tuple[str, ...] = ()
    """Names (with * and ?) that are always captured as params."""
    ignore: tuple[str, ...] = ()
    """Names (with * and ?) that are never captured."""
    secrets: tuple[str, ...] = ()
    """Further name patterns whose values are masked before they are written."""
    data: Data = "sketch"
    """What is kept of data: sketch (fingerprint, what columns hold), digest (fingerprint), off."""
    outputs: bool = True
    """Whether what cells put out is kept: up to 64 KB of text, 256 KB of pictures a cell."""
    resources: bool = True
    """Whether processor, memory, disk and GPU use are sampled while cells execute."""
    collectors: tuple[str, ...] = ()
    """Plug-ins asked for further facts, in this order; with ! in front, not asked; else all."""
    maximize: tuple[str, ...] = ()
    """Metrics of which more is better, where the name alone does not say so."""
    minimize: tuple[str, ...] = ()
    """Metrics of which less is better, where the name alone does not say so."""


def read_settings(
    project: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    config: Mapping[str, object] | None = None,
) -> Settings:
    """Return the settings in force for a project folder."""
    found: dict[str, object] = {}
    found |= from_pyproject(project)
    names = get_type_hints(Settings)
    for name in names:
        text = environ.get(f"TRACKBOOK_{name.upper()}")
        if text is not None:
            found[name] = text
    found |= {k: v for k, v in (config or {}).items() if k in names}
    return checked(found)


def from_pyproject(project: Path) -> dict[str, object]:
    """Return `[tool.trackbook]` of the project's own pyproject.toml, if it has one."""
    file = project / "pyproject.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return {}
    if "tool.trackbook" not in text:
        return {}
    import tomllib

    try:
        section = tomllib.loads(text).get("tool", {}).get("trackbook", {})
    except tomllib.TOMLDecodeError as error:
        raise Misused(f"cannot read [tool.trackbook] in {file}: {error}") from error
    return dict(section)


def checked(found: Mapping[str, object]) -> Settings:
    """Return settings from loose values; texts with commas become lists."""
    hints = get_type_hints(Settings)
    values: dict[str, object] = {}
    for name, value in found.items():
        if name not in hints:
            raise Misused(
                f"no setting named {name!r}: there are {', '.join(sorted(hints))}"
            )
        allowed = get_args(hints[name])
        if isinstance(value, str) and hints[name] is bool:
            value = yes_or_no(name, value)  # noqa: PLW2901
        if isinstance(value, str) and hints[name] not in (str, Mode, Cards, Data):
            value = tuple(part.strip() for part in value.split(",") if part.strip())  # noqa: PLW2901
        if hints[name] in (Mode, Cards, Data) and value not in allowed:
            raise Misused(f"setting {name} is {value!r}: it can be {', '.join(allowed)}")
        values[name] = value
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise Misused(f"a setting has the wrong type: {error}") from error


def yes_or_no(name: str, text: str) -> bool:
    """Return what a word of the environment means."""
    said = WORDS.get(text.strip().lower())
    if said is None:
        raise Misused(f"setting {name} is {text!r}: it can be true, false")
    return said


WORDS = dict.fromkeys(("true", "1", "yes", "on"), True) | dict.fromkeys(
    ("false", "0", "no", "off"), False
)


def project_at(start: Path, *, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that is, or would become, the project for work done in `start`.

    `TRACKBOOK_PROJECT` decides; else the nearest folder above that has a
    `.trackbook/`; else `start` itself.
    """
    named = environ.get("TRACKBOOK_PROJECT")
    if named:
        return Path(named).expanduser().absolute()
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / FOLDER).is_dir():
            return folder
    return start


def existing_project(start: Path, *, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the project folder, refusing to make one: for readers."""
    project = project_at(start, environ=environ)
    if not (project / FOLDER).is_dir():
        raise NotFound(
            f"no trackbook project in {project}: run a notebook with %load_ext trackbook"
            " there, change into a project's folder, or set TRACKBOOK_PROJECT"
        )
    return project
