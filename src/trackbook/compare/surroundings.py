"""What was not the same around two runs: Python, machine, threads, work tree, local modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store import queries_of

if TYPE_CHECKING:
    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.compare")


def surroundings_of(store: Store, run: Run) -> dict[str, str]:
    """Return what was around a run besides packages, by name; what is not on record is left out.

    Of local modules and of what differs from the commit it is the digest.
    """
    answer = store.rows(SQL["around_of"], run=run.run_id)
    found: dict[str, str] = {}
    for row in answer.rows:
        facts = dict(zip(answer.columns, row, strict=True))
        for setting in facts.pop("threads") or ():
            name, _, value = setting.partition("=")
            found[f"threads: {name}"] = value
        found |= {
            name.replace("_", " "): in_words(v)
            for name, v in facts.items()
            if v is not None
        }
    for name, digest in store.rows(SQL["modules_around"], run=run.run_id).rows:
        found[f"module {name}"] = digest[:8]
    return found


def in_words(value: object) -> str:
    """Return a fact as a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
