"""What the sidebar is answered: the TypeScript types in `js/src/records.ts` are made of these."""

from __future__ import annotations

import msgspec


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
    status: str
    started_at: str
    headline: str
    headline_name: str
    change: str
    """Against its parent's, with an arrow."""
    better: str
    """Whether that is better or worse, where it is known."""
    spark: str
    """The path of a line in a box of 48 by 16."""
    tags: list[str]
    reproduced: str
    progress: str
    """How far it is, where it is not finished."""
    trouble: str
    """What goes wrong in it just now."""
    mark: str
    """Changes with anything of the line."""


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some runs, the newest first: all ids in their order, and the lines that are news."""

    total: int
    order: list[str]
    runs: list[RunLine]
    next: str | None
    best: RunLine | None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A small table."""

    title: str
    columns: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    drawn: bool = False
    """The last column holds paths of lines in a box of 48 by 16."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is asked for before something is done."""

    name: str
    label: str
    kind: str = "text"
    """text, words (several lines), date or choice."""
    needed: bool = False
    hint: str = ""
    choices: list[str] = []


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a button does: a verb with the arguments that it is given."""

    verb: str
    label: str
    title: str
    values: dict[str, str | bool | list[str]]
    fields: list[Field] = []
    foretold: bool = False
    """Ask what it would come to, and show that, before it is done."""
    danger: bool = False
    waits: str = ""
    """What is said while it takes its time."""
    why_not: str = ""
    """Why it cannot be done just now."""


class SliceCell(msgspec.Struct, frozen=True, kw_only=True):
    """One execution that a run rests on."""

    cell_id: str | None
    source: str
    count: int | None


class RunDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one run."""

    line: RunLine
    progress: str
    """With the pace."""
    deeds: list[Deed]
    sections: list[Section]
    slice: list[SliceCell]
    slice_words: str
    stale: list[str]
    doubts: list[str]
    notes: list[str]


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment of a project, over all its notebooks."""

    name: str
    words: str
    last_at: str
    headline: str
    headline_name: str


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One picture, in Plotly's own form."""

    title: str
    plotly: dict[str, object]


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Figures, with the tables that say the same, and more."""

    title: str
    figures: list[Figure]
    sections: list[Section]
    code: list[str] = []
    """What differs between the code of two runs, line by line."""


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to know of a version, in few words."""

    label: str
    tone: str
    words: str


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a version."""

    name: str
    value: str
    change: str
    words: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a model."""

    id: str
    name: str
    metrics: list[Measure]
    against: str
    by: str
    since: str
    badges: list[Badge]
    deeds: list[Deed]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """The versions in one state."""

    state: str
    label: str
    cards: list[Card]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The registry."""

    columns: list[Column]
    words: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision would come to; nothing has been moved."""

    verdict: str
    """passed, failed, or asked: for an approval that was missing."""
    words: str
    changes: list[str]
    checks: Section
    deeds: list[Deed]
    """What can be done about it."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a verb answered."""

    text: str
    section: Section
    is_good: bool = True
    """Whether it came out as one would wish."""
    opens: str = ""
    """The notebook that was made."""
    undo: Deed | None = None
    gone: list[str] = []
    """Runs that are listed no more."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A project that is being watched for news."""

    version: str


SHAPES = (
    Place, RunLine, RunPage, Section, Field, Deed, SliceCell, RunDetail, Experiment, Figure,
    Picture, Badge, Measure, Card, Column, Board, Preview, Answer, Watched,
)  # fmt: skip


def as_typescript() -> str:
    """Return the types as TypeScript interfaces."""
    from typing import get_type_hints

    lines = ["// Made from src/trackbook/doors/lab/shapes.py; do not edit.", ""]
    for shape in SHAPES:
        hints = get_type_hints(shape).items()
        fields = "; ".join(f"{name}: {typed(hint)}" for name, hint in hints)
        lines.append(f"/** {(shape.__doc__ or '').strip()} */")
        lines.append(f"export interface {shape.__name__} {{ {fields} }}")
    return "\n".join([*lines, ""])


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
