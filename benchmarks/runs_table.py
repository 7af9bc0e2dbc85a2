"""Milliseconds to filter and sort 10,000 runs with 20 params and 20 metrics each.

Against pandas doing the same over the same file: load the tables, keep each run's last
values, filter, sort and pivot. Goal: at most 200 ms, on a machine that does nothing else;
the ratio holds on a busy one too. Run: `python benchmarks/runs_table.py [--smoke]`.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd
from machine import machine, told

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import Param, RunEnd, RunStart, Session, Tag
from trackbook.runs import search
from trackbook.store import Store

NAMES, ROUNDS = 20, 7
FILTER, SORT = (
    "metrics.m3 > 0.5 and params.p1 < 50 and tags.owner = 'ann'",
    "metrics.m4 desc",
)


def main() -> None:
    choice = told(__doc__, runs=0)
    count = choice.runs or (500 if choice.smoke else 10_000)
    with tempfile.TemporaryDirectory() as folder:
        store = built(Path(folder) / ".trackbook", count)
        file = store.place.file
        questions = {
            "first 1,000 of the runs that meet the filter": (FILTER, 1000),
            "all runs that meet the filter": (FILTER, None),
            "all runs": ("", None),
        }
        print(
            f"{count:,} runs, {NAMES} params and {NAMES} metrics each; {machine()}, pandas {pd.__version__}"
        )
        for label, (wanted, limit) in questions.items():
            report(store, file, label, wanted, limit)
        store.close()


def report(store: Store, file: Path, label: str, wanted: str, limit: int | None) -> None:
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        runs = search(store, wanted, sort=SORT, limit=limit)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        frame = with_pandas(file, wanted, limit)
        theirs.append(time.perf_counter() - began)
        assert [run.run_id for run in runs] == frame.index.tolist()
    mine, other = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
    print(
        f"{label} ({len(runs):,}): trackbook {mine:.0f} ms (best {min(ours) * 1e3:.0f}),"
        f" pandas {other:.0f} ms: {other / mine:.1f} x as fast"
    )


def with_pandas(file: Path, wanted: str, limit: int | None) -> pd.DataFrame:
    """The same answer from the same tables, as somebody without trackbook would get it."""
    with duckdb.connect(str(file), read_only=True) as db:
        params = db.sql("SELECT run_id, name, value, id FROM param").df()
        metrics = db.sql(
            "SELECT run_id, name, last_value FROM summary JOIN series USING (sid)"
        ).df()
        tags = db.sql("SELECT run_id, name, value, id FROM tag").df()
        runs = db.sql("SELECT * FROM run_facts").df().set_index("run_id")
    params = params.drop_duplicates(["run_id", "name"], keep="last")
    tags = tags.drop_duplicates(["run_id", "name"], keep="last")
    wide = runs.join(
        [
            metrics.set_index(["run_id", "name"])["last_value"].unstack(),  # noqa: PD010  # nothing to sum up
            params.set_index(["run_id", "name"])["value"].unstack(),  # noqa: PD010  # as above
            tags.set_index(["run_id", "name"])["value"].unstack(),  # noqa: PD010  # as above
        ]
    )
    if wanted:
        number = pd.to_numeric(wide["p1"], errors="coerce")
        wide = wide[(wide["m3"] > 0.5) & (number < 50) & (wide["owner"] == "ann")]
    wide = wide.sort_values(["m4"], ascending=False, na_position="last")
    return wide if limit is None else wide.head(limit)


def built(folder: Path, count: int) -> Store:
    """Return a store with so many runs, written through a journal as a notebook would."""
    folder.mkdir()
    store, chance = Store(folder), random.Random(7)
    journal = Journal(folder / "journal", new_id(), complain=print)
    journal.put(
        Session(
            program="script", notebook=None, login="ann", host="desk", pid=1, python="3",
            platform="linux", version="0",
        )
    )  # fmt: skip
    for n in range(count):
        run_id = new_id()
        start = RunStart(name=f"forest-{n}", experiment=f"churn/{n % 5}", origin="auto")
        journal.put(start, run_id)
        for p in range(NAMES):
            value = str(
                chance.randrange(100) if p % 2 else chance.choice((0.1, 0.01, 0.001))
            )
            journal.put(
                Param(name=f"p{p}", value=value, type="int", origin="literal"), run_id
            )
        values = {f"m{m}": chance.random() for m in range(NAMES)}
        journal.put_several(run_id, values, step=0, origin="computed")
        journal.put(Tag(name="owner", value="ann" if n % 3 else "bob"), run_id)
        journal.put(RunEnd(status="FINISHED"), run_id)
    journal.close()
    store.drain()
    return store


if __name__ == "__main__":
    main()
