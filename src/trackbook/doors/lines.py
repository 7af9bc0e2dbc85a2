"""From a verb's signature to what can be typed: arguments, options, help."""

from __future__ import annotations

import builtins
import inspect
import re
import shlex
import types
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    NewType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Words = NewType("Words", str)
"""The rest of the line as it was typed, quotes and all: a filter, a question in SQL."""
Pairs = NewType("Pairs", dict[str, str])
"""An option that may stand several times, each with NAME=VALUE."""
SHORT = {"-P": "--params", "-e": "--entry"}
"""Options that the field knows by one letter."""

ARGUMENT = re.compile(
    r"^\s*(\w+): (.+?)$(?=\n\s*\w+: |\Z|\n\s*\n|\n\S)", re.MULTILINE | re.DOTALL
)
OPTION = re.compile(
    r"""(?P<quoted>"[^"]*"|'[^']*')|(?<!\S)--(?P<name>[a-z][a-z-]*)(?:=(?P<value>\S+))?(?!\S)"""
    r"""|(?<!\S)(?P<short>-[Pe])(?=\s)"""
)
ONE_WORD = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)""")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument or option of a verb."""

    name: str
    says: str
    hint: object
    default: Any
    is_option: bool

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def is_words(self) -> bool:
        return self.hint is Words

    @property
    def is_list(self) -> bool:
        return get_origin(self.hint) is list

    @property
    def is_pairs(self) -> bool:
        return self.hint is Pairs

    @property
    def shown(self) -> str:
        """How it is typed, as help shows it."""
        return {long: short for short, long in SHORT.items()}.get(self.flag, self.flag)

    @property
    def is_switch(self) -> bool:
        return self.hint is bool

    @property
    def is_required(self) -> bool:
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that users can ask for, through whatever door."""

    name: str
    function: Callable[..., Any]
    needs: Literal["project", "session", "nothing"] = "project"
    """What it works on: a project on disk, the recording session, or neither."""
    cell: bool = False
    """It also takes the body of a cell: `%%track sql`."""

    @property
    def says(self) -> str:
        """The first line of its help."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def parameters(self) -> list[Parameter]:
        """Return its arguments and options, in the order of the signature."""
        hints = get_type_hints(self.function, localns=Unneeded(self.function))
        doc = inspect.getdoc(self.function) or ""
        _, _, listed = doc.partition("Args:\n")
        says = {n: " ".join(s.split()) for n, s in ARGUMENT.findall(listed)}
        found = list(inspect.signature(self.function).parameters.values())[1:]
        return [
            Parameter(
                name=p.name,
                says=says.get(p.name, ""),
                hint=without_none(hints[p.name]),
                default=p.default,
                is_option=p.kind is p.KEYWORD_ONLY,
            )
            for p in found
        ]

    def usage(self, front: str) -> str:
        """Return how it is typed, after `%track` or `trackbook`."""
        words = [front, self.name]
        for p in self.parameters():
            name = p.name.upper() + ("…" if p.is_list else "")
            if p.is_option:
                name = "NAME=VALUE" if p.is_pairs else name
                word = p.shown if p.is_switch else f"{p.shown} {choices(p) or name}"
                words.append(f"[{word}]" + ("…" if p.is_pairs else ""))
            else:
                words.append(name if p.is_required else f"[{name}]")
        return " ".join(words)

    def help(self, front: str) -> str:
        """Return all that can be said about it."""
        lines = [self.says, "", f"  {self.usage(front)}", ""]
        width = max(
            (len(p.shown if p.is_option else p.name) for p in self.parameters()), default=0
        )
        for p in self.parameters():
            name = p.shown if p.is_option else p.name.upper()
            lines.append(f"  {name:<{width + 2}}{p.says}")
        return "\n".join(lines).rstrip()


class Unneeded(dict[str, object]):
    """Stands for the names that annotations use only for the type checker: rooms, results."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._known = {*vars(builtins), *function.__globals__}

    def __missing__(self, name: str) -> object:
        if name in self._known:
            raise KeyError(name)
        return object


def without_none(hint: object) -> object:
    """Return `T` for `T | None`."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [arm for arm in get_args(hint) if arm is not type(None)]
        return rest[0] if len(rest) == 1 else hint
    return hint


def choices(parameter: Parameter) -> str:
    """Return `a|b` for a parameter that takes one of a few words."""
    if get_origin(parameter.hint) is Literal:
        return "|".join(map(str, get_args(parameter.hint)))
    return ""


def read_line(
    verb: Verb, line: str, front: str, *, body: str | None = None
) -> dict[str, Any]:
    """Return a verb's keyword arguments from what stands after its name.

    Options may stand anywhere outside quotes. The rest is split as in a shell,
    unless the verb takes words as they are.
    """
    parameters = verb.parameters()
    options = {p.flag: p for p in parameters if p.is_option}
    values: dict[str, Any] = {}
    rest, at = [], 0
    for found in OPTION.finditer(line):
        name = found["name"]
        flag = SHORT[found["short"]] if found["short"] else f"--{name}"
        parameter = options.get(flag)
        if parameter is None or found.start() < at:
            if name and not is_prose(name, parameters):
                raise misused(verb, front, f"there is no option --{name}")
            continue
        rest.append(line[at : found.start()])
        at = found.end()
        value = found["value"]
        if not parameter.is_switch and value is None:
            value, at = next_word(line, at, whole=parameter.is_pairs)
            if value is None:
                raise misused(verb, front, f"{parameter.shown} needs a value")
        take(values, verb, parameter, value, front)
    rest.append(line[at:])
    text = " ".join(part.strip() for part in rest if part.strip())
    if body is not None:
        text = f"{text}\n{body}".strip()
    return values | read_arguments(
        verb, [p for p in parameters if not p.is_option], text, front
    )


def is_prose(name: str, parameters: list[Parameter]) -> bool:
    """Say whether `--name` is part of the words a verb takes, and no slip of the finger."""
    from difflib import get_close_matches

    options = [p.flag.removeprefix("--") for p in parameters if p.is_option]
    return any(p.is_words for p in parameters) and not get_close_matches(name, options)


def next_word(line: str, at: int, *, whole: bool = False) -> tuple[str | None, int]:
    """Return the word or quoted text that follows, and where it ends.

    A whole one may have quotes inside: `name="a b"`.
    """
    if whole and (word := ONE_WORD.match(line, at)) is not None:
        try:
            return "".join(shlex.split(word[1])), word.end()
        except ValueError:  # a backslash at its end
            return word[1], word.end()
    found = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(\S+))""").match(line, at)
    if found is None:
        return None, at
    return next(group for group in found.groups() if group is not None), found.end()


def read_arguments(
    verb: Verb, parameters: list[Parameter], text: str, front: str
) -> dict[str, Any]:
    """Return the positional arguments in a text."""
    if parameters and parameters[0].is_words:
        if not text and parameters[0].is_required:
            raise misused(verb, front, f"it needs {parameters[0].name.upper()}")
        return {parameters[0].name: text} if text else {}
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise misused(verb, front, f"{error} in: {text}".lower()) from error
    return read_words(verb, parameters, words, front)


def read_words(
    verb: Verb, parameters: list[Parameter], words: Sequence[str], front: str
) -> dict[str, Any]:
    """Return the positional arguments in a list of words."""
    left = list(words)
    values: dict[str, Any] = {}
    for place, parameter in enumerate(parameters):
        later = sum(1 for p in parameters[place + 1 :] if p.is_required)
        if parameter.is_list:
            take = max(0, len(left) - later)
            values[parameter.name], left = left[:take], left[take:]
            missing = parameter.is_required and not values[parameter.name]
        elif left and len(left) > (0 if parameter.is_required else later):
            values[parameter.name] = converted(verb, parameter, left.pop(0), front)
            missing = False
        else:
            missing = parameter.is_required
        if missing:
            raise misused(verb, front, f"it needs {parameter.name.upper()}")
    if left:
        raise misused(verb, front, f"{left[0]!r} is one word too many")
    return {k: v for k, v in values.items() if v != []}


def read_argv(verb: Verb, argv: Sequence[str], front: str) -> dict[str, Any]:
    """Return a verb's keyword arguments from a shell's words."""
    parameters = verb.parameters()
    options = {p.flag: p for p in parameters if p.is_option}
    values: dict[str, Any] = {}
    words: list[str] = []
    waiting = list(argv)
    while waiting:
        word = waiting.pop(0)
        flag, equals, value = (SHORT.get(word, word)).partition("=")
        parameter = options.get(flag) if flag.startswith("--") else None
        if parameter is None:
            if word.startswith("--") and word != "--" and " " not in word:
                raise misused(verb, front, f"there is no option {flag}")
            words.append(word)
        elif parameter.is_switch:
            values[parameter.name] = True
        else:
            if not equals:
                if not waiting:
                    raise misused(verb, front, f"{flag} needs a value")
                value = waiting.pop(0)
            take(values, verb, parameter, value, front)
    plain = [p for p in parameters if not p.is_option]
    if plain and plain[0].is_words:
        return values | read_arguments(verb, plain, " ".join(words), front)
    return values | read_words(verb, plain, words, front)


def take(
    values: dict[str, Any], verb: Verb, parameter: Parameter, text: str | None, front: str
) -> None:
    """Take in the value of an option; pairs add up."""
    if not parameter.is_pairs:
        values[parameter.name] = converted(verb, parameter, text, front)
        return
    name, equals, value = (text or "").partition("=")
    if not equals or not name:
        raise misused(verb, front, f"{parameter.shown} {text!r} is no NAME=VALUE")
    pairs = values.setdefault(parameter.name, {})
    if name in pairs:
        raise misused(verb, front, f"{parameter.shown} {name} stands there twice")
    pairs[name] = value


def converted(verb: Verb, parameter: Parameter, text: str | None, front: str) -> Any:
    """Return a typed value of what was typed."""
    if parameter.is_switch:
        return True
    hint = parameter.hint
    if get_origin(hint) is Literal and text not in get_args(hint):
        raise misused(
            verb, front, f"{parameter.flag} is {text!r}: it can be {choices(parameter)}"
        )
    if hint in (int, float):
        try:
            return int(text or "") if hint is int else float(text or "")
        except (TypeError, ValueError):
            raise misused(
                verb, front, f"{parameter.flag} is {text!r}, not a number"
            ) from None
    return text


def misused(verb: Verb, front: str, what: str) -> Misused:
    """Return the error for a line that cannot be meant, with the usage."""
    return Misused(f"{verb.name}: {what}; it is typed: {verb.usage(front)}")
