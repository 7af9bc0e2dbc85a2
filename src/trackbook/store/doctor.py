"""What is well with a project on disk, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.errors import Damaged, TrackbookError
from trackbook.journal import frames_in, is_alive
from trackbook.store.holders import holders_of, is_locked
from trackbook.store.place import Place
from trackbook.store.sql import queries_of
from trackbook.store.stretch import journals_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

LITTLE_SPACE, NO_SPACE = 1 << 30, 100 << 20
MANY_RECENT = 5_000_000
SQL = queries_of("trackbook.store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    level: Literal["ok", "note", "problem"]
    what: str
    where: str
    what_to_do: str = ""


def examine(folder: Path) -> list[Finding]:
    """Return what is found in a project's `.trackbook` folder; nothing is changed."""
    if not folder.is_dir():
        return [
            Finding(
                level="problem",
                what="there is no trackbook project",
                where=str(folder),
                what_to_do="%load_ext trackbook makes one with the first record",
            )
        ]
    offsets: dict[str, int] = {}
    found = [*the_folder(folder), *the_space(folder)]
    found += the_database(folder, offsets)
    found += the_journals(folder, offsets)
    return [*found, *the_leftovers(folder)]


def the_folder(folder: Path) -> Iterator[Finding]:
    """Look at who may write."""
    if Place(folder).is_read_only:
        yield Finding(
            level="note",
            what="the project can only be read: what waits in journals is not shown",
            where=str(folder),
            what_to_do=f"to record here, get the right to write (chmod -R u+w {folder})",
        )
    else:
        yield Finding(
            level="ok", what="the project can be read and written", where=str(folder)
        )


def the_space(folder: Path) -> Iterator[Finding]:
    """Look at how much room is left."""
    free = shutil.disk_usage(folder).free
    level: Literal["ok", "note", "problem"] = "ok"
    if free < LITTLE_SPACE:
        level = "problem" if free < NO_SPACE else "note"
    yield Finding(
        level=level,
        what=f"{in_mb(free)} are free on the disk",
        where=str(folder),
        what_to_do="" if level == "ok" else "free some space; until then records may wait",
    )


def the_database(folder: Path, offsets: dict[str, int]) -> Iterator[Finding]:
    """Look whether the database opens, and into it; tell how far each journal is in it."""
    place = Place(folder)
    if not place.file.exists():
        yield Finding(
            level="note",
            what="there is no database yet",
            where=str(place.file),
            what_to_do="it is made from the journals by the first question (%track runs)",
        )
        return
    by = ", ".join(holders_of(place.file)) or "a process that cannot be named"
    if is_locked(folder / "lock"):
        yield Finding(
            level="note",
            what=f"the database is being read or written just now, by {by}",
            where=str(place.file),
            what_to_do="look again in a moment; end that process only if it hangs",
        )
        return
    try:
        with place.attached(write=False, patience_s=1.0) as db:
            yield from inside(db, place.file, offsets)
    except Damaged as error:
        yield broken(folder, place.file, error)
    except TrackbookError as error:
        yield Finding(
            level="problem",
            what=str(error),
            where=str(place.file),
            what_to_do=f"it is held by {by}: close it there",
        )
    finally:
        place.close()


def inside(
    db: DuckDBPyConnection, file: Path, offsets: dict[str, int]
) -> Iterator[Finding]:
    """Look into an open database."""
    known = dict(db.execute(SQL["about"]).fetchall())
    version = known.get("tables_version", "unknown")
    yield Finding(
        level="ok",
        what=f"the database opens: {in_mb(file.stat().st_size)}, tables version {version}",
        where=str(file),
    )
    offsets |= {name: drained for name, drained, _ in db.execute(SQL["offsets"]).fetchall()}
    ((recent,),) = db.execute(SQL["recent_point_count"]).fetchall()
    ((sorted_count,),) = db.execute(SQL["point_count"]).fetchall()
    many = recent > MANY_RECENT
    yield Finding(
        level="note" if many else "ok",
        what=f"{sorted_count:,} points are sorted, {recent:,} wait to be",
        where=str(file),
        what_to_do="trackbook compact sorts them; reading is slow until then"
        if many
        else "",
    )
    ((faults,),) = db.execute(SQL["fault_count"]).fetchall()
    yield Finding(
        level="note" if faults else "ok",
        what=f"{faults} failures of trackbook's own are on record",
        where=str(file),
        what_to_do="%track sql FROM faults shows them; please report them"
        if faults
        else "",
    )


def broken(folder: Path, file: Path, error: Damaged) -> Finding:
    """Say how to go on from a damaged database."""
    count = len(journals_in(folder / "journal"))
    held = f"{count} journal{'s' * (count > 1)}" if count else "no journal"
    return Finding(
        level="problem",
        what=str(error),
        where=str(file),
        what_to_do=(
            f"restore a backup, or else begin a new one: mv {file} {file}.damaged (and"
            f" {file.name}.wal with it, if there is one). The next question then makes a"
            f" database from what is still here: {held} of processes that run or were not"
            " drained. Records of sessions that ended before were in the damaged file only"
        ),
    )


def the_journals(folder: Path, offsets: dict[str, int]) -> Iterator[Finding]:
    """Look at each journal: whose it is, and how much of it waits."""
    journals = folder / "journal"
    for file in journals_in(journals):
        drained = offsets.get(file.stem, 0)
        try:
            state = "a running process" if is_alive(file) else "an ended process"
            size = max(drained, frames_in(file.read_bytes()).used)
        except FileNotFoundError:
            continue
        except PermissionError:
            yield Finding(
                level="problem",
                what="a journal may not be read, so its records do not arrive",
                where=str(file),
                what_to_do=f"chmod a+r {file}",
            )
            continue
        yield Finding(
            level="ok",
            what=f"the journal of {state}: {size - drained:,} of {size:,} bytes wait",
            where=str(file),
            what_to_do="any question drains them (%track runs)" if size > drained else "",
        )


def the_leftovers(folder: Path) -> Iterator[Finding]:
    """Look at what accidents left behind."""
    for file in sorted(folder.glob("quarantine/*")):
        yield Finding(
            level="note",
            what=f"a file with damage, {file.stat().st_size:,} bytes; the rest was drained",
            where=str(file),
            what_to_do="keep it until you are sure that nothing is missing, then delete it",
        )
    newborn = [f for f in folder.glob("journal/*.new") if not is_alive(f)]
    for file in [*newborn, *folder.glob("*.new"), *folder.glob("tmp/*")]:
        yield Finding(
            level="note",
            what="left behind by a process that died in the middle of something",
            where=str(file),
            what_to_do="it can be deleted while no trackbook runs",
        )


def in_mb(size_bytes: int) -> str:
    """Return a size to read."""
    return f"{size_bytes / 1e6:,.1f} MB"
