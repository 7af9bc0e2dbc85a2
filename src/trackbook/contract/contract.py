"""What a project asks of its runs: tags, names, metrics."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.contract.naming import NamePattern

TagType = Literal["text", "enum", "number", "date", "pattern"]
Mode = Literal["warn", "enforce"]
SOURCES = (
    "model_type",
    "model_family",
    "optimization",
    "data_version",
    "feature_version",
    "experiment",
    "date",
    "run",
)
"""The recorded facts from which tags can be filled."""
DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")
LONGEST_VALUE = 1000
SHOWN, MOST_SHOWN = 60, 12
NEAR = 0.5
"""How much alike a value is to the one that was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """What one tag may be."""

    name: str
    required: bool = False
    type: TagType = "text"
    values: tuple[str, ...] = ()
    """Of an enum."""
    pattern: str = ""
    """With * ? and [0-9]; no regular expression, which may take for ever."""
    low: float = -math.inf
    high: float = math.inf
    auto: str = ""
    """From which recorded fact it is filled when the run ends; empty for none."""
    default: str = ""
    """What it is filled with where nobody gave it."""
    says: str = ""

    def fault(self, value: str) -> str:
        """Say what is wrong with a value; nothing where it is right."""
        if len(value) > LONGEST_VALUE:
            return f"has {len(value)} characters, {LONGEST_VALUE} go"
        wrong = {
            "text": not value.strip(),
            "enum": value not in self.values,
            "number": not self._is_number(value),
            "date": not is_date(value),
            "pattern": bool(self.pattern) and not fnmatchcase(value, self.pattern),
        }[self.type]
        return f"is {short(value)}, {self.allowed}" if wrong else ""

    @property
    def allowed(self) -> str:
        """What a value has to be, in words."""
        if self.type == "number":
            low = f" from {self.low:g}" if math.isfinite(self.low) else ""
            high = f" to {self.high:g}" if math.isfinite(self.high) else ""
            return f"it has to be a number{low}{high}"
        hidden = len(self.values) - MOST_SHOWN
        more = f" and {hidden} more" if hidden > 0 else ""
        return {
            "text": "it has to say something",
            "enum": f"it can be {', '.join(map(cut, self.values[:MOST_SHOWN]))}{more}",
            "date": "it has to be a date such as 2026-05-03",
            "pattern": f"it has to look like {self.pattern}",
        }[self.type]

    def meant(self, value: str) -> str:
        """Return the value that was probably meant; nothing where that is not to be told."""
        if len(self.values) == 1:
            return self.values[0]
        folded = {one.casefold(): one for one in self.values}
        near = get_close_matches(value[:SHOWN].casefold(), list(folded), n=1, cutoff=NEAR)
        return folded[near[0]] if near else ""

    def _is_number(self, value: str) -> bool:
        try:
            number = float(value)
        except ValueError:
            return False
        return math.isfinite(number) and self.low <= number <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a project asks of its runs, as its file says."""

    tags: Mapping[str, TagRule]
    """Those that are declared, and those that stand in the names' pattern."""
    names: NamePattern | None = None
    metrics: tuple[str, ...] = ()
    """Those that every run has to have."""
    splits: tuple[str, ...] = ()
    """On which data each of them has to be measured: train, val, test."""
    mode: Mode = "warn"
    text: str = ""
    source: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of its text: what `sha256sum` says of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def enforced(self) -> bool:
        """Whether a run that does not keep it can be registered no model of."""
        return self.mode == "enforce"

    def name_of(self, tags: Mapping[str, str]) -> str:
        """Return the name that a run's tags make.

        Raises:
            Misused: the contract has no pattern, or a tag is missing or wrong
        """
        pattern = self.must_have_names()
        for field in pattern.fields:
            wrong = self.tags[field].fault(tags[field]) if tags.get(field) else ""
            if wrong:
                raise Misused(f"tag {field!r} {wrong}")
        return pattern.name_of(tags)

    def fields_of(self, name: str) -> dict[str, str]:
        """Return the tags that a name stands for.

        Raises:
            Misused: the contract has no pattern, or the name is not by it
        """
        fields = self.must_have_names().fields_of(name)
        for field, value in fields.items():
            wrong = self.tags[field].fault(value)
            if wrong:
                raise Misused(f"{{{field}}} of {name[:80]!r} {wrong}")
        return fields

    def must_have_names(self) -> NamePattern:
        """Return the pattern of names, or say that there is none."""
        if self.names is None:
            raise Misused(
                f"{self.source} has no pattern for names: write"
                ' [names] pattern = "{project}/{model_type}/{date}" there'
            )
        return self.names


def is_date(value: str) -> bool:
    """Tell whether a text is a day of the calendar."""
    if not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def short(value: str) -> str:
    """Return a value as a sentence shows it, in quotes."""
    return repr(cut(value))


def cut(value: str) -> str:
    """Return a value, or its beginning where it is long."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
