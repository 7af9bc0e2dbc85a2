"""How many bytes a metric point takes on disk.

Goal: at most 11 bytes, with noisy single-precision values of eight runs at a time. Reference:
24 bytes of plain step, value and time, and the same points in SQLite.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

from machine import machine, told
from measured_runs import make


def main() -> None:
    choice = told(__doc__, points=0)
    points = choice.points or (1_000_000 if choice.smoke else 10_000_000)
    folder = Path(tempfile.mkdtemp(prefix="disk-bytes-"))
    print(machine())
    try:
        made = make(folder, points)
        file = made.store.place.file
        used, drained = used_by(made) / made.points, file.stat().st_size / made.points
        made.store.compact()
        compacted = file.stat().st_size / made.points
        lite = sqlite(folder, made) / made.points
        print(
            f"{made.points:,} points: {compacted:.2f} bytes each after compact; after draining"
            f" {used:.2f} in use and {drained:.2f} with room for later. Plain: 24,"
            f" {24 / compacted:.1f} times ours; SQLite: {lite:.1f}, {lite / compacted:.1f} times ours"
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def used_by(made) -> int:
    """Bytes of the file that hold something, and not room for later."""
    with made.store.reading() as db:
        ((block, used),) = db.execute(
            "SELECT block_size, used_blocks FROM pragma_database_size() WHERE database_name = 'tb'"
        ).fetchall()
    return block * used


def sqlite(folder: Path, made) -> int:
    file = folder / "points.sqlite"
    db = sqlite3.connect(file)
    db.execute(
        "CREATE TABLE point (sid INTEGER, step INTEGER, value REAL, logged_ms INTEGER)"
    )
    with made.store.reading() as source:
        found = source.execute("FROM point UNION ALL FROM point_recent")
        while rows := found.fetchmany(100_000):
            db.executemany("INSERT INTO point VALUES (?, ?, ?, ?)", rows)
    db.commit()
    db.close()
    return file.stat().st_size


if __name__ == "__main__":
    main()
