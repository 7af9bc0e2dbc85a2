"""The quiet card under a cell: what its run was given, what it gave, how that compares."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trackbook.table.words import escaped, in_short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST, LONGEST, MINUTE, MOMENT = 12, 40, 60, 10
MOST_DOUBTS = 4
NAMED = re.compile(r"`(\w+)`")
STATUS = {
    "RUNNING": ("◌", "running", "brand"),
    "FINISHED": ("✓", "finished", "success"),
    "FAILED": ("✗", "failed", "error"),
    "KILLED": ("■", "killed", "warn"),
}
STYLE = """<style>
.tb-card{border-left:3px solid var(--jp-border-color1,#bdbdbd);margin:2px 0 4px;\
padding:2px 0 2px 10px;color:var(--jp-ui-font-color1,inherit);\
font-family:var(--jp-ui-font-family,system-ui,sans-serif);\
font-size:var(--jp-ui-font-size1,13px);line-height:1.55;font-variant-numeric:tabular-nums}
.tb-card>div{display:flex;flex-wrap:wrap;gap:0 1.2em}
.tb-card .tb-quiet{color:var(--jp-ui-font-color2,#767676)}
.tb-card b{font-weight:600}
.tb-card .tb-success{color:var(--jp-success-color1,#388e3c)}
.tb-card .tb-error{color:var(--jp-error-color1,#d32f2f)}
.tb-card .tb-warn{color:var(--jp-warn-color1,#b26a00)}
.tb-card .tb-doubt{gap:0 .4em;flex-wrap:nowrap}
.tb-card .tb-doubt code{background:none;padding:0;font-size:.95em}
.tb-card .tb-doubt summary{cursor:pointer}
.tb-card .tb-doubt ul{margin:2px 0 2px 1.2em;padding:0 0 0 .6em}
.tb-card .tb-brand{color:var(--jp-brand-color1,#1976d2)}
</style>"""


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric of a run beside the same metric of its parent and of the best so far."""

    name: str
    value: float
    parent: float | None = None
    """None: it has no parent, or the parent lacks this metric."""
    best: float | None = None
    """Of all earlier runs; None: there are none."""
    direction: Literal["max", "min"] | None = None
    """Which way is better; None: not known, so neither way is called better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a notebook shows after a run."""

    name: str
    short_id: str
    """The shortest prefix by which the run can be called."""
    status: str
    duration_s: float | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    """Params that differ from the parent's: before and now; None where there is none."""
    metrics: Sequence[MetricLine] = ()
    note: str = ""
    doubts: Sequence[str] = ()
    """What speaks against the run, the most telling first."""

    def __repr__(self) -> str:
        glyph, word, _ = STATUS.get(self.status, ("·", visible(self.status), "quiet"))
        head = f"{glyph} {visible(self.name)}  {visible(self.short_id)}  {word}"
        lines = [head + _lasted(self.duration_s), "  ".join(_params(self))]
        lines += [_line(metric) for metric in self.metrics[:MOST]]
        lines += [_more(len(self.metrics), "metrics"), visible(self.note)]
        lines += [f"⚠ {visible(doubt)}" for doubt in self.doubts[:MOST_DOUBTS]]
        hidden = len(self.doubts) - MOST_DOUBTS
        lines += [f"⚠ … {hidden} more: %track show {visible(self.short_id)}"] * (hidden > 0)
        return "\n  ".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        glyph, word, tone = STATUS.get(self.status, ("·", self.status, "quiet"))
        head = (
            f'<span><span class="tb-{tone}" aria-hidden="true">{glyph}</span>'
            f' <b>{escaped(self.name)}</b></span><span class="tb-quiet">'
            f"{escaped(self.short_id)} · {escaped(word)}{_lasted(self.duration_s)}</span>"
        )
        params = "".join(f"<span>{escaped(part)}</span>" for part in _params(self))
        metrics = "".join(map(_metric, self.metrics[:MOST]))
        tail = "".join(
            f'<span class="tb-quiet">{escaped(part)}</span>'
            for part in (_more(len(self.metrics), "metrics"), self.note)
            if part
        )
        blocks = (f"<div>{part}</div>" for part in (head, params, metrics, tail) if part)
        return f'{STYLE}<div class="tb-card">{"".join(blocks)}{_doubts(self.doubts)}</div>'


def compared(metric: MetricLine, other: float | None) -> tuple[str, str]:
    """Return a difference with its arrow, and `better`, `worse`, `same` or ``.

    Nothing at all where one of the two is missing or not a number.
    """
    if other is None or not (math.isfinite(other) and math.isfinite(metric.value)):
        return "", ""
    step = metric.value - other
    if step == 0:
        return "=", "same"
    arrow = "▲" if step > 0 else "▼"
    word = ""
    if metric.direction is not None:
        word = "better" if (step > 0) == (metric.direction == "max") else "worse"
    return f"{arrow} {step:+.4g}", word


def _params(card: Card) -> list[str]:
    """Return the params, changed ones first, each with what it was before."""
    changed = [
        f"{name}={_value(now)} (was {_value(before)})"
        for name, (before, now) in card.changes.items()
    ]
    rest = [f"{n}={_value(v)}" for n, v in card.params.items() if n not in card.changes]
    parts = [visible(part) for part in changed + rest]
    return [*parts[:MOST], *filter(None, [_more(len(parts), "params")])]


def _doubts(doubts: Sequence[str]) -> str:
    """Return one line that says the first doubt, and unfolds where there are more."""
    if not doubts:
        return ""
    sign = '<span class="tb-warn" aria-hidden="true">⚠</span> '
    first, *rest = (NAMED.sub(r"<code>\1</code>", escaped(doubt)) for doubt in doubts)
    if not rest:
        return f'<div class="tb-doubt">{sign}<span>{first}</span></div>'
    items = "".join(f"<li>{doubt}</li>" for doubt in rest)
    more = f'<span class="tb-quiet">and {len(rest)} more</span>'
    return (
        f'<details class="tb-doubt"><summary>{sign}<span>{first}</span> {more}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _value(value: object) -> str:
    shown = "unset" if value is None else in_short(value)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _more(count: int, what: str) -> str:
    return f"… {count - MOST} more {what}" if count > MOST else ""


def _lasted(duration_s: float | None) -> str:
    if duration_s is None:
        return ""
    if duration_s < MINUTE:
        digits = ".2g" if duration_s < MOMENT else ".0f"
        return f" in {duration_s:{digits}} s"
    minutes, seconds = divmod(round(duration_s), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f" in {hours} h {minutes} min" if hours else f" in {minutes} min {seconds} s"


def _against(metric: MetricLine) -> list[tuple[str, str, str]]:
    """Return (difference, word, to what) for the parent and for the best so far."""
    pairs = [(compared(metric, metric.parent), "parent")]
    difference, word = compared(metric, metric.best)
    if word == "better":
        pairs.append((("★ best so far", word), f"{in_short(metric.best)} before"))
    elif metric.direction is not None:
        pairs.append(((difference, word), "best"))
    return [(shown, word, what) for (shown, word), what in pairs if shown]


def _line(metric: MetricLine) -> str:
    against = "  ".join(
        f"{shown} ({what})" if shown.startswith("★") else f"{shown} vs {what}"
        for shown, _, what in _against(metric)
    )
    return f"{visible(metric.name)} {in_short(metric.value)}  {against}".rstrip()


def _metric(metric: MetricLine) -> str:
    tones = {"better": "success", "worse": "error"}
    marks = "".join(
        f' <span class="tb-{tones.get(word, "quiet")}"'
        f' title="{escaped(_title(word, what))}">{shown}</span>'
        + ("" if shown.startswith("★") else f' <span class="tb-quiet">vs {what}</span>')
        for shown, word, what in _against(metric)
    )
    name = f'<span class="tb-quiet">{escaped(metric.name)}</span>'
    return f"<span>{name} <b>{in_short(metric.value)}</b>{marks}</span>"


def _title(word: str, what: str) -> str:
    if word == "same":
        return f"same as {what}"
    if word and what.endswith("before"):
        return f"{word} than every run before; the best was {what.removesuffix(' before')}"
    return f"{word} than {what}" if word else f"difference to {what}"
