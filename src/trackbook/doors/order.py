"""The project kept in order: trash, what it freed, a database that answers quickly, faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.table import Table


def rm(book: Book, runs: list[str] = [], *, undo: bool = False) -> Table:  # noqa: B006  never written to
    """Put runs into the trash, with their child runs; --undo takes them out again.

    Args:
        runs: the runs; none shows what is in the trash
        undo: take them out of the trash
    """
    from trackbook.runs import in_trash, restore, trash
    from trackbook.table import Table

    book.settle()
    if not runs:
        rows = [(row.run_id, row.name) for row in in_trash(book.store)]
        note = "%track rm RUN --undo takes a run out, %track gc deletes for good"
        return Table(["run_id", "name"], rows, title="trash", note=note)
    if undo:
        count, says = restore(book.store, book.journal, runs), "taken out of the trash"
    else:
        count, says = (
            trash(book.store, book.journal, book.find_all(runs)),
            "put into the trash",
        )
    note = "" if undo else "%track rm RUN --undo takes it out, %track gc frees its bytes"
    return Table(["runs", "now"], [(count, says)], note=note)


def gc(book: Book, *, dry_run: bool = False) -> Table:
    """Delete for good what is in the trash, and say how many bytes that freed.

    Args:
        dry_run: only say what would go
    """
    from trackbook.runs import gc as collect
    from trackbook.table import Table

    book.settle()
    freed = collect(book.store, book.artifacts, book.models.shelf, dry_run=dry_run)
    note = "of artifacts; what the database gives back shows when it is done"
    return Table(
        ["freed_bytes", "runs", "points", "artifacts", "packages"],
        [tuple(freed)],
        note=note if dry_run else "",
    )


def compact(book: Book) -> Table:
    """Write the database anew with all points in order, so that series are found quickly."""
    from trackbook.table import Table

    book.settle()
    return Table(["points"], [(book.store.compact(),)])


def doctor(book: Book) -> Table:
    """Examine the project and say what is wrong and what to do about it."""
    from trackbook.registry import verify_chain
    from trackbook.store import examine
    from trackbook.table import Table

    findings = examine(book.folder)
    rows = [(f.level, f.what, f.where, f.what_to_do) for f in findings]
    if not any(f.level == "problem" for f in findings) and book.folder.is_dir():
        rows += [
            ("problem", one.words, "registry", "compare with a copy: the log was changed")
            for one in verify_chain(book.store).blemishes
        ]
    if book.recorder is not None:
        rows += [
            (
                "problem",
                f"{f.place}: {f.message}",
                "this session",
                "FROM faults has the trace",
            )
            for f in book.recorder.faults
        ]
    return Table(["level", "what", "where", "what_to_do"], rows)
