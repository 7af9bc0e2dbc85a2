"""Which cells ran in another order than they stand in, where that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.code import behind
from trackbook.lineage.words import label, listed
from trackbook.records import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackbook.lineage.screen import Screen
    from trackbook.records import Ran


def out_of_order(screen: Screen) -> Iterator[Doubt]:
    """Yield where the notebook, run from the top, would not do what the cells did.

    A cell used a variable of a cell that stands below it; or one that stands between the
    two makes the variable too, with another value, and had run before both.
    """
    if not screen.cells:
        return
    by_id = {ran.execution_id: ran for ran in screen.slice}
    said: set[tuple[str, str]] = set()
    for ran in screen.slice:
        here = screen.place_of(ran)
        if here is None:
            continue
        for earlier, names in ran.uses.items():
            maker = by_id.get(earlier)
            there = screen.place_of(maker) if maker is not None else None
            if maker is None or there is None or there == here:
                continue
            if (ran.cell_key, maker.cell_key) in said:
                continue
            found = (
                below(ran, maker, names, screen, here)
                if there > here
                else between(ran, maker, names, screen, (there, here))
            )
            if found is not None:
                said.add((ran.cell_key, maker.cell_key))
                yield found


def below(
    ran: Ran,
    maker: Ran,
    names: Iterable[str],
    screen: Screen,
    here: int,
) -> Doubt | None:
    """Return that a cell used what a cell below it makes, unless one above does the same."""
    source = screen.plain(maker.source)
    bad = [name for name in sorted(names) if not is_above(name, source, screen, here)]
    if not bad:
        return None
    words = (
        f"cells ran out of order: {label(ran)} used {listed(bad)} of {label(maker)},"
        f" which stands below it{screen.where}"
    )
    return Doubt(code="out of order", words=words, names=bad, about=ran.execution_id)


def is_above(name: str, source: str, screen: Screen, here: int) -> bool:
    """Say whether a cell above makes a variable as this source did, or imports it too."""
    lines = behind(source, name) or ()
    if any(line.imports and name in line.does.binds for line in lines):
        return any(imports(screen.plain(cell.source), name) for cell in screen.cells[:here])
    return any(screen.makes(cell, name, lines) for cell in screen.cells[:here])


def imports(source: str, name: str) -> bool:
    """Say whether a cell imports a name."""
    if name not in source:
        return False
    return any(
        line.imports and name in line.does.binds for line in behind(source, name) or ()
    )


def between(
    ran: Ran,
    maker: Ran,
    names: Iterable[str],
    screen: Screen,
    places: tuple[int, int],
) -> Doubt | None:
    """Return that a cell between two makes the variable too, and had run before both."""
    there, here = places
    for cell, other in screen.ran_between(there, here, maker, ran):
        for name in sorted(set(names) & other.sure & other.made.keys() & maker.made.keys()):
            mark, made = other.made[name].mark, maker.made[name].mark
            still = behind(screen.plain(cell.source), name)
            if mark is None or made is None or mark == made or not still:
                continue
            words = (
                f"cells ran out of order: {label(ran)} used the `{name}` of {label(maker)},"
                f" though {label(other)} stands between them and makes `{name}` too"
            )
            return Doubt(
                code="passed over", words=words, names=[name], about=ran.execution_id
            )
    return None
