"""What of a version's past can still be reached: its run, data, code and environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.book.contents import slice_of_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book.book import Book
    from trackbook.gates import Used
    from trackbook.records import Run
    from trackbook.registry import VersionRow
    from trackbook.runs import Around


def reach_of(
    book: Book,
    row: VersionRow,
    run: Run | None,
    around: Around | None,
    used: Sequence[Used],
) -> dict[str, str]:
    """Return why each part of a version's past cannot be reached; nothing where it can."""
    if run is None:
        lost = f"the run {row.run_id} that made it is gone"
        none = "no run made it: register it from one, or with --run"
        why = none if row.run_id is None else lost
        return dict.fromkeys(("run", "data", "code", "environment"), why)
    return {
        "run": "",
        "data": unknown_data(used),
        "code": unknown_code(book, run, around),
        "environment": "" if around is not None else "no environment is on record",
    }


def unknown_data(used: Sequence[Used]) -> str:
    """Say what is not known of the data that a run was trained on."""
    trained = [one for one in used if one.role == "training"]
    if not trained:
        return "no training data are on record"
    vague = [one.name for one in trained if not one.digest]
    return f"{vague[0]!r} has no fingerprint of all its values" if vague else ""


def unknown_code(book: Book, run: Run, around: Around | None) -> str:
    """Say that neither cells nor a commit hold what a run executed."""
    if slice_of_run(book, run) is not None:
        return ""
    tree = around.checkout if around is not None else None
    if tree is None or not tree.git_commit:
        return "neither its cells nor a git commit are on record"
    if tree.dirty and (not tree.diff or tree.diff_is_cut):
        return f"it differed from commit {tree.git_commit[:12]}, and how is not on record"
    return ""
