"""Giving back the bytes of what was thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from trackbook.records import KINDS
from trackbook.store import queries_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

    from trackbook.artifacts import Artifacts
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")
YOUNG_S = 60.0
"""A content kept so lately may belong to a run that has not yet said so."""
KEPT_KINDS = {
    "trash", "execution", "execution_end", "session", "session_end", "fault", "metric",
    "lock", "machine", "checkout", "module",
}  # fmt: skip
"""Metrics are points, not a table of their own. The others belong to the notebook, or say
that a run was thrown away: what a session writes of it later must stay out of sight."""


class Freed(NamedTuple):
    """What was freed, or would be."""

    bytes: int
    """On disk. In a dry run of artifacts alone: the database's cannot be known."""
    runs: int
    points: int
    artifacts: int
    packages: int = 0


class Shelved(Protocol):
    """Where packages of models lie."""

    def digests(self) -> Iterable[str]:
        """Give the digest of every package."""

    def remove(self, digest: str, *, older_than_s: float) -> int:
        """Return how many bytes became free; none of a package that is as new as that."""


def gc(
    store: Store,
    artifacts: Artifacts,
    packages: Shelved | None = None,
    *,
    dry_run: bool = False,
) -> Freed:
    """Free the bytes of the runs in the trash, and of artifacts and packages that nobody needs.

    A package is needed by the run that logged it, by every version that was ever made of
    it, whatever its state, and by what was sent to or came from another project.

    The database file is written anew without them; whatever dies on the way, either the
    old file is there or the new one.
    """
    with store.place.alone():
        gone = [run_id for (run_id,) in store.rows(SQL["thrown_away"]).rows]
        ((runs, points),) = store.rows(SQL["weight_of"], runs=gone).rows
        used = {digest for (digest,) in store.rows(SQL["digests_in_use"], runs=gone).rows}
        unused = [digest for digest in artifacts.digests() if digest not in used]
        needed = {d for (d,) in store.rows(SQL["packages_in_use"], runs=gone).rows}
        shelved = packages.digests() if packages is not None else ()
        unneeded = [digest for digest in shelved if digest not in needed]
        if dry_run:
            old = [digest for digest in unused if artifacts.age_s(digest) > YOUNG_S]
            return Freed(
                sum(map(artifacts.size_of, old)), runs, points, len(old), len(unneeded)
            )
        size_before = store.place.file.stat().st_size
        with store.writing() as db:
            forget(db, gone)
        store.compact()
        freed = size_before - store.place.file.stat().st_size
    # Only now: had it been earlier and the rest failed, runs could still be restored whose
    # artifacts are gone.
    sizes = [artifacts.remove(digest, older_than_s=YOUNG_S) for digest in unused]
    freed += sum(sizes) + artifacts.clear_unfinished()
    boxes = [
        packages.remove(digest, older_than_s=YOUNG_S) for digest in unneeded if packages
    ]
    return Freed(freed + sum(boxes), runs, points, counted(sizes), counted(boxes))


def counted(sizes: Iterable[int]) -> int:
    """Return how many gave something back."""
    return sum(1 for size in sizes if size)


def forget(db: DuckDBPyConnection, gone: list[str]) -> None:
    """Delete every fact of some runs."""
    kinds = [name for name in KINDS if name not in KEPT_KINDS]
    bound = {"runs": gone}
    db.execute("BEGIN")
    try:
        for table in ("point", "point_recent", "summary"):
            db.execute(
                f"DELETE FROM tb.{table} WHERE sid IN"  # noqa: S608  # names of our own tables
                " (SELECT sid FROM tb.series WHERE list_contains($runs, run_id))",
                bound,
            )
        for table in ("series", *kinds):
            db.execute(
                f"DELETE FROM tb.{quoted(table)} WHERE list_contains($runs, run_id)",  # noqa: S608  # as above
                bound,
            )
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
