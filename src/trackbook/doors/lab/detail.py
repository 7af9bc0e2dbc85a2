"""One run opened, and runs in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trackbook.doors.lab.course import course_of, drawing, figures_of
from trackbook.doors.lab.deeds import of_run
from trackbook.doors.lab.lines import lines_of, named
from trackbook.doors.lab.shapes import (
    Picture,
    RunDetail,
    Section,
    SliceCell,
)
from trackbook.doors.lab.words import gettext
from trackbook.doors.pulse import CHANGED
from trackbook.errors import Misused, NotFound
from trackbook.table import Table, in_short, is_number, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.lineage import Slice
    from trackbook.records import Run

MOST_ROWS, MOST_COMPARED, MOST_LINES, DEPTH = 200, 20, 400, 8


def detail_of(book: Book, run_id: str) -> RunDetail:
    """Return what is known of one run."""
    from trackbook.doors.verbs import show
    from trackbook.lineage import inputs_of

    run = book.find(run_id)
    page = show(book, run.run_id)
    cut, words = slice_told(book, run)
    line = lines_of(book, [run], named(run, None))[0]
    tables = [page.metrics(), page.params(), page.facts(), page.artifacts(), page.kin()]
    sections = [section(table) for table in tables if len(table)]
    sections = [
        msgspec.structs.replace(one, title="Facts") if one.title == run.name else one
        for one in sections
    ]
    used = inputs_of(book.store, run)
    if len(used):
        sections.insert(2, section(used, title="Data"))
    course = course_of(book, run)
    if course is not None:
        sections.insert(0, course)
    sections += environment_of(book, run)
    return RunDetail(
        line=line,
        progress=page.progress,
        deeds=of_run(run),
        sections=sections,
        slice=[
            SliceCell(cell_id=part.cell_id, source=part.source, count=part.execution_count)
            for part in (cut.parts if cut is not None else ())
        ],
        slice_words=words,
        stale=stale_cells(book, run, cut),
        doubts=list(page.doubts),
        notes=[note.words for note in page.notes],
    )


def environment_of(book: Book, run: Run) -> list[Section]:
    """Return what was around a run; nothing while it runs, and where its process died first."""
    from trackbook.doors.env import env

    try:
        return [section(env(book, run.run_id), title="Environment")]
    except NotFound:
        return []


def slice_told(book: Book, run: Run) -> tuple[Slice | None, str]:
    """Return the slice of a run and its size in words; a script's run has none."""
    from trackbook.lineage import slice_of

    try:
        cut = slice_of(book.store, run)
    except NotFound as error:
        return None, str(error)
    return cut, cut.headline


def stale_cells(book: Book, run: Run, cut: Slice | None) -> list[str]:
    """Return the ids of the cells that are no longer as the run saw them."""
    if cut is None:
        return []
    about = {one.about for one in book.doubts.now(run) if one.code in CHANGED}
    return sorted({p.cell_id for p in cut.parts if p.cell_id and p.execution_id in about})


def section(table: Table, *, title: str | None = None) -> Section:
    """Return a table as the sidebar shows it."""
    rows = table.rows[:MOST_ROWS]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    return Section(
        title=table.title if title is None else title,
        columns=[visible(name) for name in table.columns],
        numeric=[
            any(map(is_number, values))
            and all(one is None or is_number(one) for one in values)
            for values in columns
        ],
        rows=[[in_short(value) for value in row] for row in rows],
    )


def compared(book: Book, references: Sequence[str]) -> Picture:
    """Return runs side by side: their curves, what they used, and what differs between them.

    Of a single run its own curves.
    """
    from trackbook.compare import compare

    runs = book.find_all(references)[:MOST_COMPARED]
    if not runs:
        raise Misused("pick a run, or several to compare")
    figures = figures_of(book, runs)
    if len(runs) == 1:
        return Picture(
            title=runs[0].name, figures=figures, sections=metrics_of(book, *runs)
        )
    beside = compare(book.store, runs, changed_only=True, directions=book.directions)
    known = beside.table()
    shown = [name for name in known.columns if name != "differs"]
    rows = [tuple(row[name] for name in shown) for row in known]
    sections = [section(Table(shown, rows), title=gettext("Params and metrics"))]
    code: list[str] = []
    if len(runs) == 2:  # noqa: PLR2004  one beside another
        more, code = between(book, *runs)
        sections += more
    title = ", ".join(run.name for run in runs)
    return Picture(title=title, figures=figures, sections=sections, code=code)


def metrics_of(book: Book, run: Run) -> list[Section]:
    """Return the table that says the same as the curves of a run."""
    from trackbook.runs import show

    return [section(show(book.store, run, directions=book.directions).metrics())]


def between(book: Book, a: Run, b: Run) -> tuple[list[Section], list[str]]:
    """Return what else differs between two runs, by kind, and the lines of code that do."""
    from trackbook.doors.verbs import diff

    found = diff(book, a.run_id, b.run_id)
    titles = {
        "tag": gettext("Tags"),
        "data": gettext("Data"),
        "package": gettext("Packages"),
        "around": gettext("Environment"),
    }
    sections = []
    for kind, title in titles.items():
        rows = [
            (one.name, one.before, one.after) for one in found.changes if one.kind == kind
        ]
        if rows:
            sections.append(section(Table(["name", a.name, b.name], rows), title=title))
    return sections, [visible(line) for line in found.code.splitlines()[:MOST_LINES]]


def lineage_of(book: Book, reference: str) -> Picture:
    """Return what a run rests on and what rests on it."""
    from trackbook.doors.graph import graph_shown
    from trackbook.panels import lineage_figure

    run = book.find(reference)
    shown = graph_shown(book, run.run_id, DEPTH, "both")
    things, edges = shown.drawn()
    root = str(shown.graph.root)
    figure = lineage_figure(things, edges, root=root)
    whole = shown.table()
    columns = [name for name in whole.columns if not name.endswith("_id")]
    ties = Table(columns, [row[: len(columns)] for row in whole.rows])
    return Picture(
        title=f"{run.name}: what it rests on",
        figures=[drawing("", figure)],
        sections=[section(ties, title=shown.headline)],
    )
