"""What changed from one run to another: values, data, code, packages, what was around."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from trackbook.code import direction_of
from trackbook.compare.data import data_changes
from trackbook.compare.surroundings import surroundings_of
from trackbook.store import queries_of
from trackbook.table import Table, Tabular, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.compare.sides import Directions
    from trackbook.records import Run
    from trackbook.store import Store

V = TypeVar("V")
SQL = queries_of("trackbook.compare")
STYLE = """<style>
.tb-diff{color:var(--jp-ui-font-color1,inherit)}
.tb-diff pre{margin:2px 0 8px;overflow-x:auto;color:inherit;\
font-size:var(--jp-code-font-size,13px);line-height:1.4;background:none}
.tb-diff .tb-add{color:var(--jp-success-color1,#388e3c)}
.tb-diff .tb-del{color:var(--jp-error-color1,#d32f2f)}
.tb-diff .tb-at{color:var(--jp-ui-font-color2,#767676)}
</style>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not the same in both runs."""

    kind: Literal["param", "metric", "tag", "data", "package", "around"]
    name: str
    before: str | float | None
    """None: the first run lacks it."""
    after: str | float | None
    """None: the second run lacks it."""
    delta: float | None = None
    """After minus before, of metrics that are numbers in both."""
    verdict: Literal["better", "worse", ""] = ""
    """Empty where the way is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Tabular):
    """What changed from run `a` to run `b`."""

    a: Run
    b: Run
    changes: Sequence[Change]
    """Params, metrics, tags, data, packages and what was around, in this order, by name."""
    code: str
    """A unified diff for each cell that differs; empty where none does."""

    def table(self) -> Table:
        """Return one row for each change."""
        columns = ["kind", "name", self.a.name, self.b.name, "delta", "verdict"]
        rows = [
            (c.kind, c.name, c.before, c.after, c.delta, c.verdict) for c in self.changes
        ]
        return Table(columns, rows, title=f"From {self.a.name} to {self.b.name}")

    def __repr__(self) -> str:
        code = "\n".join(visible(line) for line in self.code.splitlines())
        return f"{self.table()!r}\n\n{code or 'the same code'}"

    def _repr_html_(self) -> str:
        lines = "\n".join(map(marked, self.code.splitlines()))
        code = f"<pre>{lines}</pre>" if lines else "<p>the same code</p>"
        return f'{STYLE}<div class="tb-diff">{self.table()._repr_html_()}{code}</div>'


def diff(
    store: Store,
    a: Run,
    b: Run,
    *,
    code: str = "",
    directions: Directions | None = None,
) -> Difference:
    """Return what changed from run `a` to run `b`: values, data, code and packages.

    `code` is what differs between their slices, as `code_diff` gives it.
    """
    known = directions or {}
    metrics = [
        measured(name, before, after, known.get(name) or direction_of(name))
        for name, before, after in differing(a.metrics, b.metrics)
    ]
    params, tags = differing(a.params, b.params), differing(a.tags, b.tags)
    packages = differing(packages_of(store, a), packages_of(store, b))
    around = differing(surroundings_of(store, a), surroundings_of(store, b))
    changes = [
        *(Change(kind="param", name=n, before=x, after=y) for n, x, y in params),
        *metrics,
        *(Change(kind="tag", name=n, before=x, after=y) for n, x, y in tags),
        *(
            Change(kind="data", name=one.name, before=one.before, after=one.after)
            for one in data_changes(store, a, b)
        ),
        *(Change(kind="package", name=n, before=x, after=y) for n, x, y in packages),
        *(Change(kind="around", name=n, before=x, after=y) for n, x, y in around),
    ]
    return Difference(a=a, b=b, changes=changes, code=code)


def differing(
    before: Mapping[str, V], after: Mapping[str, V]
) -> list[tuple[str, V | None, V | None]]:
    """Return (name, before, after) of what is not the same, by name."""
    names = sorted({*before, *after})
    pairs = [(name, before.get(name), after.get(name)) for name in names]
    return [
        (name, x, y) for name, x, y in pairs if x != y and not (is_nan(x) and is_nan(y))
    ]


def is_nan(value: object) -> bool:
    """Say whether a value is a number that is none."""
    return isinstance(value, float) and math.isnan(value)


def measured(
    name: str,
    before: float | None,
    after: float | None,
    direction: Literal["max", "min"] | None,
) -> Change:
    """Return how a metric changed, and whether for the better."""
    delta: float | None = None
    verdict: Literal["better", "worse", ""] = ""
    if before is not None and after is not None and math.isfinite(after - before):
        delta = after - before
        if direction is not None:
            verdict = "better" if (delta > 0) == (direction == "max") else "worse"
    return Change(
        kind="metric", name=name, before=before, after=after, delta=delta, verdict=verdict
    )


def packages_of(store: Store, run: Run) -> dict[str, str]:
    """Return the versions of the packages that a run used, by name."""
    ((found,),) = store.rows(SQL["packages_of"], run=run.run_id).rows
    pairs = (package.partition("==") for package in found or ())
    return {name: version for name, _, version in pairs}


def marked(line: str) -> str:
    """Return one line of a diff as HTML."""
    kind = {"+": "tb-add", "-": "tb-del", "@": "tb-at"}.get(line[:1])
    return f'<span class="{kind}">{escaped(line)}</span>' if kind else escaped(line)
