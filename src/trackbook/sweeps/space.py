"""Which values each param of a sweep may have, as typed, as JSON, and as drawn."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    Plain = str | int | float | bool | None
    Params = dict[str, Plain]

NAME = re.compile(r"[^\W\d][\w.-]{0,199}")
RANGE = re.compile(r"(?P<low>[^:]+?)\.\.(?P<high>[^:]+)(?::(?P<more>.+))?")
PIECE = re.compile(
    r"""\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^,"']*))\s*(?:,|$)"""
)
WORDS: dict[str, bool] = {"true": True, "True": True, "false": False, "False": False}
MOST_VALUES = 1_000_000
ROUND = 1e-9
"""How far the last step of a range may pass its end, relative to the step."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A few values, in their order."""

    values: tuple[Plain, ...]

    def plain(self) -> dict[str, object]:
        """Return it as JSON knows it."""
        return {"values": list(self.values)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Numbers from one to another, both included."""

    kind: Literal["int", "float"]
    low: float
    high: float
    step: float | None = None
    log: bool = False

    def plain(self) -> dict[str, object]:
        """Return it as JSON knows it."""
        found: dict[str, object] = {"low": self.low, "high": self.high, "kind": self.kind}
        if self.step is not None:
            found["step"] = self.step
        if self.log:
            found["log"] = True
        return found

    @property
    def count(self) -> float:
        """How many numbers it has; infinite without a step."""
        if self.step is None:
            return math.inf
        return math.floor((self.high - self.low) / self.step + ROUND) + 1

    def at(self, place: int) -> int | float:
        """Return its number at a place, from 0."""
        number = self.low + place * (self.step or 0)
        if self.kind == "int":
            return int(number)
        return float(f"{number:.12g}")  # 0.1 + 2 * 0.1 is 0.3


Domain = Choice | Span
Space = dict[str, Domain]


def space_of(words: Sequence[str]) -> Space:
    """Return the space that is typed: `lr=0.01,0.1 depth=3..9 c=1e-4..1:log`.

    Raises:
        Misused: a word cannot be meant
    """
    space: Space = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not text:
            raise Misused(
                f"{word!r} is no param with its values: lr=0.01,0.1 or depth=3..9"
            )
        put(space, name, typed(name, text))
    return space


def space_from(given: Mapping[str, object]) -> Space:
    """Return the space of Python's values: lists, ranges, texts as typed, domains, JSON's dicts.

    Raises:
        Misused: a value cannot be meant
    """
    space: Space = {}
    for name, value in given.items():
        put(space, name, domain_of(name, value))
    return space


def text_of(space: Space) -> str:
    """Return a space as JSON."""
    return json.dumps({name: domain.plain() for name, domain in space.items()})


def read(text: str) -> Space:
    """Return the space that stands in JSON."""
    return space_from(json.loads(text))


def put(space: Space, name: object, domain: Domain) -> None:
    """Add a param to a space, refusing names that no param can have."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Misused(f"{name!r} is no name of a param: letters, digits, _ . and -")
    if name in space:
        raise Misused(
            f"param {name!r} stands twice in the space: give all its values at once"
        )
    space[name] = domain


def domain_of(name: str, value: object) -> Domain:
    """Return the domain that a Python value means."""
    if isinstance(value, Choice | Span):
        return value
    if isinstance(value, str):
        return typed(name, value)
    if isinstance(value, range):
        return choice(name, list(value))
    if isinstance(value, dict):
        return from_plain(name, value)
    if isinstance(value, list | tuple):
        return choice(name, value)
    if is_plain(value):
        return choice(name, [value])
    raise Misused(
        f"param {name!r} has {type(value).__name__} for its values: give a list, a range, or a"
        " text such as '1e-4..1:log'"
    )


def from_plain(name: str, value: Mapping[str, object]) -> Domain:
    """Return the domain that JSON's form means."""
    if set(value) == {"values"} and isinstance(value["values"], list | tuple):
        return choice(name, value["values"])
    if not {"low", "high"} <= set(value) <= {"low", "high", "step", "log", "kind"}:
        raise Misused(f"param {name!r}: {dict(value)!r} has no values, nor low and high")
    numbers = [value["low"], value["high"], value.get("step")]
    if any(isinstance(n, bool) or not isinstance(n, int | float | None) for n in numbers):
        raise Misused(f"param {name!r}: low, high and step are numbers")
    low, high, step = numbers
    whole = all(isinstance(n, int) for n in (low, high) if n is not None)
    kind = value.get("kind", "int" if whole else "float")
    return span(name, low, high, step=step, log=bool(value.get("log")), kind=str(kind))  # type: ignore[arg-type]  # numbers, as was asked above


def choice(name: str, values: Sequence[object]) -> Choice:
    """Return values once each, refusing none and what is no plain value."""
    found: dict[tuple[type, object], Plain] = {}
    for value in values:
        plain = value.item() if hasattr(value, "item") and callable(value.item) else value
        if not is_plain(plain):
            raise Misused(
                f"param {name!r}: {plain!r} is no number, text, yes or no; choose among names of"
                " such things, and look them up in the function"
            )
        found.setdefault((type(plain), repr(plain)), plain)  # type: ignore[arg-type]  # it is plain
    if not found:
        raise Misused(f"param {name!r} has no values")
    return Choice(tuple(found.values()))


def is_plain(value: object) -> bool:
    """Tell whether a value can be written down as it is."""
    return value is None or isinstance(value, str | bool | int | float)


def typed(name: str, text: str) -> Domain:
    """Return the domain that somebody typed after `name=`."""
    found = RANGE.fullmatch(text.strip())
    if found is not None and text.strip()[0] not in "\"'" and "," not in text:
        return ranged(name, found)
    values: list[object] = []
    at = 0
    while at < len(text) or text.endswith(","):
        piece = PIECE.match(text, at)
        if piece is None or len(values) > MOST_VALUES:
            raise Misused(
                f"param {name!r}: cannot read {text!r}: values with commas between"
            )
        quoted = piece["double"] if piece["double"] is not None else piece["single"]
        values.append(quoted if quoted is not None else bare(name, piece["bare"].strip()))
        if piece.end() == at or piece.end() >= len(text):
            if text.endswith(",") and piece.end() == len(text) and piece[0].endswith(","):
                raise Misused(f"param {name!r}: a value is missing behind the last comma")
            break
        at = piece.end()
    return choice(name, values)


def bare(name: str, word: str) -> Plain:
    """Return a value that stands without quotes."""
    if not word:
        raise Misused(f"param {name!r}: a value is empty; '' in quotes is an empty text")
    if word in WORDS:
        return WORDS[word]
    number = number_in(word)
    return word if number is None else number


def number_in(word: str) -> int | float | None:
    """Return the number that a word is; None for any other word."""
    if re.fullmatch(r"[+-]?\d+", word):
        return int(word)
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", word):
        return float(word)
    return None


def ranged(name: str, found: re.Match[str]) -> Span:
    """Return the range that is typed as `a..b`, `a..b:step`, `a..b:log`."""
    low, high = number_in(found["low"].strip()), number_in(found["high"].strip())
    if low is None or high is None:
        raise Misused(f"param {name!r}: {found[0]!r} is a range between no numbers")
    log, step = found["more"] == "log", None
    if found["more"] is not None and not log:
        step = number_in(found["more"])
        if step is None:
            raise Misused(
                f"param {name!r}: behind the colon of {found[0]!r} stands a step, or log"
            )
    whole = all(isinstance(n, int) for n in (low, high, step) if n is not None)
    return span(name, low, high, step=step, log=log, kind="int" if whole else "float")


def span(
    name: str, low: float, high: float, *, step: float | None, log: bool, kind: str
) -> Span:
    """Return a range, refusing one that nothing can be drawn from."""
    if kind not in ("int", "float"):
        raise Misused(f"param {name!r}: a range is of int or float, not {kind!r}")
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        raise Misused(f"param {name!r}: a range goes from its least number to its greatest")
    if log and (low <= 0 or step is not None):
        raise Misused(f"param {name!r}: a range with :log begins above 0, and has no step")
    if step is not None and not (0 < step < math.inf):
        raise Misused(f"param {name!r}: the step of a range is above 0")
    if kind == "int" and step is None and not log:
        step = 1
    return Span(
        kind="int" if kind == "int" else "float", low=low, high=high, step=step, log=log
    )


def size_of(space: Space) -> float:
    """Return how many combinations a space has; infinite where a range has no step."""
    return math.prod(
        len(one.values) if isinstance(one, Choice) else one.count for one in space.values()
    )


def grid(space: Space) -> Iterator[Params]:
    """Yield every combination, the last param's values turning fastest.

    Raises:
        Misused: a range has no step
    """
    endless = [n for n, one in space.items() if isinstance(one, Span) and one.step is None]
    if endless:
        raise Misused(
            f"param {endless[0]!r} is a range without steps, which no grid can go through: give"
            " it values or a step, or --search random with a --budget"
        )
    values = [
        one.values if isinstance(one, Choice) else range(int(one.count))
        for one in space.values()
    ]
    domains = list(space.items())
    for places in itertools.product(*values):
        yield {
            name: one.at(place)
            if isinstance(one, Span) and isinstance(place, int)
            else place
            for (name, one), place in zip(domains, places, strict=True)
        }


def drawn(space: Space, rng: np.random.Generator) -> Params:
    """Return one combination by chance."""
    return {name: drawn_of(one, rng) for name, one in space.items()}


def drawn_of(domain: Domain, rng: np.random.Generator) -> Plain:
    """Return one value of a domain by chance."""
    if isinstance(domain, Choice):
        return domain.values[int(rng.integers(len(domain.values)))]
    if domain.log:
        number = math.exp(rng.uniform(math.log(domain.low), math.log(domain.high)))
        number = min(max(number, domain.low), domain.high)
        return round(number) if domain.kind == "int" else number
    if domain.step is not None:
        return domain.at(int(rng.integers(int(domain.count))))
    return float(rng.uniform(domain.low, domain.high))
