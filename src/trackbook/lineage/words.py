"""How doubts are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.lineage.screen import Shown
    from trackbook.records import Ran

MOST_NAMES, LONGEST = 3, 40
ORIGINS = {
    "before": "there before trackbook began to record",
    "loading": "set beside %load_ext trackbook, which is not recorded: load it in a"
    " cell of its own",
    "between": "set between two cells, by a widget, a thread or a debugger",
    "unrecorded": "set while trackbook did not record",
    "store": "brought from an earlier kernel by %store",
}


def label(ran: Ran) -> str:
    """Return an execution's count as a notebook shows it."""
    return f"[{' ' if ran.count is None else ran.count}]"


def listed(names: Sequence[str]) -> str:
    """Return names in backticks, the first few of many."""
    shown = [f"`{name}`" for name in names[:MOST_NAMES]]
    if len(names) > MOST_NAMES:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMES} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def short(value: object) -> str:
    """Return a typed value, shortened."""
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def made_words(names: Sequence[str], own: bool) -> str:
    """Return what a cell is to the run."""
    if own:
        return ", the run's own,"
    return f", which made {listed(names)}," if names else ""


def edited_words(
    ran: Ran, changed: Mapping[str, tuple[str, str] | None], shown: Shown, *, own: bool
) -> tuple[str, list[str]]:
    """Return the sentence on an edited cell, and the names that it is about."""
    how = "was edited" if shown.by is None else f"ran again as {label(shown.by)}"
    values = {name: pair for name, pair in changed.items() if pair is not None}
    if values:
        said = [
            f"`{name}` is {now}{' on screen' * (at == 0)}, the run saw {then}"
            for at, (name, (now, then)) in enumerate(values.items())
        ]
        more = f"; {len(said) - MOST_NAMES} more" if len(said) > MOST_NAMES else ""
        return f"{'; '.join(said[:MOST_NAMES])}{more} (cell {label(ran)} {how})", list(
            changed
        )
    who = f"cell {label(ran)}{made_words(list(changed), own)}"
    if shown.by is not None:
        return f"{who} was executed again with other code, as {label(shown.by)}", list(
            changed
        )
    return f"{who} was edited since", list(changed)


def stranger_words(names: Sequence[str], origin: str) -> str:
    """Return the sentence on variables that no cell of the session made."""
    verb = "was" if len(names) == 1 else "were"
    where = ORIGINS.get(origin, origin)
    return f"{listed(names)} came from no cell on record: {verb} {where}"
