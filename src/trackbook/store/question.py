"""What users may ask in SQL: whatever only reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.errors import Refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, Statement

READS = {"SELECT", "EXPLAIN", "RELATION"}
EXPLAINED = re.compile(r"\s*explain\s+(?:analyze\s+)?(?=\w)", re.IGNORECASE)


def must_only_read(db: DuckDBPyConnection, sql: str) -> Statement:
    """Return the one statement in a text, refusing anything but one that reads."""
    statements = db.extract_statements(sql)
    if len(statements) != 1:
        raise Refused(f"one SQL statement at a time: this text has {len(statements)}")
    kind = statements[0].type.name
    if kind not in READS:
        raise Refused(
            f"trackbook's SQL only reads, and this is {kind}: use SELECT, FROM, DESCRIBE or"
            " SUMMARIZE"
        )
    if kind == "EXPLAIN" and (explained := EXPLAINED.match(sql)):
        # EXPLAIN ANALYZE runs what it explains.
        must_only_read(db, sql[explained.end() :])
    return statements[0]
