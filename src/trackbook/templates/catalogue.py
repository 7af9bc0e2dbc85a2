"""Every template by its name: trackbook's own, and those that packages bring along."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import Damaged, NotFound
from trackbook.plugins import plug_ins
from trackbook.templates.manifest import Template, read_template

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import EntryPoint

GROUP = "trackbook.templates"
"""The group of entry points under which a package offers templates: `NAME = package.folder`."""
OWN = ("experiments",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A template as a list shows it."""

    name: str
    says: str
    """What it makes; or what is wrong with it."""
    source: str
    count: int
    """Files in it; none where something is wrong with it."""


def offered() -> list[Offered]:
    """Return every template that there is; one that is broken says so."""
    return [one_offered(name) for name in sources()]


def one_offered(name: str) -> Offered:
    """Return a template as a list shows it."""
    source = sources()[name]
    try:
        found = template_named(name)
    except Damaged as error:
        return Offered(name=name, says=str(error), source=source, count=0)
    return Offered(name=name, says=found.says, source=source, count=len(found.files))


def template_named(name: str) -> Template:
    """Return a template by its name; nothing of a package that brings one is executed.

    Raises:
        NotFound: there is none of that name
        Damaged: it is no template, or would put something outside of a project
    """
    if name in OWN:
        return read_template(name, Path(__file__).parent / name)
    known = brought_along()
    if name not in known:
        see = "trackbook init --list"
        raise NotFound.named("template", name, known=sources(), see=see)
    return read_template(name, folder_of(known[name]))


def sources() -> Mapping[str, str]:
    """Return where every template comes from, by its name."""
    own = dict.fromkeys(OWN, "trackbook")
    return {name: point.value for name, point in brought_along().items()} | own


def brought_along() -> dict[str, EntryPoint]:
    """Return the templates that installed packages offer; nothing is imported."""
    return {point.name: point for point in plug_ins(GROUP)}


def folder_of(point: EntryPoint) -> Path:
    """Return the folder that an entry point names, without importing its package."""
    package, *below = f"{point.module}.{point.attr or ''}".strip(".").split(".")
    try:
        found = find_spec(package)
    except (ImportError, ValueError):
        found = None
    places = list(found.submodule_search_locations or ()) if found is not None else []
    if not places:
        raise Damaged(f"template {point.name!r}: there is no package {package!r}")
    return Path(places[0]).joinpath(*below)
