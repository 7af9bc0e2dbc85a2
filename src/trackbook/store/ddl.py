"""From a record class to its DuckDB table."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from trackbook.errors import Misused
from trackbook.store.sql import literal, quoted

if TYPE_CHECKING:
    from trackbook.records import Record

STAMP = {
    "id": "VARCHAR NOT NULL",
    "written_at": "TIMESTAMP NOT NULL",
    "session_id": "VARCHAR NOT NULL",
    "run_id": "VARCHAR",
    "execution_id": "VARCHAR",
}
"""What stands before each record's own columns; times are UTC."""

SCALARS: dict[object, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
}


class Column(NamedTuple):
    """One field as a column."""

    name: str
    sql: str
    """DuckDB's type, without NOT NULL."""
    nullable: bool
    default: str | None = None
    """As SQL; what rows have that were written before there was the field."""

    @property
    def is_list(self) -> bool:
        return self.sql.endswith("[]")


def create_table(record: type[Record]) -> str:
    """Return the CREATE TABLE statement of one kind, in the attached store `tb`."""
    columns = dict(STAMP)
    for column in columns_of(record):
        default = "" if column.default is None else f" DEFAULT {column.default}"
        columns[column.name] = (
            column.sql + ("" if column.nullable else " NOT NULL") + default
        )
    body = ",\n  ".join(f"{quoted(name)} {sql}" for name, sql in columns.items())
    return f"CREATE TABLE IF NOT EXISTS tb.{quoted(record.kind)} (\n  {body}\n)"


def add_columns(record: type[Record]) -> list[str]:
    """Return the statements that bring an older table of a kind up to date.

    Without NOT NULL, which DuckDB cannot add to a table that has rows.
    """
    table = f"tb.{quoted(record.kind)}"
    return [
        f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {quoted(column.name)} {column.sql}"
        + ("" if column.default is None else f" DEFAULT {column.default}")
        for column in columns_of(record)
    ]


def columns_of(record: type[Record]) -> list[Column]:
    """Return each field's column; a field without `| None` is NOT NULL."""
    return [
        column_of(field.name, field.type, f"{record.kind}.{field.name}")._replace(
            default=default_of(field)
        )
        for field in msgspec.structs.fields(record)
    ]


def default_of(field: msgspec.structs.FieldInfo) -> str | None:
    """Return a field's default as SQL; None for NULL, and where there is none."""
    if field.default_factory is not msgspec.NODEFAULT:
        return "[]"
    value = field.default
    if value is None or value is msgspec.NODEFAULT:
        return None
    return literal(value) if isinstance(value, str) else str(value)


def column_of(name: str, hint: object, where: str) -> Column:
    """Return the column for one annotation, or say which ones exist."""
    inner, nullable = without_none(hint)
    if get_origin(inner) is Literal:
        inner = str
    if get_origin(inner) is list:
        item = SCALARS.get(get_args(inner)[0])
        sql = f"{item}[]" if item else None
    else:
        sql = SCALARS.get(inner)
    if sql is None:
        raise Misused(f"{where} is {hint}: a field is a plain value or a list of them")
    return Column(name, sql, nullable)


def without_none(hint: object) -> tuple[object, bool]:
    """Split `T | None` into T and True."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [arm for arm in get_args(hint) if arm is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return hint, False
