"""Names by a pattern: made from fields, and read back into the same fields.

A name is a rendering: the fields are what is kept, as tags. So that reading is never a
guess, what a separator begins with is written as %XX inside a field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import unquote

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = 500
"""Characters of a run's name."""
FIELD = re.compile(r"\{([^{}]*)\}")
FIELD_NAME = re.compile(r"[^\W\d][\w.-]{0,63}")
PLAIN = "-_."
"""What stands in a field as it is, besides letters and digits, unless it separates."""


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern such as `{project}/{model_type}/{date}`."""

    text: str
    fields: tuple[str, ...]
    literals: tuple[str, ...]
    """What stands before the first field, between fields, and after the last."""

    @property
    def stops(self) -> frozenset[str]:
        """The characters at which fields end."""
        return frozenset(literal[0] for literal in self.literals[1:] if literal)

    def name_of(self, fields: Mapping[str, str]) -> str:
        """Return the name that fields make.

        Raises:
            Misused: one is missing or empty, is no text, or the name would be too long
        """
        for field in self.fields:
            if not fields.get(field):
                raise Misused(f"a name by {self.text} needs {field!r}: tag the run with it")
        written = [self.written(field, fields[field]) for field in self.fields]
        name = self.literals[0] + "".join(
            part + literal for part, literal in zip(written, self.literals[1:], strict=True)
        )
        if len(name) > LONGEST:
            longest = max(self.fields, key=lambda field: len(fields[field]))
            raise Misused(
                f"a name by {self.text} would have {len(name)} characters, {LONGEST} go:"
                f" make {longest!r} shorter, it has {len(fields[longest])}"
            )
        return name

    def fields_of(self, name: str) -> dict[str, str]:
        """Return the fields from which a name was made.

        Raises:
            Misused: the name was not made by this pattern
        """
        fields = dict(self._read(name))
        if self.name_of(fields) != name:  # `%61` for `a`: two names for the same fields
            raise Misused(f"{name[:80]!r} is not as {self.text} writes it")
        return fields

    def written(self, field: str, value: str) -> str:
        """Return a field's value as it stands in a name."""
        kept = [is_plain(one) and one not in self.stops for one in value]
        try:
            written = "".join(
                one if as_it_is else "".join(f"%{byte:02X}" for byte in one.encode())
                for one, as_it_is in zip(value, kept, strict=True)
            )
        except UnicodeEncodeError:
            raise Misused(f"{field!r} is no text that can be written: change it") from None
        return written.replace(".", "%2E") if not value.strip(".") else written

    def _read(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the fields of a name, one after another."""
        if not name.startswith(self.literals[0]):
            raise Misused(f"{name[:80]!r} does not begin with {self.literals[0]!r}")
        at = len(self.literals[0])
        for field, literal in zip(self.fields, self.literals[1:], strict=True):
            end = min(
                (found for stop in self.stops if (found := name.find(stop, at)) >= 0),
                default=len(name),
            )
            written, at = name[at:end], end + len(literal)
            if not name.startswith(literal, end) or not written:
                what = f"a value for {{{field}}}" if not written else repr(literal)
                raise Misused(
                    f"{name[:80]!r} is not by {self.text}: {what} is missing at character"
                    f" {end + 1}"
                )
            try:
                yield field, unquote(written, errors="strict")
            except UnicodeDecodeError:
                raise Misused(f"{name[:80]!r}: {{{field}}} is no text") from None
        if at != len(name):
            raise Misused(
                f"{name[:80]!r} is not by {self.text}: it goes on with {name[at:][:40]!r}"
            )


def is_plain(character: str) -> bool:
    """Tell whether a character may stand in a field as it is."""
    return character.isalnum() or character in PLAIN


def pattern_of(text: str) -> NamePattern:
    """Return a pattern from its text.

    Raises:
        Misused: names by it could not be read back
    """
    fields = FIELD.findall(text)
    literals = FIELD.split(text)[::2]
    wrong = fault_of(fields, literals)
    if wrong:
        raise Misused(f"pattern {text[:120]!r}: {wrong}")
    return NamePattern(text, tuple(fields), tuple(literals))


def fault_of(fields: list[str], literals: list[str]) -> str:
    """Say what is wrong with a pattern; nothing where nothing is."""
    if not fields:
        return "it has no field: write {project}/{model_type}/{date}, or the like"
    return next(
        chain(
            (fault for field in fields if (fault := fault_of_field(field, fields))),
            (fault for one in literals if (fault := fault_of_literal(one))),
            (
                f"nothing parts {{{before}}} from {{{after}}}: put / between them"
                for before, after, literal in zip(
                    fields, fields[1:], literals[1:], strict=False
                )
                if not literal
            ),
            (
                f"{literal!r} may be part of a field: begin it with / _ or -"
                for literal in literals[1:]
                if literal[:1].isalnum()
            ),
        ),
        "",
    )


def fault_of_field(field: str, fields: list[str]) -> str:
    """Say what is wrong with a field."""
    if not FIELD_NAME.fullmatch(field):
        return f"{{{field[:40]}}} is no field: letters, digits, _ . - go"
    return f"{{{field}}} stands there twice: leave one out" * (fields.count(field) > 1)


def fault_of_literal(literal: str) -> str:
    """Say what is wrong with what stands between fields."""
    wrong = set(literal) & {"{", "}", "%"} or not literal.isprintable()
    return f"{literal!r} cannot stand in names: use / _ or -" if wrong else ""
