"""A policy's text in YAML as the tables that the same policy has in TOML.

Words are read as YAML 1.2 has them (its core schema): `on` and `no` are texts. A key may stand
once; aliases and tags are not taken, so that a small file stays small.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS: list[tuple[re.Pattern[str], Callable[[str], object]]] = [
    (re.compile("true|True|TRUE|false|False|FALSE"), lambda word: word.lower() == "true"),
    (re.compile("~|null|Null|NULL|"), lambda _: None),
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
]
"""What is no text where no quotes stand: https://yaml.org/spec/1.2.2/, section 10.3."""


def document_of(text: str, source: str) -> dict[str, Any]:
    """Return the tables of a policy in YAML; a check may stand there as `- NAME: {key: value}`.

    Raises:
        Misused: it is no YAML, or more than plain tables, lists, texts and numbers
    """
    import yaml

    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            no_more_than_plain(event)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        found = None if node is None else plain(node)
    except (yaml.YAMLError, Misused, RecursionError) as error:
        said = " ".join(str(error).split())[:300]
        raise Misused(f"cannot read {source}: {said}") from error
    if not isinstance(found, dict):
        raise Misused(f"{source} is no policy: it has to be a table with targets")
    for target in tables_in(found.get("targets")):
        checks = target.get("checks")
        if isinstance(checks, list):
            target["checks"] = [named(one) for one in checks]
    return found


def no_more_than_plain(event: Any) -> None:
    """Refuse what can make much of a little, or something else than data."""
    import yaml

    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise Misused(f"anchors and aliases are not read, {place(event)}: write it out")
    if getattr(event, "tag", None):
        raise Misused(f"tags such as {event.tag!r} are not read, {place(event)}")


def plain(node: Any) -> object:
    """Return a node as a table, a list, a text, a number, true, false or None."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        return [plain(one) for one in node.value]
    if not isinstance(node, yaml.MappingNode):
        return node.value if node.style else word(node.value)
    table: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise Misused(f"a key has to be a text, {place(key)}")
        if key.value in table:
            raise Misused(f"key {key.value!r} stands twice, {place(key)}")
        table[key.value] = plain(value)
    return table


def word(said: str) -> object:
    """Return what a word without quotes means."""
    for pattern, kind in WORDS:
        if pattern.fullmatch(said):
            return kind(said)
    return said


def place(where: Any) -> str:
    """Return where something stands."""
    return f"line {where.start_mark.line + 1}"


def tables_in(targets: object) -> list[dict[str, Any]]:
    """Return the tables of targets; whatever is none is said by who reads them."""
    known = targets.values() if isinstance(targets, dict) else ()
    return [one for one in known if isinstance(one, dict)]


def named(check: object) -> object:
    """Return a check with its name as one of its keys."""
    if not isinstance(check, dict) or "check" in check or len(check) != 1:
        return check
    ((name, keys),) = check.items()
    return {**(keys or {}), "check": name} if isinstance(keys, dict | None) else check
