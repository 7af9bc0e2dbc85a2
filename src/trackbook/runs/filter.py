"""From a filter's text, `metrics.acc > 0.9 and tags.owner = 'ann'`, to what it asks for."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple, NoReturn, cast

from trackbook.clock import now_us
from trackbook.runs.condition import (
    ATTRIBUTES,
    Compare,
    Contains,
    Diverged,
    Every,
    Field,
    Missing,
    Not,
    Some,
    Value,
)
from trackbook.runs.moments import read_moment
from trackbook.runs.tokens import Token, refuse, tokens_of

if TYPE_CHECKING:
    from trackbook.runs.condition import Condition, Group, Operator

GROUPS: dict[str, Group] = {
    "metrics": "metrics", "metric": "metrics",
    "params": "params", "param": "params", "parameters": "params", "parameter": "params",
    "tags": "tags", "tag": "tags",
    "attributes": "attributes", "attribute": "attributes", "attr": "attributes",
    "run": "attributes",
}  # fmt: skip
SYNONYMS = {
    "run_name": "name",
    "start_time": "started_at",
    "created": "started_at",
    "end_time": "ended_at",
    "user_id": "user",
}
"""MLflow's names of what every run has."""
OPERATORS = {"==": "=", "<>": "!="} | {
    sign: sign for sign in ("=", "!=", "<", "<=", ">", ">=", "like", "ilike")
}
AHEAD = {*OPERATORS, "in", "not", "is", "between"}
JOINING = {"and", "or", "not"}
NUMBER = re.compile(r"(?ai)[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?")
DEEPEST, MOST = 40, 200


class Sort(NamedTuple):
    """One key to sort runs by."""

    field: Field
    descending: bool


def parse(source: str, *, at_us: int | None = None) -> Condition:
    """Return what a filter asks for; an empty one asks for every run.

    `at_us` is the moment from which `started_at > 2h` counts back, now by default.

    Raises:
        Misused: it cannot be read; the message shows where
    """
    parser = Parser(source, now_us() if at_us is None else at_us)
    if parser.next.kind == "end":
        return Every(())
    condition = parser.some()
    if parser.next.kind != "end":
        parser.refuse("and, or, or the end (quote a value with spaces)")
    return condition


def parse_sort(source: str, *, ascending: bool | None = None) -> list[Sort]:
    """Return sort keys: `metrics.acc desc, -params.lr, started_at`.

    `ascending` says which way where a key does not.
    """
    parser = Parser(source, 0)
    keys: list[Sort] = []
    while parser.next.kind != "end":
        minus = parser.next.kind == "word" and parser.next.text[0] in "+-"
        sign = parser.next.text[0] if minus else ""
        if minus:
            parser.skip_sign()
        field = parser.field()
        way = parser.take().keyword if parser.next.keyword in {"asc", "desc"} else ""
        descending = (sign == "-") != (way == "desc") if sign or way else ascending is False
        keys.append(Sort(field, descending))
        if parser.next.keyword == ",":
            parser.take()
        elif parser.next.kind != "end":
            parser.refuse("asc, desc, a comma or the end")
    return keys


class Parser:
    """A place in a filter's text, and what can follow there."""

    def __init__(self, source: str, at_us: int) -> None:
        self.source = source
        self.at_us = at_us
        self.tokens = tokens_of(source)
        self.at = self.depth = self.count = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        """Return the next token and step behind it; the end stays."""
        token = self.next
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def took(self, *keywords: str) -> bool:
        """Step behind the next token if it is one of these."""
        return self.next.keyword in keywords and bool(self.take())

    def skip_sign(self) -> None:
        token = self.next
        rest = token._replace(text=token.text[1:], start=token.start + 1)
        self.tokens[self.at : self.at + 1] = [rest] if rest.text else []

    def refuse(self, expected: str, token: Token | None = None) -> NoReturn:
        refuse(self.source, (token or self.next).start, expected)

    def some(self) -> Condition:
        """Read conditions joined by `or`."""
        parts = [self.every()]
        while self.took("or"):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def every(self) -> Condition:
        """Read conditions joined by `and`; loose words side by side are joined too."""
        parts = [self.one()]
        while True:
            loose = isinstance(parts[-1], Contains) and self.is_loose()
            if not (self.took("and") or loose):
                return parts[0] if len(parts) == 1 else Every(tuple(parts))
            parts.append(self.one())

    def is_loose(self) -> bool:
        """Say whether what follows is one more loose word."""
        here, behind = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if here.kind not in {"word", "text"} or here.keyword in JOINING:
            return False
        return behind.keyword not in AHEAD - {"not"}

    def one(self) -> Condition:
        """Read one condition, its `not` and parentheses included."""
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST:
            self.refuse(f"fewer parts: {DEEPEST} deep and {MOST} in all are the most")
        try:
            if self.took("not"):
                return Not(self.one())
            if not self.took("("):
                return self.comparison()
            inner = self.some()
            if not self.took(")"):
                self.refuse("a closing )")
            return inner
        finally:
            self.depth -= 1

    def comparison(self) -> Condition:
        """Read `field operator value`, or a loose word."""
        token, behind = self.next, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.kind not in {"word", "text"} or token.keyword in JOINING:
            self.refuse("a condition such as metrics.acc > 0.9")
        if token.kind == "text" and behind.keyword not in AHEAD - {"not"}:
            return Contains(self.take().text)
        dotted = token.text.partition(".")
        in_group = token.kind == "word" and bool(dotted[1]) and dotted[0].lower() in GROUPS
        if not in_group and behind.keyword not in AHEAD - {"not"} and not self.not_in():
            return Contains(self.take().text)
        return self.compared(self.field())

    def not_in(self) -> bool:
        """Say whether `not in`, `not like` or `not between` stands behind the next."""
        ahead = [token.keyword for token in self.tokens[self.at + 1 : self.at + 3]]
        return ahead[:1] == ["not"] and ahead[1:] in (
            ["in"], ["like"], ["ilike"], ["between"],
        )  # fmt: skip

    def field(self) -> Field:
        """Read the name of something that runs have."""
        token = self.take()
        if token.kind != "word":
            self.refuse("a name such as metrics.acc or started_at", token)
        head, dot, name = token.text.partition(".")
        group = GROUPS.get(head.lower()) if dot else "attributes"
        quoted = self.next.kind in {"name", "text"} and self.next.start == token.end
        if group is None:
            self.refuse(self.which(token.text), token)
        if not dot:
            name = head
        elif not name and quoted:
            name = self.take().text
        elif not name:
            self.refuse(f"a name right behind {token.text}")
        if group == "attributes":
            name = SYNONYMS.get(name.lower(), name.lower())
            if name not in ATTRIBUTES:
                self.refuse(self.which(token.text), token)
        return Field(group, name)

    def which(self, name: str) -> str:
        """Return what a name that nothing has could be meant to be."""
        near = get_close_matches(name.lower(), ATTRIBUTES, n=1, cutoff=0.7)
        if near:
            return f"a name that runs have: did you mean {near[0]}?"
        return f"metrics.{name}, params.{name}, tags.{name}, or one of " + ", ".join(
            ATTRIBUTES
        )

    def compared(self, field: Field) -> Condition:
        """Read an operator and its value."""
        if self.took("is"):
            return self.missing(field)
        negated = self.took("not")
        token = self.take()
        found: Condition
        if token.keyword == "in":
            found = self.listed(field)
        elif token.keyword == "between":
            low = self.value(field, token)
            if not self.took("and"):
                self.refuse("and, then the upper bound")
            high = self.value(field, token)
            found = Every((Compare(field, ">=", low), Compare(field, "<=", high)))
        elif token.keyword in OPERATORS and (not negated or "like" in token.keyword):
            operator = cast("Operator", OPERATORS[token.keyword])
            if "like" in operator and field.type in {"number", "time"}:
                self.refuse(
                    f"= or < or >: {field} is a {field.type}, and like is for texts", token
                )
            found = Compare(field, operator, self.value(field, token))
        else:
            self.refuse("an operator: = != < <= > >= in like ilike between is", token)
        return Every((Not(Missing(field)), Not(found))) if negated else found

    def missing(self, field: Field) -> Condition:
        """Read what stands behind `is`."""
        negated = self.took("not")
        if self.took("null", "none", "missing"):
            found: Condition = Missing(field)
        elif field.type == "number" and self.took("nan"):
            found = Diverged(field)
        else:
            self.refuse("null or not null" + (", nan" if field.type == "number" else ""))
        return Not(found) if negated else found

    def listed(self, field: Field) -> Condition:
        """Read the values of `in (…)`."""
        token = self.next
        if not self.took("("):
            self.refuse("a list such as ('a', 'b')")
        parts = [Compare(field, "=", self.value(field, token))]
        while self.took(","):
            parts.append(Compare(field, "=", self.value(field, token)))
        self.count += len(parts)
        if self.count > MOST:
            self.refuse(f"fewer values: {MOST} in all are the most")
        if not self.took(")"):
            self.refuse("a comma or a closing )")
        return Some(tuple(parts))

    def value(self, field: Field, behind: Token) -> Value:
        """Read a value that can be compared with a field."""
        token = self.next
        if token.kind not in {"word", "text"} or (
            token.keyword in {*JOINING, "in", "is", "between", "like", "ilike"}
        ):
            self.refuse(
                f"a value behind {behind.text} (quote it if it is a word like this)"
            )
        text = self.take().text
        if not text.isprintable() and text != text.encode("utf-8", "replace").decode():
            self.refuse("text that can be written as UTF-8", token)
        number = float(text) if NUMBER.fullmatch(text.strip()) else None
        if field.type == "number" and number is None:
            hint = f"; for NaN write: {field} is nan" if text.lower() == "nan" else ""
            self.refuse(f"a number: {field} is one{hint}", token)
        if field.type == "time":
            moment = read_moment(text, number, self.at_us)
            if moment is None:
                self.refuse(
                    "a time: '2026-05-03', '2026-05-03 14:00', today, or 2h ago as 2h",
                    token,
                )
            return Value(text, number, *moment)
        if field == Field("attributes", "status"):
            text = text.upper()
        return Value(text, number)
