"""What the sidebar is answered: the TypeScript types in `js/src/records.ts` are made of these."""

from __future__ import annotations

import msgspec

Cell = str | int | float | bool | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which project a notebook or a folder belongs to."""

    project: str | None
    """The project's folder as the server calls it, empty for the server's own; None: none yet."""
    notebook: str | None
    words: str


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """One run as a list shows it."""

    run_id: str
    short: str
    name: str
    experiment: str
    notebook: str | None
    status: str
    started_at: str
    duration_s: float | None
    parent_run_id: str | None
    headline: float | None
    headline_name: str | None
    change: float | None
    """Against its parent's."""
    better: bool | None
    spark: list[float]
    tags: dict[str, str]
    reproduced: str | None
    is_best: bool
    mark: str
    """Changes with anything of the line."""


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some runs, the newest first: all ids in their order, and the lines that are news."""

    version: str
    total: int
    order: list[str]
    runs: list[RunLine]
    next: str | None
    headline: str | None
    best: RunLine | None
    words: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A small table."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]


class SliceCell(msgspec.Struct, frozen=True, kw_only=True):
    """One execution that a run rests on."""

    cell_id: str | None
    source: str
    count: int | None


class RunDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one run."""

    line: RunLine
    sections: list[Section]
    slice: list[SliceCell]
    slice_words: str
    stale: list[str]
    doubts: list[str]
    notes: list[str]


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment of a project, over all its notebooks."""

    name: str
    run_count: int
    notebook_count: int
    last_at: str
    best: str | None
    headline: str | None
    headline_value: float | None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One picture, in Plotly's own form."""

    title: str
    plotly: dict[str, object]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Figures with the table that says the same."""

    title: str
    figures: list[Figure]
    section: Section | None


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to know of a version, in few words."""

    label: str
    kind: str
    words: str


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """An approval that somebody waits for."""

    target: str
    approval: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a model."""

    id: str
    name: str
    model: str
    version: str
    state: str
    slots: list[str]
    aliases: list[str]
    metrics: dict[str, float]
    champion: str | None
    by: str
    since: str
    badges: list[Badge]
    moves: list[str]
    pending: list[Pending]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """The versions in one state."""

    state: str
    cards: list[Card]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The registry."""

    columns: list[Column]
    words: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check of a gate."""

    name: str
    outcome: str
    severity: str
    words: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision would come to; nothing has been moved."""

    verdict: str
    words: str
    checks: list[Check]
    approvals: list[str]
    can_ask: bool
    """Whether only somebody's approval is missing."""
    asked: bool
    """Whether that was asked for now."""
    changes: list[str]
    back_to: str | None
    """The version that a rollback returns to."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a verb answered."""

    columns: list[str]
    rows: list[list[Cell]]
    note: str
    text: str


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A project that is being watched for news."""

    version: str


SHAPES = (
    Place, RunLine, RunPage, Section, SliceCell, RunDetail, Experiment, Figure, Picture,
    Badge, Pending, Card, Column, Board, Check, Preview, Answer, Watched,
)  # fmt: skip


def as_typescript() -> str:
    """Return the types as TypeScript interfaces."""
    from typing import get_type_hints

    lines = ["// Made from src/trackbook/doors/lab/shapes.py; do not edit.", ""]
    for shape in SHAPES:
        lines.append(f"/** {(shape.__doc__ or '').strip()} */")
        lines.append(f"export interface {shape.__name__} {{")
        lines += [
            f"  {name}: {typed(hint)};" for name, hint in get_type_hints(shape).items()
        ]
        lines += ["}", ""]
    return "\n".join(lines)


def typed(hint: object) -> str:
    """Return a Python type as TypeScript says it."""
    from types import NoneType
    from typing import get_args, get_origin

    plain: dict[object, str] = {
        str: "string", int: "number", float: "number", bool: "boolean",
        NoneType: "null", object: "unknown",
    }  # fmt: skip
    if hint in plain:
        return plain[hint]
    inner = [typed(one) for one in get_args(hint)]
    if get_origin(hint) is list:
        return f"({inner[0]})[]" if "|" in inner[0] else f"{inner[0]}[]"
    if get_origin(hint) is dict:
        return f"{{ [name: string]: {inner[1]} }}"
    if inner:
        return " | ".join(dict.fromkeys(inner))
    return str(getattr(hint, "__name__", hint))
