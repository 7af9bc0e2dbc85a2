"""What a filter asks for: fields, comparisons, and how they are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["metrics", "params", "tags", "attributes"]
Type = Literal["number", "text", "time", "either"]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "like", "ilike"]

ATTRIBUTES: dict[str, Type] = {
    "name": "text",
    "status": "text",
    "experiment": "text",
    "notebook": "text",
    "run_id": "text",
    "parent_run_id": "text",
    "relation": "text",
    "origin": "text",
    "session_id": "text",
    "notebook_hash": "text",
    "git_commit": "text",
    "reproduced": "text",
    "user": "text",
    "host": "text",
    "error": "text",
    "started_at": "time",
    "ended_at": "time",
    "duration_s": "number",
}
"""What every run has, by the name of its column."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something of a run that can be compared or sorted by."""

    group: Group
    name: str

    @property
    def type(self) -> Type:
        """What its values are; `either`: a text that counts as a number if it reads so."""
        if self.group == "metrics":
            return "number"
        return ATTRIBUTES[self.name] if self.group == "attributes" else "either"

    def __str__(self) -> str:
        return self.name if self.group == "attributes" else f"{self.group}.{self.name}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it was written, and what else it can be read as."""

    text: str
    number: float | None = None
    """None: it does not read as a number."""
    from_us: int | None = None
    """For a time: microseconds since 1970 at which it begins; None for no time."""
    until_us: int | None = None
    """For a day: where it ends, the next day's first microsecond."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value; false for a run that lacks the field."""

    field: Field
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Missing:
    """Runs that lack a field."""

    field: Field


@dataclass(frozen=True, slots=True)
class Diverged:
    """Runs whose number is NaN."""

    field: Field


@dataclass(frozen=True, slots=True)
class Contains:
    """Runs whose name, params or tags contain a text, in whatever case."""

    words: str


@dataclass(frozen=True, slots=True)
class Not:
    """Exactly the runs that the inner condition leaves out."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """Runs that meet all conditions; all runs where there are none."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Runs that meet one of the conditions; no run where there are none."""

    parts: tuple[Condition, ...]


Condition = Compare | Missing | Diverged | Contains | Not | Every | Some


def fields_of(condition: Condition) -> list[Field]:
    """Return the fields a condition names, each once, in order."""
    match condition:
        case Compare(field=field) | Missing(field=field) | Diverged(field=field):
            return [field]
        case Not(inner=inner):
            return fields_of(inner)
        case Every(parts=parts) | Some(parts=parts):
            return list(dict.fromkeys(f for part in parts for f in fields_of(part)))
        case Contains():
            return []
