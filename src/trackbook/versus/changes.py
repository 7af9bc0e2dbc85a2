"""What is not the same in versions: signature, data, code, environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.compare import code_diff, data_changes, paired
from trackbook.packages import compatibility_of
from trackbook.versus.lines import NONE, Cell, Change, Line, Section, counted, line, unlike

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.packages import Field, Signature
    from trackbook.store import Store
    from trackbook.versus.side import Side

SHORT = 12
NO_SIGNATURE = "no example told its signature"
WORDS = {
    "same": "the same: whoever calls the first can call it",
    "extended": "extends the first's, whose callers can call it",
    "broken": "breaks callers of the first",
}


def signature(sides: Sequence[Side]) -> Section:
    """Return what goes in and out, and whether callers of the first can use the others."""
    found = [side.signature for side in sides]
    why = [NO_SIGNATURE] * len(sides)
    lines = [line("form", [one.form if one else None for one in found], why=why)]
    for what in ("inputs", "outputs"):
        known = [fields_in(one, what) for one in found]
        for name in dict.fromkeys(key for one in known for key in one or ()):
            given = [one.get(name) if one is not None else None for one in known]
            absent = [NO_SIGNATURE if one is None else NONE for one in known]
            lines.append(line(f"{what[:-1]} {name}", given, why=absent))
    labels = [", ".join(one.labels) if one and one.labels else None for one in found]
    lines.append(line("labels", labels))
    if len(sides) > 1:
        lines.insert(0, callers(found))
    return Section(key="signature", title="Signature", lines=lines)


def fields_in(one: Signature | None, what: str) -> dict[str, str] | None:
    """Return the types of what goes in, or comes out, by name or place."""
    if one is None:
        return None
    fields: Sequence[Field] = getattr(one, what)
    return {
        field.name or f"#{at + 1}": field.dtype
        + (f" {field.shape}" if field.shape else "")
        + (", may be missing" if field.nullable else "")
        for at, field in enumerate(fields)
    }


def callers(found: Sequence[Signature | None]) -> Line:
    """Say what callers of the first version would find in the others."""
    first = found[0]
    cells = [Cell(words="the reference")]
    for one in found[1:]:
        if first is None or one is None:
            said = "cannot be told: " + ("the first has" if first is None else "it has")
            cells.append(Cell(words=f"{said} no signature", tone="missing"))
            continue
        got = compatibility_of(first, one)
        cells.append(
            Cell(
                value=got.verdict,
                text=WORDS[got.verdict],
                verdict="; ".join(got.reasons),
                tone="worse" if got.verdict == "broken" else "",
            )
        )
    differs = any(cell.value != "same" for cell in cells[1:])
    return Line(name="for callers", cells=tuple(cells), differs=differs)


def data(store: Store, sides: Sequence[Side]) -> Section:
    """Return what data the runs used, by role, and what changed in their columns."""
    known = [{f"{one['role']} {one['name']}": one for one in side.inputs} for side in sides]
    why = [side.gone or NONE for side in sides]
    lines = []
    for name in dict.fromkeys(key for one in known for key in one):
        prints = [str(one[name]["fingerprint"]) if name in one else None for one in known]
        cells = tuple(
            Cell(value=value, text=value[:SHORT], words=size_of(one[name]))
            if value is not None
            else Cell(words=absent, tone="missing")
            for one, value, absent in zip(known, prints, why, strict=True)
        )
        lines.append(Line(name=name, cells=cells, differs=unlike(prints)))
    lines += columns(store, sides)
    words = [] if lines else ["no data are on record"]
    return Section(key="data", title="Data", lines=lines, words=words)


def size_of(one: Mapping[str, Any]) -> str:
    """Return how large a dataset is."""
    rows = one.get("row_count")
    size = "? rows" if rows is None else counted(int(rows), "row")
    columns = one.get("column_count")
    wide = "" if columns is None else f", {counted(int(columns), 'column')}"
    return f"{size}{wide}"


def columns(store: Store, sides: Sequence[Side]) -> list[Line]:
    """Return one line for each column, or dataset, that is not as the first version had it."""
    first = sides[0].run
    found: dict[str, dict[int, str]] = {}
    for at, side in enumerate(sides):
        if at and first is not None and side.run is not None:
            for change in data_changes(store, first, side.run):
                before, after = (one or NONE for one in (change.before, change.after))
                told = (
                    after
                    if change.before is None and change.after
                    else f"{before} → {after}"
                )
                found.setdefault(change.name, {})[at] = told
    return [
        Line(
            name=name,
            cells=tuple(
                Cell(words="the reference")
                if at == 0
                else Cell(value=told.get(at), words="" if at in told else "as the first")
                for at in range(len(sides))
            ),
            differs=True,
        )
        for name, told in found.items()
    ]


def code(sides: Sequence[Side]) -> Section:
    """Return which cells the versions rest on, and what is not as in the first."""
    first = sides[0]
    why = [
        side.gone or "its run rests on no cells of a notebook: a script's, or by hand"
        for side in sides
    ]
    counts = [len(side.cells) or None for side in sides]
    lines = [line("cells", counts, why=why)]
    changes = [one for side in sides[1:] if (one := change_of(first, side)) is not None]
    told = {one.name: one for one in changes}
    if len(sides) > 1:
        cells = [Cell(words="the reference")]
        for side, absent in zip(sides[1:], why[1:], strict=True):
            one = told.get(side.name)
            none = why[0] if side.cells else absent
            cells.append(Cell(value=one.words) if one else Cell(words=none, tone="missing"))
        differs = any(one.diff for one in changes) or len(changes) < len(sides) - 1
        lines.insert(0, Line(name="against the first", cells=tuple(cells), differs=differs))
    return Section(
        key="code", title="Code", lines=lines, code=[one for one in changes if one.diff]
    )


def change_of(first: Side, other: Side) -> Change | None:
    """Return what differs between the code of two versions; None where one has none."""
    if not first.cells or not other.cells:
        return None
    added = removed = changed = 0
    for old, new in paired(first.cells, other.cells):
        added += old is None
        removed += new is None
        changed += old is not None and new is not None and old.source != new.source
    parts = [
        f"{counted(count, 'cell')} {what}"
        for count, what in ((changed, "changed"), (added, "added"), (removed, "removed"))
        if count
    ]
    diff = code_diff(first.cells, other.cells, first.name, other.name)
    return Change(name=other.name, words=", ".join(parts) or "the same code", diff=diff)


def environment(sides: Sequence[Side]) -> Section:
    """Return what was around the runs: Python, machine, threads, packages."""
    why = [side.gone or NONE for side in sides]
    names = list(dict.fromkeys(key for side in sides for key in side.around))
    lines = [
        line(name, [side.around.get(name) for side in sides], why=why) for name in names
    ]
    packages = sorted({key for side in sides for key in side.packages}, key=str.lower)
    lines += [
        line(f"package {name}", [side.packages.get(name) for side in sides],
             why=[NONE if side.packages else side.gone or NONE for side in sides])
        for name in packages
    ]  # fmt: skip
    bare = [side.name for side in sides if not side.packages]
    words = [f"packages are not on record for {' and '.join(bare)}"] if bare else []
    return Section(key="environment", title="Environment", lines=lines, words=words)
