"""A template is data: a folder with `template.toml`, and the files that it names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trackbook.artifacts import inside
from trackbook.errors import Damaged, NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "template.toml"
FILES = "files"
VERSION = 1
LARGEST = 20_000_000
"""Bytes of all files of a template."""
KEPT_PARTS = (".trackbook", ".git")
"""Folders in which no template has anything to put."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `template.toml` says."""

    version: int
    says: str
    """In one sentence what it makes."""
    files: list[str]
    """Paths below `files/`, the same as in the project."""
    fill: list[str] = []
    """Those in which {{project}} becomes the project's name."""
    opens: str = ""
    """The notebook to begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a project can begin with."""

    name: str
    says: str
    files: Mapping[str, bytes]
    """Contents by path in the project."""
    fill: frozenset[str]
    opens: str


def read_template(name: str, folder: Path) -> Template:
    """Return a template from its folder; every path in it is looked at first.

    Raises:
        Damaged: it is no template, or would put something outside of a project
    """
    try:
        manifest = manifest_in(folder)
        files = {path: content_of(folder / FILES, path) for path in manifest.files}
        must_fit(manifest, files)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, Refused) as error:
        raise Damaged(f"template {name!r} in {folder}: {error}") from error
    except msgspec.ValidationError as error:
        said = str(error)[:1].lower() + str(error)[1:]
        raise Damaged(f"template {name!r} in {folder / MANIFEST}: {said}") from error
    return Template(
        name=name,
        says=manifest.says,
        files=files,
        fill=frozenset(manifest.fill),
        opens=manifest.opens,
    )


def manifest_in(folder: Path) -> Manifest:
    """Return what a template's folder says of it."""
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    found = msgspec.convert(tomllib.loads(text), Manifest)
    if found.version != VERSION:
        raise Refused(f"version is {found.version}: this trackbook reads version {VERSION}")
    return found


def content_of(files: Path, path: str) -> bytes:
    """Return the content of one of a template's files, which must be its own."""
    if not is_inside(path):
        raise Refused(f"{path!r} is no path for a template's file")
    file = (files / path).resolve()
    if not file.is_relative_to(files.resolve()):
        raise Refused(f"{path!r} leads out of the template")
    if file.stat().st_size > LARGEST:
        raise Refused(f"{path!r} is larger than {LARGEST} bytes")
    return file.read_bytes()


def is_inside(path: str) -> bool:
    """Tell whether a path leads into the project, and not into what others keep there."""
    try:
        plain = inside(path) == path
    except Refused:
        return False
    return plain and path.partition("/")[0].casefold() not in KEPT_PARTS


def must_fit(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Refuse a manifest that names what is not there, or one thing twice."""
    if len({path.casefold() for path in manifest.files}) < len(manifest.files):
        raise Refused("a file is named twice")
    if sum(map(len, files.values())) > LARGEST:
        raise Refused(f"it is larger than {LARGEST} bytes")
    for path in filter(None, (*manifest.fill, manifest.opens)):
        if path not in files:
            raise Refused(str(NotFound.named("file", path, known=files)))
