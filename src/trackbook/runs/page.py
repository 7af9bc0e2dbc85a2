"""Everything that is known of one run, on one page."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from trackbook.code import direction_of
from trackbook.errors import NotFound
from trackbook.runs.rows import (
    ArtifactRow,
    CellRow,
    KinRow,
    MetricRow,
    NoteRow,
    ParamRow,
    ReproductionRow,
    SurroundingsRow,
)
from trackbook.store import ask, queries_of
from trackbook.table import SIGNS, Table, Tabular, escaped, in_short, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import Run
    from trackbook.runs.find import Directions
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")
SHOWN_FACTS = (
    "experiment", "notebook", "status", "origin", "started_at", "ended_at", "duration_s",
    "user", "host", "git_commit", "notebook_hash",
)  # fmt: skip
STYLE = """<style>
.tb-page{color:var(--jp-ui-font-color1,inherit);font-size:var(--jp-ui-font-size1,13px)}
.tb-page pre{margin:2px 0 8px;padding:4px 8px;overflow-x:auto;\
background:var(--jp-layout-color2,rgba(128,128,128,.12));color:inherit}
.tb-page .tb-warn{color:var(--jp-warn-color1,#b26a00)}
.tb-page summary{cursor:pointer}
</style>"""


def show(store: Store, run: Run, *, directions: Directions | None = None) -> RunPage:
    """Return the page of one run."""
    one = {"run": run.run_id}
    surroundings = ask(store, SQL["surroundings_of"], SurroundingsRow, **one)
    if not surroundings:
        raise NotFound(
            f"run {run.run_id} ({run.name}) is gone: %track runs shows what there is"
        )
    kin = ask(store, SQL["kin_of"], KinRow, run=run.run_id, parent=run.parent_run_id or "")
    return RunPage(
        run=run,
        param_rows=ask(store, SQL["params_of"], ParamRow, **one),
        metric_rows=ask(store, SQL["metrics_of"], MetricRow, **one),
        tries=ask(store, SQL["reproductions_of"], ReproductionRow, **one),
        notes=ask(store, SQL["notes_of"], NoteRow, **one),
        artifact_rows=ask(store, SQL["artifacts_of"], ArtifactRow, **one),
        cells=ask(store, SQL["cells_of"], CellRow, **one),
        parent=next((row for row in kin if row.is_parent), None),
        children=[row for row in kin if not row.is_parent],
        surroundings=surroundings[0],
        directions=directions or {},
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RunPage(Tabular):
    """One run with its params, metrics, tags, notes, artifacts, cells and kin."""

    run: Run
    param_rows: Sequence[ParamRow]
    metric_rows: Sequence[MetricRow]
    tries: Sequence[ReproductionRow]
    """To get its numbers again, the latest first."""
    notes: Sequence[NoteRow]
    artifact_rows: Sequence[ArtifactRow]
    cells: Sequence[CellRow]
    parent: KinRow | None
    children: Sequence[KinRow]
    """Runs whose parent this one is: its parts, and its variations."""
    surroundings: SurroundingsRow
    directions: Directions
    doubts: Sequence[str] = ()
    """What speaks against it by now, a sentence each."""
    progress: str = ""
    """How far its training is, or came; empty where it is finished or nothing told."""

    def table(self) -> Table:
        """Return the run as a table of one row, for programs."""
        columns = [field.name for field in fields(self.run)]
        return Table(columns, [[getattr(self.run, name) for name in columns]])

    def facts(self) -> Table:
        """Return what the run is, one fact to a row."""
        run, around = self.run, self.surroundings
        facts: dict[str, object] = {"run_id": run.run_id}
        facts |= {name: getattr(run, name) for name in SHOWN_FACTS}
        facts["progress"] = self.progress or None
        facts |= {
            "program": around.program,
            "python": around.python,
            "platform": around.platform,
        }
        facts |= {"packages": around.package_count, "used": used(around)}
        facts["error"] = around.error
        if self.tries:
            last = self.tries[0]
            cause = f" ({last.cause})" if last.cause else ""
            sign = SIGNS[last.verdict]
            facts["reproduced"] = f"{sign} {last.verdict}{cause}, {in_short(last.tried_at)}"
        if self.parent:
            relation = run.relation or "child"
            facts["parent"] = (
                f"{self.parent.name} ({self.parent.run_id}), of which a {relation}"
            )
        if run.tags:
            facts["tags"] = run.tags
        rows = [
            (name, in_short(value)) for name, value in facts.items() if value is not None
        ]
        return Table(["fact", "value"], rows, title=run.name)

    def params(self) -> Table:
        """Return the params with the rule that caught each."""
        return table_of("Params", ParamRow, self.param_rows)

    def metrics(self) -> Table:
        """Return the metrics: last value, best of all steps, points, rule."""
        rows = [
            (m.name, m.last_value, self._best(m), m.point_count, m.last_step, m.origin)
            for m in self.metric_rows
        ]
        columns = ["name", "last", "best", "points", "last_step", "origin"]
        return Table(columns, rows, title="Metrics")

    def artifacts(self) -> Table:
        """Return the files that the run produced."""
        return table_of("Artifacts", ArtifactRow, self.artifact_rows)

    def kin(self) -> Table:
        """Return the runs whose parent this one is."""
        rows = [
            (k.name, k.relation, k.status, k.started_at, k.run_id) for k in self.children
        ]
        columns = ["name", "relation", "status", "started_at", "run_id"]
        return Table(columns, rows, title="Variations and parts")

    def tables(self) -> list[Table]:
        """Return all tables of the page that have rows."""
        rest = [self.params(), self.metrics(), self.artifacts(), self.kin()]
        return [self.facts(), *(table for table in rest if len(table))]

    def _best(self, metric: MetricRow) -> float | None:
        direction = self.directions.get(metric.name) or direction_of(metric.name)
        if direction is None:
            return None
        return metric.highest if direction == "max" else metric.lowest

    def __repr__(self) -> str:
        parts = ["\n".join(f"⚠ {visible(doubt)}" for doubt in self.doubts)]
        parts = [part for part in parts if part] + [t.text() for t in self.tables()]
        parts += [
            f"Note of {in_short(n.written_at)}: {visible(n.words)}" for n in self.notes
        ]
        for cell in self.cells:
            lines = [visible(line) for line in cell.source.splitlines()]
            parts.append("\n".join([head_of(cell), *(f"    {line}" for line in lines)]))
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [
            f'<div><span class="tb-warn">⚠</span> {escaped(d)}</div>' for d in self.doubts
        ]
        parts += [table._repr_html_() for table in self.tables()]  # IPython's own name
        parts += [
            f"<p>{escaped(in_short(n.written_at))}: {escaped(n.words)}</p>"
            for n in self.notes
        ]
        for cell in self.cells:
            code = "\n".join(escaped(line) for line in cell.source.splitlines())
            head = escaped(head_of(cell))
            parts.append(
                f"<details open><summary>{head}</summary><pre>{code}</pre></details>"
            )
        return f'{STYLE}<div class="tb-page">{"".join(parts)}</div>'


def used(around: SurroundingsRow) -> str | None:
    """Return what a run used of its machine, in words; None where nothing was sampled."""
    if around.peak_memory_bytes is None:
        return None
    memory = f"{around.peak_memory_bytes / 1e6:,.0f} MB of memory at most"
    cpu = around.cpu_percent
    return memory if cpu is None else f"{memory}, {cpu:.0f} % of a core on average"


def head_of(cell: CellRow) -> str:
    """Return the line that stands over a cell's source."""
    number = " " if cell.execution_count is None else cell.execution_count
    took = "" if cell.duration_s is None else f", {in_short(cell.duration_s)} s"
    return f"Cell [{number}] {cell.outcome or 'running'}{took}"


def table_of(title: str, of: type, rows: Sequence[object]) -> Table:
    """Return rows of one class as a table."""
    columns = [field.name for field in fields(of)]
    return Table(
        columns, [[getattr(row, name) for name in columns] for row in rows], title=title
    )
