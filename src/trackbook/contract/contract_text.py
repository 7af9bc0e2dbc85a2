"""From a contract's text to the contract; whatever cannot be meant is said first."""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from trackbook.contract.contract import (
    SOURCES,
    Contract,
    Mode,
    TagRule,
    TagType,
    short,
)
from trackbook.contract.naming import FIELD_NAME, LONGEST, NamePattern, pattern_of
from trackbook.errors import Misused, NotFound, TrackbookError
from trackbook.settings import CONTRACT_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST = 1_000_000
VERSION = 1
MOST_TAGS = 200
"""All of them are looked at when a run ends."""
SPLIT = re.compile(r"[A-Za-z][\w-]{0,31}")
KEYS = ("version", "mode", "tags", "names", "metrics")
T = TypeVar("T", bound=msgspec.Struct)


class TagTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table `[tags.NAME]`."""

    required: bool = False
    type: TagType | None = None
    values: list[str] | None = None
    pattern: str = ""
    min: float | None = None
    max: float | None = None
    auto: str = ""
    default: str = ""
    says: str = ""


class NamesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[names]`."""

    pattern: str


class MetricsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[metrics]`."""

    required: list[str] = []
    splits: list[str] = []


def read_contract(project: Path) -> Contract | None:
    """Return the contract of a project; None where it has no `trackbook.contract.toml`.

    Raises:
        Misused: the file cannot be read, or something in it cannot be meant
    """
    file = project / CONTRACT_FILE
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Misused(f"cannot read {file}: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise Misused(f"{file} is larger than {LARGEST} bytes, so it is no contract")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misused(
            f"{file} is not UTF-8 at byte {error.start}: save it as UTF-8"
        ) from None
    return contract_of(text, source=str(file))


def contract_of(text: str, *, source: str = CONTRACT_FILE) -> Contract:
    """Return a contract from its text in TOML."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misused(
            f"cannot read {source}: {error or 'it is nested too deeply'}"
        ) from error
    try:
        return from_document(document, text, source)
    except TrackbookError as error:
        raise Misused(f"{source}: {error}") from error


def from_document(document: Mapping[str, Any], text: str, source: str) -> Contract:
    """Return a contract from the tables that its text makes."""
    known_keys(document, KEYS, "")
    if document.get("version", VERSION) != VERSION:
        raise Misused(
            f"version is {document['version']!r}: this trackbook reads version {VERSION}"
        )
    mode = document.get("mode", "warn")
    if mode not in ("warn", "enforce"):
        raise Misused(f"mode is {mode!r}: it can be warn, enforce")
    tables = table_of(document.get("tags", {}), "tags")
    if len(tables) > MOST_TAGS:
        raise Misused(f"it declares {len(tables)} tags, and {MOST_TAGS} go: leave some out")
    rules = {name: rule_of(name, table) for name, table in tables.items()}
    names = None
    if "names" in document:
        found = converted(document["names"], NamesTable, "names")
        names = pattern_of(found.pattern)
        rules |= {f: field_rule(f) for f in names.fields if f not in rules}
    metrics = converted(document.get("metrics", {}), MetricsTable, "metrics")
    splits = splits_of(metrics)
    if not rules and names is None and not metrics.required:
        raise Misused("it asks for nothing: write [tags.project] required = true")
    if names is not None:
        must_be_possible(rules, names)
    return Contract(
        tags=rules,
        names=names,
        metrics=named(metrics.required, "required"),
        splits=splits,
        mode=checked_mode(mode),
        text=text,
        source=source,
    )


def rule_of(name: str, table: object) -> TagRule:
    """Return the rule of one tag."""
    where = f"tags.{name}"
    if not FIELD_NAME.fullmatch(name):
        raise Misused(f"{name[:80]!r} is no name for a tag: letters, digits, _ . - go")
    found = converted(table, TagTable, where)
    kind = type_of(found, where)
    if found.auto and found.auto not in SOURCES:
        wrong = NotFound.named("source", found.auto, known=SOURCES)
        raise Misused(f"{where}: auto: {wrong} (there are {', '.join(SOURCES)})")
    rule = TagRule(
        name=name,
        required=found.required,
        type=kind,
        values=tuple(dict.fromkeys(found.values or ())),
        pattern=found.pattern,
        low=-math.inf if found.min is None else found.min,
        high=math.inf if found.max is None else found.max,
        auto=found.auto,
        default=found.default,
        says=found.says,
    )
    if not rule.low <= rule.high:  # NaN is above and below nothing
        raise Misused(f"{where}: no number is from {rule.low:g} to {rule.high:g}")
    if rule.default and rule.fault(rule.default):
        raise Misused(f"{where}: its default {rule.fault(rule.default)}")
    return rule


def type_of(table: TagTable, where: str) -> TagType:
    """Return a tag's type: as it says, or as its other keys tell."""
    bounds = table.min is not None or table.max is not None
    asked: dict[TagType, bool] = {
        "enum": table.values is not None,
        "pattern": bool(table.pattern),
        "number": bounds,
    }
    told = [name for name, is_so in asked.items() if is_so]
    if len(told) > 1:
        raise Misused(f"{where} is {' and '.join(told)} at once: leave one out")
    kind = table.type or (told[0] if told else "text")
    if told and kind != told[0]:
        raise Misused(f"{where} has type {kind} and the keys of {told[0]}: leave one out")
    if kind == "enum" and not table.values:
        raise Misused(f'{where} can be nothing at all: write values = ["churn"]')
    if kind == "enum" and not all(one.strip() for one in table.values or ()):
        raise Misused(f"{where}: one of its values is empty, and an empty tag is none")
    if kind == "pattern" and not table.pattern:
        raise Misused(f'{where} has no pattern: write pattern = "v[0-9]*"')
    return kind


def field_rule(name: str) -> TagRule:
    """Return the rule of a field that is declared nowhere else."""
    if name not in SOURCES:
        return TagRule(name=name)
    kind: TagType = "date" if name == "date" else "text"
    return TagRule(name=name, type=kind, auto=name)


def must_be_possible(rules: Mapping[str, TagRule], names: NamePattern) -> None:
    """Refuse a tag of which a value would fit into no name."""
    for field in names.fields:
        for value in rules[field].values:
            if len(names.written(field, value)) > LONGEST - len("".join(names.literals)):
                raise Misused(
                    f"tags.{field}: {short(value)} is too long for a name of {LONGEST}"
                )


def splits_of(table: MetricsTable) -> tuple[str, ...]:
    """Return the splits that metrics are asked on."""
    if table.splits and not table.required:
        raise Misused('metrics has splits of nothing: write required = ["accuracy"]')
    for one in table.splits:
        if not SPLIT.fullmatch(one):
            raise Misused(f"{one[:80]!r} is no split: train, val and test are")
    return tuple(dict.fromkeys(table.splits))


def named(words: list[str], where: str) -> tuple[str, ...]:
    """Return names without repetitions, refusing an empty one."""
    if not all(word.strip() for word in words):
        raise Misused(f"metrics: {where} has an empty name: leave it out")
    return tuple(dict.fromkeys(words))


def checked_mode(mode: str) -> Mode:
    """Return a mode that was looked at."""
    return "enforce" if mode == "enforce" else "warn"


def converted(value: object, into: type[T], where: str) -> T:
    """Return a table as its class, or say which key cannot be meant."""
    table = table_of(value, where)
    known_keys(table, into.__struct_fields__, where)
    try:
        return msgspec.convert(table, into)
    except (msgspec.ValidationError, OverflowError) as error:
        said = str(error)[:1].lower() + str(error)[1:]
        raise Misused(f"{where}: {said}") from None


def table_of(value: object, where: str) -> dict[str, Any]:
    """Return a table, or say that something else stands there."""
    if not isinstance(value, dict):
        raise Misused(f"{where} is no table: write [{where}]")
    return value


def known_keys(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Refuse a key that nothing reads: it is a slip of the finger."""
    for key in table:
        if key not in known:
            wrong = NotFound.named("key", key, known=known, see=", ".join(known))
            raise Misused(f"{where}: {wrong}" if where else str(wrong))
