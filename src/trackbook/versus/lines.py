"""What a comparison says: sections of lines, one cell for each version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Tone = Literal["", "better", "worse", "undecided", "missing"]
NONE = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing about one version."""

    value: object = None
    """A plain value; None where it cannot be had."""
    text: str = ""
    """How the value is shown, where not as any other."""
    words: str = ""
    """What is said beside the value; where there is none, why."""
    verdict: str = ""
    """What it comes to, a sentence of its own."""
    tone: Tone = ""

    @property
    def shown(self) -> str:
        """The value in short; nothing where there is none."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return self.text or in_short(self.value)

    @property
    def whole(self) -> str:
        """All of it in one line."""
        return " · ".join(filter(None, (self.brief, self.verdict)))

    @property
    def brief(self) -> str:
        """It without its verdict."""
        return " · ".join(filter(None, (self.shown, self.words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing about all versions."""

    name: str
    cells: tuple[Cell, ...]
    differs: bool
    details: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    """Further values for tables, by what follows the line's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Code that one version has and the reference has not, or the other way round."""

    name: str
    """Of the version."""
    words: str
    diff: str
    """Unified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines that belong together."""

    key: str
    title: str
    lines: Sequence[Line]
    words: Sequence[str] = ()
    """Sentences on all of it."""
    code: Sequence[Change] = ()

    @property
    def differing(self) -> list[Line]:
        """The lines of which not all cells are alike."""
        return [line for line in self.lines if line.differs]


def line(
    name: str, values: Iterable[object], *, why: Sequence[str] = (), most: int | None = None
) -> Line:
    """Return a line of plain values; `why` says of each version why it has none.

    Of texts longer than `most` the beginning is shown.
    """
    given = list(values)
    cells = tuple(
        Cell(value=value, text=str(value)[:most] if most else "")
        if value is not None
        else Cell(words=(why[at] if at < len(why) else "") or NONE, tone="missing")
        for at, value in enumerate(given)
    )
    return Line(name=name, cells=cells, differs=unlike(given))


def ratio(value: float, first: float | None) -> str:
    """Return how large something is beside the first, in words; nothing where both are alike."""
    times = f"{value / first:.2g}" if first else "1"
    return "" if times == "1" else f"{times} times the first's"


def unlike(values: Iterable[object]) -> bool:
    """Tell whether values are not all the same; two that are no number are alike."""
    return len({repr(value) for value in values}) > 1


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
