"""How long it takes to ask what is around one run in a graph of a million edges.

Goal: at most 200 ms. Reference: one recursive question to the view `lineage`, as a user would
write it in SQL, with the same limit of steps.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from machine import machine, told

from trackbook.clock import new_id
from trackbook.lineage.graph import Key, graph_around
from trackbook.store import Store

PER_SESSION = 1_000
BEFORE = 8
DEPTH = 6
RECURSIVE = """
WITH RECURSIVE up(kind, id, depth) AS (
  SELECT 'run', $run, 0
  UNION SELECT l.from_kind, l.from_id, depth + 1
  FROM up JOIN lineage l ON l.to_kind = up.kind AND l.to_id = up.id WHERE depth < $depth)
SELECT count(DISTINCT id) FROM up
"""


def main() -> None:
    choice = told(__doc__, edges=0)
    edges = choice.edges or (20_000 if choice.smoke else 1_000_000)
    folder = Path(tempfile.mkdtemp(prefix="lineage-graph-"))
    print(machine())
    try:
        store = Store(folder)
        runs = make(store, edges)
        ((count,),) = store.rows("SELECT count(*) FROM lineage").rows
        times: dict[str, list[float]] = {}
        for run in runs:
            for way in ("up", "down", "both"):
                begun = time.perf_counter()
                found = graph_around(store, Key("run", run), way=way, depth=DEPTH)
                times.setdefault(way, []).append((time.perf_counter() - begun) * 1e3)
            begun = time.perf_counter()
            store.rows(RECURSIVE, run=run, depth=DEPTH)
            times.setdefault("recursive", []).append((time.perf_counter() - begun) * 1e3)
        told_of = {name: statistics.median(each) for name, each in times.items()}
        print(
            f"{count:,} edges, {DEPTH} steps around a run ({len(found.nodes)} things):"
            f" up {told_of['up']:.0f} ms, down {told_of['down']:.0f}, both"
            f" {told_of['both']:.0f} (slowest {max(times['both']):.0f}; goal 200);"
            f" one recursive question, up only: {told_of['recursive']:.0f} ms,"
            f" {told_of['recursive'] / told_of['up']:.1f} x"
        )
        store.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make(store: Store, edges: int) -> list[str]:
    """Fill a store with sessions of executions that rest on eight before; return some runs."""
    count = edges // (BEFORE + 2)
    ids = [new_id() for _ in range(count)]
    sessions = [new_id() for _ in range(count // PER_SESSION + 1)]
    runs = [new_id() for _ in range(count // 10 + 1)]
    with store.writing() as db:
        db.execute(
            "CREATE OR REPLACE TEMP TABLE x AS SELECT unnest($ids) AS id", {"ids": ids}
        )
        db.execute(
            "CREATE OR REPLACE TEMP TABLE s AS SELECT unnest($ids) AS id", {"ids": sessions}
        )
        db.execute(
            "CREATE OR REPLACE TEMP TABLE r AS SELECT unnest($ids) AS id", {"ids": runs}
        )
        db.execute(FILL_TIES, {"per": PER_SESSION, "before": BEFORE})
        for statement in FILL_REST:
            db.execute(statement, {"per": PER_SESSION})
    return runs[-5:] if len(runs) < 50 else runs[10 :: len(runs) // 12][:12]


STAMP = "x.id, now()::TIMESTAMP, s.id"
FILL_TIES = """
INSERT INTO tb.tie BY NAME
SELECT x.id, now()::TIMESTAMP AS written_at, s.id AS session_id, NULL AS run_id, x.id AS execution_id,
  list(y.id ORDER BY y.id) AS before, list('x, y' ORDER BY y.id) AS why, ['x'] AS binds,
  []::VARCHAR[] AS changes, false AS ambient, NULL AS unknown
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM x) x
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM s) s ON s.n = x.n // $per
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM x) y
  ON y.n BETWEEN greatest(x.n // $per * $per, x.n - 3 * $before) AND x.n - 1
  AND (x.n + y.n) % 3 = 0
GROUP BY x.id, s.id ORDER BY x.id
"""
FILL_REST = (
    """
    INSERT INTO tb.execution BY NAME
    SELECT x.id, now()::TIMESTAMP AS written_at, s.id AS session_id, NULL AS run_id, x.id AS execution_id,
      'x = y' AS source, 'h' AS source_hash, NULL AS cell_id, 'k' AS cell_key
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM x) x
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM s) s ON s.n = x.n // $per
    ORDER BY x.id
    """,
    """
    INSERT INTO tb.run BY NAME
    SELECT r.id, now()::TIMESTAMP AS written_at, s.id AS session_id, r.id AS run_id, x.id AS execution_id,
      'run-' || r.n AS name, 'e' AS experiment, 'auto' AS origin,
      lag(r.id) OVER (PARTITION BY r.n % 50 ORDER BY r.n) AS parent_run_id, 'variation' AS relation
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM r) r
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM x) x ON x.n = r.n * 10
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM s) s ON s.n = x.n // $per
    """,
    """
    INSERT INTO tb.contribution BY NAME
    SELECT uuid()::VARCHAR AS id, now()::TIMESTAMP AS written_at, s.id AS session_id, r.id AS run_id,
      x.id AS execution_id, ['acc'] AS metrics
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM r) r
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM x) x ON x.n // 10 = r.n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM s) s ON s.n = x.n // $per
    """,
    """
    INSERT INTO tb.dataset BY NAME
    SELECT x.id, now()::TIMESTAMP AS written_at, s.id AS session_id, NULL AS run_id, x.id AS execution_id,
      'd-' || x.id AS dataset_id, 'data' AS name, 'pandas.read_csv' AS made_by, NULL AS location,
      10 AS row_count, 80 AS size_bytes, ['a'] AS column_names, ['int64'] AS column_types, 'q1:' AS quick
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM x) x
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM s) s ON s.n = x.n // $per
    WHERE x.n % 5 = 0
    """,
    """
    INSERT INTO tb.input BY NAME
    SELECT uuid()::VARCHAR AS id, now()::TIMESTAMP AS written_at, session_id, run_id, execution_id,
      'd-' || execution_id AS dataset_id, 'training' AS role
    FROM tb.run WHERE $per > 0
    """,
)

if __name__ == "__main__":
    main()
