"""By how much versions are better than the first, with intervals, as a Plotly figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.panels.fields import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.versus import Judged, Verdict

BETTER, WORSE, UNDECIDED = "#2f86c9", "#d9642b", "#808080"
"""Blue and vermilion are told apart by those who see red and green alike; forms differ too."""
LOOKS = {
    "better": (BETTER, "triangle-right", "better"),
    "worse": (WORSE, "triangle-left", "worse"),
    "undecided": (UNDECIDED, "circle-open", "not told apart"),
    "same": (UNDECIDED, "circle-open", "not told apart"),
}
ROW_PX, HEAD_PX, FOOT_PX, LEGEND_PX = 26, 30, 34, 30
MOST_COLUMNS, LONGEST, MOST_ROWS = 3, 26, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Verdicts that share one axis."""

    title: str
    rows: Sequence[tuple[str, Verdict]]
    """What each is called, and it."""
    is_sliced: bool = False

    @property
    def height(self) -> int:
        """In pixels."""
        return HEAD_PX + ROW_PX * len(self.rows) + FOOT_PX


def groups_of(judged: Judged) -> list[Group]:
    """Return one group for each measure, and one for the slices."""
    told = [one for one in judged.verdicts if one.gain is not None]
    found = [
        Group(title=name, rows=[(one.version, one) for one in told if one.metric == name])
        for name in dict.fromkeys(one.metric for one in told)
    ]
    parts = [one for one in judged.slices if one.gain is not None][:MOST_ROWS]
    if parts:
        several = len({one.version for one in parts}) > 1
        named = [(sliced(one) if several else one.part, one) for one in parts]
        title = f"{parts[0].metric} by slice"
        found.append(Group(title=title, rows=named, is_sliced=True))
    return found


def forest_figure(judged: Judged) -> dict[str, object] | None:
    """Return gains with their intervals, the first version at zero; None where none is known.

    `layouts` has one layout for a narrow place and one for a wide one.
    """
    groups = groups_of(judged)
    if not groups:
        return None
    traces: list[dict[str, object]] = []
    seen: set[str] = set()
    for number, group in enumerate(groups):
        traces += traces_of(group, number, seen)
    narrow, wide = layout_of(groups, columns=1), layout_of(groups, columns=MOST_COLUMNS)
    return {"data": traces, "layout": narrow, "layouts": {"narrow": narrow, "wide": wide}}


def traces_of(group: Group, number: int, seen: set[str]) -> list[dict[str, object]]:
    """Return one trace for each outcome of a group."""
    axis = str(number + 1) if number else ""
    found: list[dict[str, object]] = []
    for name in dict.fromkeys(LOOKS[one.outcome][2] for _, one in group.rows):
        held = [(at, one) for at, (_, one) in enumerate(group.rows)
                if LOOKS[one.outcome][2] == name]  # fmt: skip
        color, form, _ = LOOKS[held[0][1].outcome]
        gains = [one.gain or 0.0 for _, one in held]
        found.append({
            "type": "scatter", "mode": "markers", "name": name, "legendgroup": name,
            "showlegend": name not in seen, "xaxis": f"x{axis}", "yaxis": f"y{axis}",
            "x": gains, "y": [at for at, _ in held],
            "error_x": {
                "type": "data", "symmetric": False, "color": color, "thickness": 2, "width": 4,
                "array": [(one.high or 0.0) - (one.gain or 0.0) for _, one in held],
                "arrayminus": [(one.gain or 0.0) - (one.low or 0.0) for _, one in held],
            },
            "marker": {
                "color": color, "symbol": form, "size": 11, "line": {"width": 2, "color": color},
            },
            "text": [label(f"{group.rows[at][0]}: {one.words}") for at, one in held],
            "hovertemplate": "%{text}<extra></extra>",
        })  # fmt: skip
        seen.add(name)
    return found


def layout_of(groups: Sequence[Group], *, columns: int) -> dict[str, object]:
    """Return a layout: measures beside each other, as many as fit, slices below all."""
    lines: list[list[int]] = []
    for number, group in enumerate(groups):
        fits = lines and not group.is_sliced and len(lines[-1]) < columns
        if fits:
            lines[-1].append(number)
        else:
            lines.append([number])
    heights = [max(groups[number].height for number in line) for line in lines]
    total = sum(heights)
    layout: dict[str, object] = {
        "height": total + LEGEND_PX,
        "margin": {"l": 20, "r": 14, "t": LEGEND_PX, "b": 0},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "xanchor": "left",
        },
        "hovermode": "closest",
        "dragmode": False,
        "annotations": [],
    }
    top = 0
    for line, height in zip(lines, heights, strict=True):
        span = (1 - (top + height - FOOT_PX) / total, 1 - (top + HEAD_PX) / total)
        for place, number in enumerate(line):
            put(layout, groups[number], number, place, len(line), span)
        top += height
    return layout


def put(
    layout: dict[str, object],
    group: Group,
    number: int,
    place: int,
    beside: int,
    span: tuple[float, float],
) -> None:
    """Put the axes and the title of one group into a layout."""
    axis = str(number + 1) if number else ""
    gap = 0.04 if beside > 1 else 0.0
    wide = (1 - gap * (beside - 1)) / beside
    left = place * (wide + gap)
    ends = [0.0, *(x or 0.0 for _, one in group.rows for x in (one.low, one.high))]
    room = (max(ends) - min(ends) or 1.0) * 0.06
    layout[f"xaxis{axis}"] = {
        "domain": [left, left + wide], "anchor": f"y{axis}", "zeroline": True,
        "zerolinewidth": 2, "zerolinecolor": UNDECIDED, "nticks": 6, "fixedrange": True,
        "range": [min(ends) - room, max(ends) + room],
    }  # fmt: skip
    layout[f"yaxis{axis}"] = {
        "domain": list(span), "anchor": f"x{axis}", "zeroline": False, "showgrid": False,
        "tickvals": list(range(len(group.rows))), "fixedrange": True,
        "ticktext": [label(short(name)) for name, _ in group.rows],
        "range": [len(group.rows) - 0.5, -0.5], "showticklabels": place == 0,
    }  # fmt: skip
    notes: list[dict[str, object]] = layout["annotations"]  # type: ignore[assignment]  # put there above
    quiet = {
        "xref": "paper", "yref": "paper", "showarrow": False, "y": span[1], "yanchor": "bottom",
    }  # fmt: skip
    title = f"<b>{label(group.title)}</b>"
    notes.append({**quiet, "x": left, "xanchor": "left", "text": title})
    notes.append({**quiet, "x": left + wide, "xanchor": "right", "text": "better →"})


def sliced(one: Verdict) -> str:
    """Return what a slice of a version is called, with the number that tells versions apart."""
    number = one.version.rpartition("@")[2]
    room = max(8, LONGEST - len(number) - 2)
    part = one.part if len(one.part) <= room else one.part[: room - 1] + "…"
    return f"{part}, {number}"


def short(name: str) -> str:
    """Return a name that fits beside an axis: its end tells versions apart."""
    return name if len(name) <= LONGEST else "…" + name[-LONGEST + 1 :]
