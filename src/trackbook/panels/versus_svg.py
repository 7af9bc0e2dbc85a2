"""By how much versions are better than the first, as SVG that needs nothing to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.picture import GRID, INK, WIDTH, ticks
from trackbook.panels.versus_figure import LOOKS, ROW_PX, groups_of, short
from trackbook.table import escaped

if TYPE_CHECKING:
    from trackbook.panels.versus_figure import Group
    from trackbook.versus import Judged, Verdict

LEFT, RIGHT, HEAD, FOOT = 230, 16, 26, 30
FORMS = {
    "triangle-right": "M -5,-6 L 7,0 L -5,6 Z",
    "triangle-left": "M 5,-6 L -7,0 L 5,6 Z",
    "circle-open": "M -5,0 A 5,5 0 1,0 5,0 A 5,5 0 1,0 -5,0 Z",
}


def forest_svg(judged: Judged, first: str) -> str:
    """Return gains with their intervals, the first version at zero; nothing where none is known."""
    parts, top = [], 0
    for group in groups_of(judged):
        parts.append(drawn(group, top, first))
        top += HEAD + ROW_PX * len(group.rows) + FOOT
    if not parts:
        return ""
    what = escaped(f"gains over {first}, right is better")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}"'
        f' width="{WIDTH}" height="{top}" role="img" font-size="12"'
        f' font-family="system-ui, sans-serif"><title>{what}</title>{"".join(parts)}</svg>'
    )


def drawn(group: Group, top: int, first: str) -> str:
    """Return one group, its title above and its axis below."""
    ends = [0.0, *(x or 0.0 for _, one in group.rows for x in (one.low, one.high))]
    low, high = min(ends), max(ends)
    scale = (WIDTH - LEFT - RIGHT - 20) / ((high - low) or 1.0)

    def across(x: float) -> float:
        return LEFT + 10 + (x - low) * scale

    start, end = top + HEAD, top + HEAD + ROW_PX * len(group.rows)
    title = f"{group.title}, gain over {short(first)}"
    parts = [
        text(0, top + 16, title, weight="bold"),
        text(WIDTH - RIGHT, top + 16, "better →", "end"),
    ]
    for x in ticks(low, high):
        color = INK if x == 0 else GRID
        parts.append(rule(across(x), start, across(x), end, color, 2 if x == 0 else 1))
        parts.append(text(across(x), end + 14, f"{x:g}", "middle"))
    for at, (name, one) in enumerate(group.rows):
        y = start + ROW_PX * at + ROW_PX / 2
        parts.append(text(LEFT - 8, y + 4, short(name), "end"))
        parts.append(mark(one, across(one.low or 0.0), across(one.gain or 0.0),
                          across(one.high or 0.0), y))  # fmt: skip
    return "".join(parts)


def mark(one: Verdict, low: float, gain: float, high: float, y: float) -> str:
    """Return one interval with its gain."""
    color, form, _ = LOOKS[one.outcome]
    fill = "none" if form == "circle-open" else color
    return (
        rule(low, y, high, y, color, 2)
        + f'<path transform="translate({gain:.1f},{y:.1f})" d="{FORMS[form]}" fill="{fill}"'
        f' stroke="{color}" stroke-width="2"><title>{escaped(one.words)}</title></path>'
    )


def rule(x1: float, y1: float, x2: float, y2: float, color: str, width: int) -> str:
    """Return a straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"'
        f' stroke-width="{width}"/>'
    )


def text(
    x: float, y: float, words: str, anchor: str = "start", *, weight: str = "normal"
) -> str:
    """Return words, harmless whatever they are."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}"'
        f' font-weight="{weight}">{escaped(words)}</text>'
    )
