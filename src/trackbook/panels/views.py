"""What each tab of the compare panel shows, from what was chosen: no widget, no browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trackbook.panels.beside import beside
from trackbook.panels.codediff import paired, rows_of
from trackbook.panels.curves import curves_figure
from trackbook.panels.fields import (
    direction_in,
    fields_of,
    number_of,
    value_of,
)
from trackbook.panels.spread import parallel_figure, scatter_figure
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.panels.fields import Field
    from trackbook.records import Curve, Run

View = dict[str, object]
MOST_BESIDE, MOST_CURVES, MOST_PLOTS, MOST_AXES, MOST_SPREAD = 20, 24, 6, 6, 3000
MOST_POINTS, MOST_KINDS, DEFAULT_PLOTS = 40_000, 30, 3
NOTHING_PICKED = "pick runs in the table above: click, or space; shift for a range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything a reader can set in the panel; empty means: choose for me."""

    selected: Sequence[str] = ()
    directions: Mapping[str, str] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=dict)
    only_different: bool = False
    metrics: Sequence[str] = ()
    x: Literal["step", "time"] = "step"
    smoothing: float = 0.0
    log_y: bool = False
    with_resources: bool = True
    axes: Sequence[str] = ()
    color: str = ""
    scatter_x: str = ""
    scatter_y: str = ""
    scatter_color: str = ""
    diff_a: str = ""
    diff_b: str = ""
    two_columns: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The runs as they are now, and the questions that go to the source."""

    runs: Mapping[str, Run]
    curves: Callable[[Sequence[str], Sequence[str], str, int], list[Curve]]
    """By run ids, metric names, x and most points."""
    code_diff: Callable[[str, str], str]
    resources: Callable[[Sequence[str]], list[Curve]]
    """By run ids."""
    progress: Callable[[Sequence[str]], Mapping[str, str]]
    """By the ids of runs that run."""

    def picked(self, choices: Choices) -> list[Run]:
        """Return the selected runs that are there."""
        return [self.runs[one] for one in choices.selected if one in self.runs]


def values_view(seen: Seen, choices: Choices) -> View:
    """Return the picked runs side by side."""
    picked = seen.picked(choices)
    if not picked:
        return {"words": NOTHING_PICKED}
    told = beside(picked[:MOST_BESIDE], directions=choices.directions)
    if choices.only_different and len(picked) > 1:
        rows: list[dict[str, object]] = told["rows"]  # type: ignore[assignment]  # as beside makes it
        told["rows"] = [row for row in rows if row["differs"]]
    only = _check("only_different", "only what differs", on=choices.only_different)
    return {"beside": told, "controls": [only], "note": _note(seen, picked, MOST_BESIDE)}


def curves_view(seen: Seen, choices: Choices) -> View:
    """Return the picked runs' metrics along their steps."""
    picked = seen.picked(choices)
    if not picked:
        return {"words": NOTHING_PICKED}
    shown = picked[:MOST_CURVES]
    known = list(dict.fromkeys(name for run in shown for name in run.metrics))
    chosen = [name for name in choices.metrics if name in known][:MOST_PLOTS]
    asked = chosen or known[: 2 * MOST_PLOTS]
    points = max(100, min(1000, MOST_POINTS // max(1, len(shown) * len(asked))))
    curves = seen.curves([run.run_id for run in shown], asked, choices.x, points)
    if not chosen:
        series = dict.fromkeys(curve.name for curve in curves if curve.point_count > 1)
        chosen = [name for name in asked if name in series][:DEFAULT_PLOTS]
    drawn = [c for name in chosen for c in curves if c.name == name]
    if drawn and choices.x == "time" and choices.with_resources:
        drawn += seen.resources([run.run_id for run in shown])
    figure = curves_figure(
        drawn,
        names={run.run_id: run.name for run in shown},
        colors=choices.colors,
        x=choices.x,
        smoothing=choices.smoothing,
        log_y=choices.log_y,
    )
    options = [[name, in_short(name)] for name in known]
    controls = [
        {"type": "many", "trait": "metrics", "label": "Metrics", "options": options}
        | {"value": chosen},
        _one("x", "over", choices.x, [("step", "step"), ("time", "time")]),
        {"type": "range", "trait": "smoothing", "label": "smoothing", "min": 0}
        | {"max": 0.98, "step": 0.02, "value": choices.smoothing},
        _check("log_y", "log scale", on=choices.log_y),
    ]
    if choices.x == "time":
        controls.append(_check("with_resources", "resources", on=choices.with_resources))
    note = _note(seen, picked, MOST_CURVES)
    if not chosen:
        words = "no metric of these runs was measured more than once"
        return {"words": words, "controls": controls[:1]}
    return {"figure": figure, "controls": controls, "note": note}


def parallel_view(seen: Seen, choices: Choices) -> View:
    """Return all runs as lines over their params, coloured by a metric."""
    runs = list(seen.runs.values())[:MOST_SPREAD]
    fields = fields_of(runs)
    colors = _metrics(fields)
    color = _chosen(choices.color, colors) or _telling_metric(runs, fields, choices)
    if not color:
        return {"words": "no run has a metric yet"}
    options = _options(fields, {"params", "metrics"})
    keys = {key for key, _ in options}
    axes = [key for key in choices.axes if key in keys] or _telling_params(runs, fields)
    figure = parallel_figure(
        runs, axes, color, direction=direction_in(choices.directions, _bare(color))
    )
    ticked = {"type": "many", "trait": "axes", "label": "Axes", "options": options}
    controls = [ticked | {"value": axes}, _one("color", "colour", color, colors)]
    return {
        "figure": figure,
        "controls": controls,
        "note": _newest(seen, figure.pop("note")),
    }


def scatter_view(seen: Seen, choices: Choices) -> View:
    """Return all runs as points, any field against any other."""
    runs = list(seen.runs.values())[:MOST_SPREAD]
    fields = fields_of(runs)
    options = [*_options(fields, {"metrics", "params"}), ("duration_s", "duration_s")]
    y = _chosen(choices.scatter_y, options) or _telling_metric(runs, fields, choices)
    params = [key for key in _telling_params(runs, fields) if _has_numbers(runs, key)]
    x = _chosen(choices.scatter_x, options) or next(iter(params), "duration_s")
    if not y:
        return {"words": "no run has a metric yet"}
    figure = scatter_figure(
        runs, x, y,
        color=_chosen(choices.scatter_color, options),
        picked={one: choices.colors.get(one, "#888888") for one in choices.selected},
        direction=direction_in(choices.directions, _bare(choices.scatter_color)),
    )  # fmt: skip
    controls = [
        _one("scatter_x", "x", x, options),
        _one("scatter_y", "y", y, options),
        _one("scatter_color", "colour", choices.scatter_color, [("", "none"), *options]),
    ]
    return {
        "figure": figure,
        "controls": controls,
        "note": _newest(seen, figure.pop("note")),
    }


def code_view(seen: Seen, choices: Choices) -> View:
    """Return what two picked runs' code has not in common."""
    picked = seen.picked(choices)
    if len(picked) < 2:  # noqa: PLR2004  # a difference has two ends
        return {
            "words": "pick two runs in the table above to see what changed in their code"
        }
    # the earlier run stands left, as what was there before
    by_age = sorted(picked[:MOST_BESIDE], key=lambda run: run.started_at)
    options = [(run.run_id, in_short(run.name)) for run in by_age]
    a = _chosen(choices.diff_a, options) or by_age[0].run_id
    b = _chosen(choices.diff_b, options) or by_age[-1].run_id
    controls = [
        _one("diff_a", "from", a, options),
        _one("diff_b", "to", b, options),
        _check("two_columns", "side by side", on=choices.two_columns),
    ]
    rows = rows_of(seen.code_diff(a, b))
    if not rows:
        return {"words": "the code of these two runs is the same", "controls": controls}
    code: View = {"pairs": paired(rows)} if choices.two_columns else {"rows": rows}
    return {"code": code, "controls": controls}


def resources_view(seen: Seen, choices: Choices) -> View:
    """Return what the picked runs used of their machine, by time."""
    picked = seen.picked(choices)
    if not picked:
        return {"words": NOTHING_PICKED}
    shown = picked[:MOST_CURVES]
    curves = seen.resources([run.run_id for run in shown])
    if not curves:
        return {"words": "nothing was sampled of these runs: see the setting resources"}
    figure = curves_figure(
        curves,
        names={run.run_id: run.name for run in shown},
        colors=choices.colors,
        x="time",
    )
    return {"figure": figure, "controls": [], "note": _note(seen, picked, MOST_CURVES)}


VIEWS: Mapping[str, Callable[[Seen, Choices], View]] = {
    "values": values_view,
    "curves": curves_view,
    "parallel": parallel_view,
    "scatter": scatter_view,
    "code": code_view,
    "resources": resources_view,
}


def _one(
    trait: str, label: str, value: str, options: Sequence[tuple[str, str]]
) -> dict[str, object]:
    kind = {"type": "one", "trait": trait, "label": label}
    return {**kind, "value": value, "options": list(options)}


def _check(trait: str, label: str, *, on: bool) -> dict[str, object]:
    return {"type": "check", "trait": trait, "label": label, "value": on}


def _options(fields: Sequence[Field], groups: set[str]) -> list[tuple[str, str]]:
    return [(one.key, in_short(one.name)) for one in fields if one.group in groups]


def _metrics(fields: Sequence[Field]) -> list[tuple[str, str]]:
    return _options(fields, {"metrics"})


def _chosen(key: str, options: Sequence[tuple[str, str]]) -> str:
    return key if key in {known for known, _ in options} else ""


def _telling_metric(runs: Sequence[Run], fields: Sequence[Field], choices: Choices) -> str:
    """Return the metric most runs have, before others one whose better end is known."""

    def weight(one: Field) -> tuple[bool, int]:
        known = sum(value_of(run, one.key) is not None for run in runs)
        return direction_in(choices.directions, one.name) is not None, known

    metrics = [one for one in fields if one.group == "metrics"]
    return max(metrics, key=weight).key if metrics else ""


def _telling_params(runs: Sequence[Run], fields: Sequence[Field]) -> list[str]:
    """Return the few params that most runs have and that are not the same in all."""
    told: list[tuple[int, str]] = []
    for one in fields:
        if one.group != "params":
            continue
        known = [value for run in runs if (value := value_of(run, one.key)) is not None]
        kinds = len({str(value) for value in known})
        if kinds > 1 and (kinds <= MOST_KINDS or _has_numbers(runs, one.key)):
            told.append((len(known), one.key))
    told.sort(key=lambda pair: -pair[0])
    return [key for _, key in told[:MOST_AXES]]


def _has_numbers(runs: Sequence[Run], key: str) -> bool:
    known = [value for run in runs if (value := value_of(run, key)) is not None]
    return bool(known) and all(number_of(value) is not None for value in known)


def _bare(key: str) -> str:
    return key.partition(".")[2] or key


def _newest(seen: Seen, note: object) -> str:
    count = len(seen.runs)
    capped = f"the newest {MOST_SPREAD} of {count} runs" if count > MOST_SPREAD else ""
    return " · ".join(filter(None, [capped, str(note)]))


def _note(seen: Seen, picked: Sequence[Run], most: int) -> str:
    """Return how far the picked runs are that still run, and whether all are shown."""
    running = [run.run_id for run in picked[:most] if run.status == "RUNNING"]
    going = seen.progress(running) if running else {}
    told = [f"{in_short(seen.runs[one].name)}: {words}" for one, words in going.items()]
    return " · ".join(filter(None, [*told, _capped(len(picked), most)]))


def _capped(count: int, most: int) -> str:
    return f"the first {most} of {count} picked runs" if count > most else ""
