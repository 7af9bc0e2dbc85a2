"""The tables and views of one database: made, and brought up to date."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

from trackbook.errors import Refused
from trackbook.records import KINDS
from trackbook.store.ddl import add_columns, create_table
from trackbook.store.sql import queries_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.records import Record

TABLES_VERSION = "1"
TABLES = queries_of("trackbook.store", "tables.sql")
VIEWS = queries_of("trackbook.store", "views.sql") | queries_of(
    "trackbook.store", "metadata.sql"
)
SQL = queries_of("trackbook.store")


def make_tables(db: DuckDBPyConnection) -> None:
    """Create what is missing, refusing a database that a newer trackbook made."""
    db.execute(TABLES["about"])
    known = dict(db.execute(SQL["about"]).fetchall())
    made = known.get("tables_version")
    if made is not None and int(made) > int(TABLES_VERSION):
        raise Refused(
            f"this project was written by a newer trackbook (tables {made}, known here:"
            f" {TABLES_VERSION}): update trackbook"
        )
    fingerprint = str(crc32("\n".join([*statements(), *VIEWS.values()]).encode()))
    if known.get("made_from") == fingerprint:
        return
    db.execute("BEGIN")
    try:
        for statement in statements():
            db.execute(statement)
        db.execute("USE tb")
        for statement in VIEWS.values():
            db.execute(statement)
        db.execute("USE memory")
        for name, value in (("tables_version", TABLES_VERSION), ("made_from", fingerprint)):
            db.execute(SQL["forget_about"], {"name": name})
            db.execute(SQL["add_about"], {"name": name, "value": value})
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def statements() -> tuple[str, ...]:
    """Return the statements that make every table, and every column added since."""
    return statements_for(tuple(KINDS.values()))


@cache
def statements_for(kinds: tuple[type[Record], ...]) -> tuple[str, ...]:
    """Return them for some kinds; worked out once, for every drain compares them."""
    made = list(TABLES.values())
    for record in kinds:
        if record.kind != "metric":
            made += [create_table(record), *add_columns(record)]
    return tuple(made)
