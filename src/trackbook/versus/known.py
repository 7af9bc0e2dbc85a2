"""What is on record of versions: what they are, what was chosen, what their runs measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.code import direction_of
from trackbook.table import in_short
from trackbook.versus.lines import Cell, Line, Section, counted, line, ratio, unlike

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    from trackbook.versus.side import Side

    Direction = Callable[[str], Literal["max", "min"] | None]

JUDGED_ON = ("test", "validation")
SHORT = 12
DIGESTS = ("git commit", "package_digest", "weights_fp", "object_fp")


def about(sides: Sequence[Side]) -> Section:
    """Return what the versions are: states, slots, numbers, packages, sizes."""
    rows = [side.row for side in sides]
    plain: dict[str, list[object]] = {
        "state": [row.state for row in rows],
        "state since": [in_short(row.state_since) for row in rows],
        "moved by": [row.moved_by or None for row in rows],
        "reason": [row.reason or None for row in rows],
        "slots": [", ".join(row.slots) or None for row in rows],
        "aliases": [", ".join(row.aliases) or None for row in rows],
        "goes on from": [side.parent or None for side in sides],
        "why this number": [row.why_semver or None for row in rows],
        "registered at": [in_short(row.registered_at) for row in rows],
        "registered by": [row.registered_by for row in rows],
        "author": [row.author or None for row in rows],
        "description": [row.description or None for row in rows],
        "run": [
            f"{one.run.name} {one.run.run_id[-8:]}" if one.run else None for one in sides
        ],
        "run_id": [row.run_id for row in rows],
        "its run varies": [side.varies or None for side in sides],
        "git commit": [row.git_commit for row in rows],
        "flavour": [row.flavour for row in rows],
        "loading it may execute code": [row.is_unsafe for row in rows],
        "package_digest": [row.package_digest for row in rows],
        "weights_fp": [row.weights_fp for row in rows],
        "object_fp": [row.object_fp for row in rows],
        "pinned predictions": [row.probe_count for row in rows],
        "forced": [row.forced for row in rows],
        "came from": [row.origin or None for row in rows],
        "signed by": [row.signed_by or None for row in rows],
        "warning": [row.warning or None for row in rows],
    }
    why = {
        "run": [side.gone for side in sides],
        "object_fp": [row.object_fp_why for row in rows],
    }
    lines = [
        line(name, found, why=why.get(name, ()), most=SHORT if name in DIGESTS else None)
        for name, found in plain.items()
    ]
    lines[15:15] = [sizes(sides, "size_bytes"), sizes(sides, "file_count")]
    return Section(key="about", title="What they are", lines=lines)


def sizes(sides: Sequence[Side], name: str) -> Line:
    """Return how large the packages are, each against the first."""
    found = [int(getattr(side.row, name)) for side in sides]
    cells = [
        Cell(value=value, text=told(value, name), words=ratio(value, found[0]))
        for value in found
    ]
    return Line(name=name, cells=tuple(cells), differs=unlike(found))


def told(count: int, name: str) -> str:
    """Return a size in words."""
    if name == "file_count":
        return counted(count, "file")
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return counted(count, "byte")


def params(sides: Sequence[Side]) -> Section:
    """Return what was chosen, side by side."""
    names = sorted({name for side in sides for name in side.params})
    why = [side.gone or "not set by its run" for side in sides]
    lines = [line(name, [s.params.get(name) for s in sides], why=why) for name in names]
    words = from_packages(sides)
    if not names:
        words.append("no params are on record")
    return Section(key="params", title="Params", lines=lines, words=words)


def from_packages(sides: Sequence[Side]) -> list[str]:
    """Say of which versions the package had to tell, for their run is not on record."""
    return [f"{one.name}: {one.gone}; told by its package" for one in sides if one.gone]


def recorded(sides: Sequence[Side], direction: Direction = direction_of) -> Section:
    """Return the metrics that the runs recorded, and whether on the same rows."""
    names = sorted({name for side in sides for name in side.metrics})
    lines = [metric_line(sides, name, direction(name)) for name in names]
    judged = [judged_on(side) for side in sides]
    if names:
        said = [", ".join(sorted(one)) or None for one in judged]
        why = ["what it was measured on is not on record"] * len(sides)
        lines.insert(0, line("measured on", said, why=why))
    words = [*same_rows(sides, judged), *from_packages(sides)]
    if not names:
        words = [*from_packages(sides), "no metrics are on record"]
    return Section(
        key="metrics", title="Metrics that their runs recorded", lines=lines, words=words
    )


def judged_on(side: Side) -> dict[str, str]:
    """Return the data on which a run was judged: fingerprints by how it is called."""
    return {
        f"{one['role']} {one['name']} {str(one['fingerprint'])[:SHORT]}": str(
            one["fingerprint"]
        )
        for one in side.inputs
        if one["role"] in JUDGED_ON
    }


def same_rows(sides: Sequence[Side], judged: Sequence[Mapping[str, str]]) -> list[str]:
    """Say whether recorded metrics may be held against each other."""
    unknown = [side.name for side, one in zip(sides, judged, strict=True) if not one]
    kinds = {tuple(sorted(one.values())) for one in judged if one}
    if len(kinds) > 1:
        said = "not the same rows: these metrics were measured on different data, so that"
        return [f"{said} their differences may be the data's"]
    if unknown:
        said = f"it is not on record on which rows {' and '.join(unknown)} was measured"
        return [f"{said}: these may not be the same rows"]
    return ["measured on the same rows"] if kinds and len(sides) > 1 else []


def metric_line(
    sides: Sequence[Side], name: str, direction: Literal["max", "min"] | None
) -> Line:
    """Return one recorded metric, each against the first version's."""
    values = [side.metrics.get(name) for side in sides]
    first = values[0]
    cells = []
    for at, (side, value) in enumerate(zip(sides, values, strict=True)):
        if value is None:
            cells.append(Cell(words=side.gone or "not recorded by its run", tone="missing"))
            continue
        words = ""
        numbers = isinstance(first, (int, float)) and isinstance(value, (int, float))
        if at and numbers and direction and value != first:
            word = "higher" if value > first else "lower"  # type: ignore[operator]  # both are
            words = f"{word} by {abs(value - first):.3g}"  # type: ignore[operator]  # numbers
        cells.append(Cell(value=value, words=words))
    return Line(name=name, cells=tuple(cells), differs=unlike(values))
