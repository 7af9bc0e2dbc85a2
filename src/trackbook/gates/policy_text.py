"""From a policy's text, or from Python, to a policy; whatever cannot be meant is said first."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused, NotFound, TrackbookError
from trackbook.gates.own import named
from trackbook.gates.policy import Policy
from trackbook.gates.policy_yaml import document_of
from trackbook.gates.targets import evaluation_of, targets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

POLICY_FILE = "trackbook.gates.toml"
YAML_FILES = ("trackbook.gates.yaml", "trackbook.gates.yml")
LARGEST = 1_000_000
KEYS = ("version", "groups", "evaluation", "targets")
VERSION = 1


def read_policy(project: Path) -> Policy:
    """Return the gates of a project: its `trackbook.gates.toml` or `.yaml`, or the built-in ones.

    Raises:
        Misused: the file cannot be read, or something in it cannot be meant
    """
    there = [
        file
        for name in (POLICY_FILE, *YAML_FILES)
        if os.path.lexists(file := project / name)
    ]
    if not there:
        return built_in(project)
    if len(there) > 1:
        names = " and ".join(file.name for file in there)
        raise Misused(
            f"{project} has {names}: keep one, so that nobody reads the wrong one"
        )
    return policy_of(text_of(there[0]), source=str(there[0]), folder=project)


def text_of(file: Path) -> str:
    """Return what a policy's file says."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise Misused(f"cannot read {file}: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise Misused(f"{file} is larger than {LARGEST} bytes, so it is no policy")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misused(
            f"{file} is not UTF-8 at byte {error.start}: save it as UTF-8"
        ) from None


def file_called(text: str) -> str:
    """Return the name of the file in which a policy's text stands, where it stands in one."""
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return YAML_FILES[0]
    return POLICY_FILE


def built_in(folder: Path | None = None) -> Policy:
    """Return the gates of a project that declares none."""
    text = files("trackbook.gates").joinpath("built_in.toml").read_text(encoding="utf-8")
    return policy_of(text, source="built-in", folder=folder)


def policy_of(text: str, *, source: str, folder: Path | None = None) -> Policy:
    """Return a policy from its text in TOML, or in YAML if its file is called so."""
    plain = text.removeprefix("\ufeff")
    if source.endswith(YAML_FILES):
        return from_document(document_of(plain, source), text, source, folder)
    try:
        document = tomllib.loads(plain)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misused(
            f"cannot read {source}: {error or 'it is nested too deeply'}"
        ) from error
    return from_document(document, text, source, folder)


def from_document(
    document: Mapping[str, Any], text: str, source: str, folder: Path | None
) -> Policy:
    """Return a policy from the tables that its text makes."""
    try:
        for key in document:
            if key not in KEYS:
                raise NotFound.named("key", key, known=KEYS)
        if document.get("version", VERSION) != VERSION:
            raise Misused(
                f"version is {document['version']!r}: this trackbook reads version {VERSION}"
            )
        targets = targets_of(
            document.get("targets", {}),
            document.get("groups", {}),
            document.get("evaluation"),
        )
    except TrackbookError as error:
        raise Misused(f"{source}: {error}") from error
    rows = document.get("evaluation")
    return Policy(
        targets=targets,
        text=text,
        source=source,
        folder=folder,
        evaluation=None if rows is None else evaluation_of(rows),
    )


@dataclass(frozen=True, slots=True)
class Gate:
    """The checks before a target, declared in Python: what a table `[targets.NAME]` says."""

    name: str
    checks: Sequence[str | Mapping[str, object]] = ()
    """Names, or what `ask` returns."""
    extends: str = ""
    description: str = ""
    approvals: Mapping[str, object] = field(default_factory=dict)
    on_error: str | Mapping[str, str] = ""
    on_skip: str | Mapping[str, str] = ""
    holm: bool = True
    waivers: Sequence[Mapping[str, str]] = ()
    """What need not be passed for a time: of each its check, by, reason, until."""

    def table(self) -> dict[str, object]:
        """Return the table that says the same."""
        table: dict[str, object] = {
            "extends": self.extends,
            "description": self.description,
            "checks": [one if isinstance(one, str) else dict(one) for one in self.checks],
            "approvals": dict(self.approvals),
            "on_error": self.on_error,
            "on_skip": self.on_skip,
            "waivers": [dict(one) for one in self.waivers],
        }
        kept = {key: value for key, value in table.items() if value}
        return kept if self.holm else kept | {"holm": False}


def ask(check: str | Callable[..., object], **keys: object) -> dict[str, object]:
    """Return one check with its keys: `ask("perf.threshold", metric="f1", min=0.8)`.

    Raises:
        Misused: a function is given that is no check, or that no other process can find
    """
    name = check if isinstance(check, str) else named(check)
    return {"check": name, **{key.rstrip("_"): value for key, value in keys.items()}}


def gates(
    *declared: Gate,
    groups: Mapping[str, Sequence[str]] | None = None,
    evaluation: Mapping[str, object] | None = None,
    folder: Path | None = None,
) -> Policy:
    """Return a policy declared in Python; it is checked as a file is.

    Raises:
        Misused: something in it cannot be meant
    """
    names = [gate.name for gate in declared]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise Misused(f"gate {twice[0]!r} is declared twice: give each target one")
    document: dict[str, Any] = {
        "version": VERSION,
        "groups": {name: list(people) for name, people in (groups or {}).items()},
        "targets": {gate.name: gate.table() for gate in declared},
    }
    if evaluation is not None:
        document["evaluation"] = dict(evaluation)
    try:
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    except TypeError as error:
        raise Misused(f"a gate holds more than plain values: {error}") from error
    return from_document(json.loads(text), text, "python", folder)
