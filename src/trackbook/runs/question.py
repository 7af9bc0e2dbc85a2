"""From what a filter asks for to SQL: every name and value bound, none pasted in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.runs.condition import (
    Compare,
    Contains,
    Diverged,
    Every,
    Missing,
    Not,
    Some,
    fields_of,
)
from trackbook.store import queries_of, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.runs.condition import Condition, Field, Value
    from trackbook.runs.filter import Sort

SQL = queries_of("trackbook.runs")
SOURCES = {"metrics": "metric_of_runs", "params": "param_of_runs", "tags": "tag_of_runs"}
NEWEST_FIRST = "f.started_at DESC, f.run_id DESC"


class Question:
    """The runs that meet a condition, in order: text with `$name`s, and their values."""

    def __init__(
        self,
        condition: Condition,
        *,
        experiment: str | None = None,
        notebooks: Sequence[str] | None = None,
        after: str | None = None,
        sort: Sequence[Sort] = (),
        with_children: bool = True,
    ) -> None:
        self.values: dict[str, object] = {}
        wanted = [*fields_of(condition), *(key.field for key in sort)]
        of_runs = list(dict.fromkeys(f for f in wanted if f.group != "attributes"))
        self._places = {field: f"k{n}" for n, field in enumerate(of_runs)}
        where = [self._said(condition)]
        if experiment is not None:
            name = self._bound(experiment)
            where.append(
                f"(f.experiment = {name} OR starts_with(f.experiment, {name} || '/'))"
            )
        if notebooks is not None:
            where.append(f"list_contains({self._bound(list(notebooks))}, f.notebook)")
        if after is not None:
            where.append(SQL["follows"].replace("$run", self._bound(after)))
        if not with_children:
            where.append("f.relation IS DISTINCT FROM 'child'")
        self.source = "tb.run_facts f" + "".join(map(self._joined, of_runs))
        self.where = " AND ".join(where)
        self.order = ", ".join([*map(self._sorted, sort), NEWEST_FIRST])

    def _bound(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def _joined(self, field: Field) -> str:
        """Return the join that adds a field's value `v` and, if it has one, number `n`."""
        inner = SQL[SOURCES[field.group]].replace("$name", self._bound(field.name))
        place = self._places[field]
        return f" LEFT JOIN ({inner}) {place} ON {place}.run_id = f.run_id"

    def _column(self, field: Field) -> str:
        if field.group == "attributes":
            return f"f.{quoted(field.name)}"
        return f"{self._places[field]}.v"

    def _said(self, condition: Condition) -> str:
        """Return a condition that is true or false for each run, never unknown."""
        match condition:
            case Compare():
                said = f"coalesce({self._compared(condition)}, false)"
            case Missing(field=field):
                said = f"({self._column(field)} IS NULL)"
            case Diverged(field=field):
                said = f"coalesce(isnan({self._column(field)}), false)"
            case Not(inner=inner):
                said = f"(NOT {self._said(inner)})"
            case Every(parts=parts):
                said = f"({' AND '.join(map(self._said, parts)) or 'true'})"
            case Some(parts=parts):
                said = f"({' OR '.join(map(self._said, parts)) or 'false'})"
            case Contains(words=words):
                said = SQL["contains"].replace("$words", self._bound(words.lower()))
        return said

    def _compared(self, compare: Compare) -> str:
        column, operator, value = (
            self._column(compare.field),
            compare.operator,
            compare.value,
        )
        if compare.field.type == "time":
            return self._timed(column, operator, value)
        if compare.field.type == "number":
            said = f"{column} {operator} {self._bound(value.number)}"
            # DuckDB holds NaN for the largest number; a diverged loss is not above 0.5
            return said if operator == "!=" else f"NOT isnan({column}) AND {said}"
        as_text = f"{column} {operator.upper()} {self._bound(value.text)}"
        if compare.field.type == "text" or value.number is None or "like" in operator:
            return as_text
        number = f"{self._places[compare.field]}.n"
        as_number = f"{number} {operator} {self._bound(value.number)}"
        return f"CASE WHEN {number} IS NULL THEN {as_text} ELSE {as_number} END"

    def _timed(self, column: str, operator: str, value: Value) -> str:
        begins = f"make_timestamp({self._bound(value.from_us)})"
        if value.until_us is None or operator not in {"=", "!="}:
            return f"{column} {operator} {begins}"
        ends = f"make_timestamp({self._bound(value.until_us)})"
        within = f"{column} >= {begins} AND {column} < {ends}"
        return f"({within})" if operator == "=" else f"NOT ({within})"

    def _sorted(self, key: Sort) -> str:
        """Return sort keys that put what is missing last, whichever way."""
        column, way = self._column(key.field), "DESC" if key.descending else "ASC"
        if key.field.type == "number":
            rank = (
                f"CASE WHEN {column} IS NULL THEN 2 WHEN isnan({column}) THEN 1 ELSE 0 END"
            )
            return f"{rank}, {column} {way}"
        if key.field.type == "either":
            number = f"{self._places[key.field]}.n"
            return f"{column} IS NULL, {number} {way} NULLS LAST, {column} {way}"
        return f"{column} {way} NULLS LAST"
