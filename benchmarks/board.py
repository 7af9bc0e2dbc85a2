"""Milliseconds to show the board of 1,000 versions, with their runs' and champions' metrics.

Against `SELECT * FROM versions` in a bare DuckDB connection to the same file: what it costs to
be told how versions stand without slots as columns and without metrics. Goal: at most 300 ms.
Also what a decision and an examination of the whole log cost. Run: `python benchmarks/board.py`.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from machine import machine, told

from trackbook.clock import new_id, now_us
from trackbook.journal import Journal
from trackbook.records import RunStart
from trackbook.registry import (
    Facts,
    Head,
    Policy,
    Registry,
    Who,
    board,
    differences,
    verify_chain,
)
from trackbook.registry.anchor import note
from trackbook.registry.chain import sealed
from trackbook.registry.decide import Move, moved
from trackbook.registry.register import registered
from trackbook.registry.state import Model, take
from trackbook.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.registry.chain import Entry

MODELS, METRICS, ROUNDS, DECISIONS = 20, 10, 9, 15
ANN = Who(name="ann", source="given")


def main() -> None:
    choice = told(__doc__, versions=0)
    count = choice.versions or (60 if choice.smoke else 1000)
    with tempfile.TemporaryDirectory() as folder:
        store, entries = built(Path(folder) / ".trackbook", count)
        print(
            f"{count:,} versions of {MODELS} models, {entries:,} entries, {METRICS} metrics a run;"
            f" {machine()}"
        )
        report(store, count)
        began = time.perf_counter()
        chain = verify_chain(store)
        assert chain.is_whole
        assert chain.count == entries
        print(f"examining the log: {(time.perf_counter() - began) * 1e3:.0f} ms")
        began = time.perf_counter()
        wrong = differences(store)
        assert wrong == []
        print(f"views against a rebuild: {(time.perf_counter() - began) * 1e3:.0f} ms")
        print(f"a decision, written for good: {decisions(store):.0f} ms")
        store.close()


def report(store: Store, count: int) -> None:
    ours, theirs, spent = [], [], []
    for _ in range(ROUNDS):
        began, cpu = time.perf_counter(), time.process_time()
        shown = board(store, limit=count)
        ours.append(time.perf_counter() - began)
        spent.append(time.process_time() - cpu)
        began = time.perf_counter()
        with duckdb.connect(str(store.place.file), read_only=True) as db:
            rows = db.execute("SELECT * FROM versions").fetchall()
        theirs.append(time.perf_counter() - began)
        assert len(shown.rows) == len(rows) == count
        assert len(shown.slots["prod/champion"]) == MODELS
    mine, other = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
    print(
        f"board: {mine:.0f} ms (slowest {max(ours) * 1e3:.0f}; CPU"
        f" {statistics.median(spent) * 1e3:.0f}), SELECT * FROM versions"
        f" {other:.0f} ms: {mine / other:.2f} x"
    )


def built(folder: Path, count: int) -> tuple[Store, int]:
    """Return a store with so many versions, each as far as its turn says.

    The entries are decided and sealed as ever; only the reading of the log before each is
    left out, for it would take minutes.
    """
    folder.mkdir()
    store = Store(folder)
    journal = Journal(folder / "journal", new_id(), complain=print)
    models = {name: Model(name=name) for name in (f"model-{n}" for n in range(MODELS))}
    head, chosen = Head(), Policy(gated=frozenset())
    for n in range(count):
        model = models[f"model-{n % MODELS}"]
        for draft in drafts(journal, model, chosen, n):
            entry = sealed(draft, head, ANN, now_us())
            head = Head(entry.entry, entry.at_us, entry.hash)
            take(model, entry)
            journal.put(entry)
            note(folder, head)
    journal.close()
    store.drain()
    return store, head.entry


def drafts(journal: Journal, model: Model, policy: Policy, n: int) -> Iterator[Entry]:
    """Decide to register one version, of three one to stage, of six one to release."""
    run_id = new_id()
    journal.put(RunStart(name=f"forest-{n}", experiment="churn", origin="auto"), run_id)
    values = {f"m{m}": n / (m + 1) for m in range(METRICS)}
    journal.put_several(run_id, values, step=0, origin="computed")
    digest = hashlib.sha256(str(n).encode()).hexdigest()
    facts = Facts(package_digest=digest, flavour="sklearn", run_id=run_id)
    yield registered(model, facts, None, "minor")
    at = f"v{len(model.versions)}"
    for to, every in (("STAGING", 3), ("PRODUCTION", 6)):
        if n % every == 0 or n < MODELS:
            move = Move(at=at, to=to, command="promote", reason="better")
            yield moved(model, move, policy, now_us()).transition()


def decisions(store: Store) -> float:
    """Return the median of what a command takes, from its call until it stands, in ms."""
    journal = Journal(store.journal_folder, new_id(), complain=print)
    registry = Registry(journal, store, who=ANN)
    took = []
    for n in range(DECISIONS):
        began = time.perf_counter()
        registry.alias("model-0@champion", f"try-{n}")
        took.append(time.perf_counter() - began)
    journal.close()
    return statistics.median(took) * 1e3


if __name__ == "__main__":
    main()
