"""The facts, ready to be asked about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from trackbook.errors import Busy, Misused, NotFound, Refused
from trackbook.records import KINDS
from trackbook.store.ddl import create_table
from trackbook.store.drain import drain_once, journals_in
from trackbook.store.place import PATIENCE_S, Place, first_line
from trackbook.store.sql import queries_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

Row = TypeVar("Row")

TABLES_VERSION = "1"
SORT_AFTER = 2_000_000
"""Points that may wait unsorted: sorting them takes about a second."""
SQL = queries_of("trackbook.store")
TABLES = queries_of("trackbook.store", "tables.sql")
VIEWS = queries_of("trackbook.store", "views.sql")


class Answer(NamedTuple):
    """The whole answer to a question: nothing lazy, the file is closed again."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


class Store:
    """One project's database, and the journals on their way into it.

    Whoever asks drains first, so that everybody reads what was written before.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal_folder = folder / "journal"
        self.place = Place(folder)
        self._made_for: tuple[int, int] | None = None

    def drain(self, *, patience_s: float = PATIENCE_S) -> bool:
        """Move all journals into the database; say whether it was done.

        With no patience, it is left to whoever is at it just now.
        """
        try:
            with self.place.alone(patience_s=patience_s):
                self._drain(patience_s)
        except Busy:
            if patience_s > 0:
                raise
            return False
        return True

    def ask(self, sql: str, into: type[Row], **values: object) -> list[Row]:
        """Return one named statement's rows as `into` objects.

        The statement's columns are `into`'s fields, by name; values are bound as
        `$name`. A test checks every statement against its class.
        """
        answer = self.rows(sql, **values)
        return [into(**dict(zip(answer.columns, row, strict=True))) for row in answer.rows]

    def rows(self, sql: str, **values: object) -> Answer:
        """Return a statement's whole answer; values are bound as `$name`."""
        with self.reading() as db:
            found = db.execute(sql, values or None)
            return Answer([c[0] for c in found.description or ()], found.fetchall())

    def question(self, sql: str, *, limit: int | None = None) -> Answer:
        """Return the answer to a user's own SQL, refusing whatever would change something.

        Raises:
            Refused: the text is not one statement that only reads
            Misused: the database does not understand it
        """
        import duckdb

        with self.reading() as db:
            try:
                statements = db.extract_statements(sql)
                must_only_read(statements)
                found = db.execute(statements[0])
                columns = [c[0] for c in found.description or ()]
                rows = found.fetchall() if limit is None else found.fetchmany(limit)
            except duckdb.Error as error:
                raise Misused(f"the database says: {first_line(error)}") from error
        return Answer(columns, rows)

    def shape(self, sql: str) -> list[str]:
        """Return the column names a statement gives, without running it."""
        with self.reading() as db:
            (statement,) = db.extract_statements(sql)
            unset = dict.fromkeys(statement.named_parameters)
            return [
                row[0] for row in db.execute(f"DESCRIBE {sql}", unset or None).fetchall()
            ]

    def compact(self) -> int:
        """Sort the points that arrived lately into their place; return how many."""
        with self.place.alone():
            self._drain(PATIENCE_S)
            with self._writing(PATIENCE_S) as db:
                return sort_recent(db, at_least=1)

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Give the database, drained and attached for reading, with `tb` in use.

        Fetch everything before leaving: an open result would keep the file.
        """
        with self.place.alone():
            if not self.place.file.exists() and not self.journal_folder.is_dir():
                raise NotFound(f"no trackbook database in {self.folder}")
            if not self._is_drained():
                self._drain(PATIENCE_S)
            with self.place.attached(write=False) as db:
                db.execute("USE tb")
                yield db

    @contextmanager
    def writing(self) -> Iterator[DuckDBPyConnection]:
        """Give the database, drained and attached for writing; for housekeeping only."""
        with self.place.alone():
            self._drain(PATIENCE_S)
            with self._writing(PATIENCE_S) as db:
                yield db

    def close(self) -> None:
        """Let go of this process's DuckDB instance."""
        self.place.close()

    def _is_drained(self) -> bool:
        """Say, without opening the database, that no journal holds anything new."""
        return self.place.file.exists() and not any(
            file.stat().st_size for file in journals_in(self.journal_folder)
        )

    def _drain(self, patience_s: float) -> None:
        with self._writing(patience_s) as db:
            while drain_once(db, self.journal_folder):
                pass
            sort_recent(db, at_least=SORT_AFTER)

    @contextmanager
    def _writing(self, patience_s: float) -> Iterator[DuckDBPyConnection]:
        with self.place.attached(write=True, patience_s=patience_s) as db:
            stat = self.place.file.stat()
            if self._made_for != (stat.st_dev, stat.st_ino):
                make_tables(db)
                self._made_for = (stat.st_dev, stat.st_ino)
            yield db


def make_tables(db: DuckDBPyConnection) -> None:
    """Create what is missing, refusing a database that a newer trackbook made."""
    db.execute(TABLES["about"])
    known = dict(db.execute("FROM tb.about").fetchall())
    made = known.get("tables_version")
    if made is not None and int(made) > int(TABLES_VERSION):
        raise Refused(
            f"this project was written by a newer trackbook (tables {made}, known here:"
            f" {TABLES_VERSION}): update trackbook"
        )
    fingerprint = str(hash_of_statements())
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
        db.execute("DELETE FROM tb.about WHERE name IN ('tables_version', 'made_from')")
        add = "INSERT INTO tb.about VALUES ($name, $value)"
        db.execute(add, {"name": "tables_version", "value": TABLES_VERSION})
        db.execute(add, {"name": "made_from", "value": fingerprint})
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def statements() -> list[str]:
    """Return the CREATE TABLE statements of everything the store keeps."""
    kinds = [create_table(record) for record in KINDS.values() if record.kind != "metric"]
    return [*TABLES.values(), *kinds]


def hash_of_statements() -> int:
    """Return a number that changes when any table or view is declared otherwise."""
    from zlib import crc32

    return crc32("\n".join([*statements(), *VIEWS.values()]).encode())


def sort_recent(db: DuckDBPyConnection, *, at_least: int) -> int:
    """Sort recent points into `point` when there are enough; return how many.

    Sorted, one series of 100,000 points among 100 million is found in a few row
    groups instead of all of them.
    """
    ((count,),) = db.execute(SQL["recent_point_count"]).fetchall()
    if count < at_least:
        return 0
    db.execute("BEGIN")
    try:
        db.execute(SQL["sort_recent"])
        db.execute(SQL["clear_recent"])
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return int(count)


def must_only_read(statements: list[Any]) -> None:
    """Refuse anything but one statement that reads."""
    if len(statements) != 1:
        raise Refused(f"one SQL statement at a time: this text has {len(statements)}")
    kind = statements[0].type.name
    if kind not in {"SELECT", "EXPLAIN", "RELATION"}:
        raise Refused(
            f"trackbook's SQL only reads, and this is {kind}: use SELECT, FROM, DESCRIBE or"
            " SUMMARIZE"
        )
