"""The facts, ready to be asked about."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar
from zlib import compress, decompress

from trackbook.errors import Busy, Misused, NotFound
from trackbook.store.compact import copy_sorted, sort_recent
from trackbook.store.drain import drain_once, put_away
from trackbook.store.place import PATIENCE_S, Place, first_line
from trackbook.store.question import must_only_read
from trackbook.store.standing import Standing, past_in, state_of, still_stands
from trackbook.store.stretch import sizes_of
from trackbook.store.tables import make_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.store.stretch import Stretch

Row = TypeVar("Row")

TURN_S = 1.0
"""After so long a drain lets others in, and goes on behind them."""
PAUSE_S = 0.01
HINT = " (the views are runs, params, metrics, cells, tags, artifacts; DESCRIBE runs)"
SORT_AFTER = 1_000_000
"""Points that may wait unsorted: sorting them takes about half a second."""


class Answer(NamedTuple):
    """The whole answer to a question: nothing lazy, the file is closed again."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


class Store:
    """One project's database, and the journals on their way into it.

    Whoever asks drains first, so that everybody reads what was written before.
    """

    _blank: ClassVar[bytes] = b""
    """A database as it is made, compressed: a process makes it once, which takes 0.2 s (it is
    DuckDB's binding of the views), and its next ones from this."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal_folder = folder / "journal"
        self.place = Place(folder)
        self._seen: Standing | None = None
        """The database as our last drain left it."""

    def drain(self, *, patience_s: float = PATIENCE_S) -> bool:
        """Move all journals into the database; say whether it was done.

        Everything that was written before the call is in it afterwards. With no
        patience, it is left to whoever is at it just now.
        """
        upto: dict[str, int] | None = None
        try:
            while True:
                with self.place.alone(patience_s=patience_s):
                    upto = sizes_of(self.journal_folder) if upto is None else upto
                    if self._drain(upto, patience_s):
                        return True
                time.sleep(PAUSE_S)
        except Busy:
            if patience_s > 0:
                raise
            return False

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
                statement = must_only_read(db, sql)
                found = db.execute(statement)
                columns = [c[0] for c in found.description or ()]
                rows = found.fetchall() if limit is None else found.fetchmany(limit)
            except duckdb.Error as error:
                raise Misused(f"the database says: {first_line(error)}{HINT}") from error
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
        """Write the database anew with all points in order; return how many there are.

        Takes a minute and more where there are a hundred million, and the space of a
        second database while it lasts. Whoever logs does not notice; whoever asks waits.
        """
        self.drain()
        with self.place.alone(), self.place.replaced() as db:
            make_tables(db)
            return copy_sorted(db, self.place.file)

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """Give the database, drained and attached for reading, with `tb` in use.

        Fetch everything before leaving: an open result would keep the file. Where
        nothing can be written, what waits in the journals is left out.
        """
        if not self.place.file.exists() and not self.journal_folder.is_dir():
            raise NotFound(f"no trackbook database in {self.folder}")
        if not (self.place.is_read_only or self._is_drained()):
            self.drain()
        with self.place.alone(), self.place.attached(write=False) as db:
            db.execute("USE tb")
            yield db

    @contextmanager
    def writing(self) -> Iterator[DuckDBPyConnection]:
        """Give the database, drained and attached for writing; for housekeeping only.

        What a session left of the past goes: it may tell what is deleted here.
        """
        self.drain()
        past_in(self.folder).unlink(missing_ok=True)
        with self.place.alone(), self._writing(PATIENCE_S) as db:
            yield db

    def close(self) -> None:
        """Let go of this process's DuckDB instance."""
        self.place.close()

    def standing(self) -> Standing | None:
        """Return the database as our last drain left it; None if it was changed, or has news."""
        return self._seen if self._is_drained() else None

    def _is_drained(self) -> bool:
        """Say, without opening the database, that there is nothing to drain."""
        with self.place.alone():
            return self._seen is not None and still_stands(self.folder, self._seen)

    def _drain(self, upto: Mapping[str, int], patience_s: float) -> bool:
        """Drain for one turn; say whether that was all."""
        deadline = time.monotonic() + TURN_S
        finished: dict[Path, Stretch] = {}
        with self._writing(patience_s) as db:
            while True:
                drained = drain_once(db, self.journal_folder, upto)
                finished |= {stretch.file: stretch for stretch in drained.done}
                if not drained.more or time.monotonic() > deadline:
                    break
            sort_recent(db, at_least=SORT_AFTER)
        for stretch in finished.values():
            put_away(stretch)
        if drained.more:
            return False
        state = state_of(self.place.file)
        self._seen = None if state is None else Standing(state, drained.ends)
        return True

    @contextmanager
    def _writing(self, patience_s: float) -> Iterator[DuckDBPyConnection]:
        if not self.place.file.exists():
            self._make(patience_s)
        with self.place.attached(write=True, patience_s=patience_s) as db:
            make_tables(db)
            yield db

    def _make(self, patience_s: float) -> None:
        """Make the database, whole or not at all."""
        begun = decompress(Store._blank) if Store._blank else b""
        with self.place.replaced(patience_s=patience_s, begun=begun) as db:
            make_tables(db)
        if not begun:
            Store._blank = compress(self.place.file.read_bytes(), level=1)
