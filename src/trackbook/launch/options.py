"""A script's params: the command line options that its code declares, read without running it."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused
from trackbook.launch.params import Declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CALLS = {"add_argument", "option"}
"""How argparse, and click and typer, declare an option."""
TYPES = {"int": "int", "float": "float", "str": "string", "bool": "bool"}
SWITCHES = {"store_true", "store_false"}
LONGEST = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a script takes on its command line, as far as its code shows it."""

    declared: list[Declared]
    flags: Mapping[str, str]
    """How each is spelled: `--batch-size`."""
    actions: Mapping[str, str]
    """Those of argparse's that take no value: store_true, store_false; `pair` for `--x/--no-x`."""
    several: frozenset[str]
    """Those that take several words."""
    is_open: bool
    """It may take others: nothing is known of how it reads its command line."""


def options_in(file: Path) -> Options:
    """Return the options that a script declares with argparse or click.

    Where it declares none in its own code, or takes words that nobody declared
    (`parse_known_args`), every name is handed over.
    """
    found: dict[str, Declared] = {}
    flags: dict[str, str] = {}
    actions: dict[str, str] = {}
    several: set[str] = set()
    is_open = False
    for call in calls_in(file):
        name = name_of(call.func)
        is_open = is_open or name in ("parse_known_args", "ignore_unknown_options")
        if name not in CALLS:
            continue
        words = [one.value for one in call.args if isinstance(one, ast.Constant)]
        long = [one for one in words if isinstance(one, str) and one.startswith("--")]
        if not long:
            continue
        given = {one.arg: one.value for one in call.keywords if one.arg}
        flag, _, negative = long[0].partition("/")
        param = flag.removeprefix("--").replace("-", "_")
        dest = given.get("dest")
        if isinstance(dest, ast.Constant) and isinstance(dest.value, str):
            param = dest.value
        action = action_of(given, has_negative=bool(negative))
        if action in ("help", "version"):
            continue
        found[param] = declared_by(param, given, action)
        flags[param] = flag
        if action:
            actions[param] = action
        if "nargs" in given or action == "append":
            several.add(param)
    return Options(
        declared=list(found.values()),
        flags=flags,
        actions=actions,
        several=frozenset(several),
        is_open=is_open or not found,
    )


def calls_in(file: Path) -> Iterator[ast.Call]:
    """Yield the calls in a Python script; none of what is no Python."""
    if file.suffix != ".py" or file.stat().st_size > LONGEST:
        return
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        raise Misused(f"{file.name} is no Python: {error}") from None
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(function: ast.expr) -> str:
    """Return the last word of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def action_of(given: Mapping[str, ast.expr], *, has_negative: bool) -> str:
    """Return in which way an option takes no value, if so."""
    action = given.get("action")
    if isinstance(action, ast.Constant):
        return str(action.value)
    if has_negative or (action is not None and "BooleanOptional" in ast.unparse(action)):
        return "pair"
    is_flag = given.get("is_flag")
    return "store_true" if isinstance(is_flag, ast.Constant) and is_flag.value else ""


def declared_by(name: str, given: Mapping[str, ast.expr], action: str) -> Declared:
    """Return the param that an option is."""
    default = literal(given.get("default"))
    if action in SWITCHES or action == "pair":
        is_on = default if isinstance(default, bool) else action == "store_false"
        return Declared(name=name, type="bool", default=is_on)
    kind = given.get("type")
    known = TYPES.get(name_of(kind)) if kind is not None else None
    if "nargs" in given or action == "append":
        known = "any"
    elif kind is None:
        known = OF_DEFAULT.get(type(default), "string") if "option" in given else "string"
    choices = literal(given.get("choices"))
    return Declared(
        name=name,
        type=known or "any",
        default=default,
        is_required=literal(given.get("required")) is True,
        choices=tuple(choices) if isinstance(choices, (list, tuple)) else (),
    )


OF_DEFAULT = {int: "int", float: "float", bool: "bool", str: "string"}


def literal(value: ast.expr | None) -> Any:
    """Return the value that code spells out; None where it is worked out."""
    try:
        return None if value is None else ast.literal_eval(value)
    except ValueError:
        return None


def words_for(options: Options, values: Mapping[str, object]) -> Iterator[str]:
    """Yield the words that hand values over.

    `--lr=0.1` in one word, so that a value may begin with a dash; an option without a value
    stands or does not; what takes several is given several.
    """
    for name, value in values.items():
        flag = options.flags.get(name, f"--{name}")
        if not flag.removeprefix("--") or any(
            sign.isspace() or sign == "=" for sign in flag
        ):
            raise Misused(f"{name[:60]!r} cannot name a param of a script: it is no option")
        action = options.actions.get(name, "")
        if action in SWITCHES:
            if value is (action == "store_true"):
                yield flag
        elif action == "pair":
            yield flag if value else f"--no-{flag.removeprefix('--')}"
        elif name in options.several and isinstance(value, (list, tuple)):
            yield from several(flag, value, action)
        elif value is not None:
            yield f"{flag}={text_of(value)}"


def several(flag: str, values: list[object] | tuple[object, ...], action: str) -> list[str]:
    """Return the words for several values of an option."""
    if action == "append":
        return [f"{flag}={text_of(value)}" for value in values]
    return [flag, *map(text_of, values)]


def text_of(value: object) -> str:
    """Return a value as a command line has it."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value)
    return str(value)
