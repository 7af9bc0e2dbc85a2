"""`trackbook init`: a project from a template."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.doors.said import Said
from trackbook.errors import Misused, NotFound
from trackbook.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from trackbook.templates import Planned, Template

DEFAULT = "experiments"
HOW = "trackbook init --template [NAME] [FOLDER]; --list shows the templates"
ALIKE = 0.75


def init(
    book: None,  # noqa: ARG001  every verb's first
    name: str = "",
    folder: str = "",
    *,
    template: bool = False,
    list: bool = False,  # noqa: A002  the word that is typed
    dry_run: bool = False,
    json: bool = False,  # noqa: ARG001  the shell's own; a table either way
) -> Said | Table:
    """Begin a project from a template: folders, a contract, gates, a first notebook.

    Args:
        name: the template; experiments when left out
        folder: where the project goes, made if it is not there; the folder here when left out
        template: make what a template says; nothing that is there is overwritten
        list: only list the templates that there are
        dry_run: only say what would be made
        json: print it as JSON only
    """
    from trackbook.templates import make, planned, project_name, template_named

    if list:
        return listed()
    if not template:
        raise Misused(f"init makes a project from a template: {HOW}")
    chosen, where = meant(name, folder)
    found = template_named(chosen)
    place = Path(where).expanduser()
    plan = planned(found, place, project_name(place), also=[".trackbook"])
    if not dry_run:
        make(plan, place)
    return told(found, plan, place, is_dry=dry_run)


def listed() -> Table:
    """Return the templates that there are."""
    from trackbook.templates import offered

    rows = [(one.name, one.says, one.count, one.source) for one in offered()]
    return Table(["template", "makes", "files", "from"], rows, note=HOW)


def meant(name: str, folder: str) -> tuple[str, str]:
    """Return the template and the folder that one or two words mean.

    A single word is a template where one is called so, and a folder otherwise, unless it is a
    slip of the finger.
    """
    from trackbook.templates import offered

    known = {one.name for one in offered()}
    if folder or not name or name in known:
        return name or DEFAULT, folder or "."
    if looks_like(name, known):
        raise NotFound.named("template", name, known=known, see="trackbook init --list")
    return DEFAULT, name


def looks_like(word: str, known: Collection[str]) -> bool:
    """Tell whether a word is a template's name with a slip in it, and no folder."""
    near = get_close_matches(word, list(known), n=1, cutoff=ALIKE)
    return bool(near) and "/" not in word and not Path(word).is_dir()


def told(template: Template, plan: list[Planned], place: Path, *, is_dry: bool) -> Said:
    """Return what was made, or would be."""
    verb = "would be made" if is_dry else "made"
    rows = [
        (
            f"{one.path}/" if one.what == "folder" else one.path,
            "is there" if one.is_there else verb,
        )
        for one in plan
    ]
    opens = f"; begin with {place / template.opens}" if template.opens else ""
    headline = f"template {template.name} in {place}: {len(rows)} things {verb}{opens}"
    return Said(headline, ["path", "now"], rows)
