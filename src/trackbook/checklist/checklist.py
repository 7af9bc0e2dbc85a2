"""Every line of the checklist, asked of one run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.checklist import after, before, during
from trackbook.checklist.evidence import evidence_of
from trackbook.table import Table, Tabular, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.book import Book
    from trackbook.checklist.evidence import Evidence
    from trackbook.checklist.line import Line

PHASES: Mapping[str, Sequence[Callable[[Evidence], Line]]] = {
    "before": (
        before.environment,
        before.data,
        before.code,
        before.names,
        before.baseline,
    ),
    "during": (
        during.params,
        during.metrics,
        during.kept,
        during.progress,
        during.resources,
    ),
    "after": (
        after.validated,
        after.compared,
        after.registered,
        after.documented,
        after.tidied,
    ),
}
SIGNS = {"done": "✓", "not done": "✗", "cannot be known": "?"}
STYLE = """<style>
.tb-checks{color:var(--jp-ui-font-color1,inherit);font-size:var(--jp-ui-font-size1,13px)}
.tb-checks table{border-collapse:collapse;font-size:inherit;color:inherit}
.tb-checks th,.tb-checks td{text-align:left;vertical-align:top;padding:2px 12px 2px 0;\
white-space:normal}
.tb-checks td:nth-child(-n+2){white-space:nowrap}
.tb-checks td:nth-child(n+3){min-width:12em;overflow-wrap:break-word}
.tb-checks td:nth-child(4){overflow-wrap:anywhere}
.tb-checks .tb-done{color:var(--jp-success-color1,#388e3c)}
.tb-checks .tb-not{color:var(--jp-error-color1,#d32f2f)}
.tb-checks .tb-unknown{color:var(--jp-warn-color1,#b26a00)}
</style>"""
TONES = {"done": "tb-done", "not done": "tb-not", "cannot be known": "tb-unknown"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Checklist(Tabular):
    """What is done for a run and what is not, with how one can tell."""

    about: str
    """The run, and the version if there is one."""
    lines: Sequence[tuple[str, str, Line]]
    """Phase, what is asked, and what was found."""

    @property
    def headline(self) -> str:
        """How it stands in a sentence."""
        counts: Counter[str] = Counter(line.state for _, _, line in self.lines)
        said = ", ".join(f"{counts[state]} {state}" for state in SIGNS)
        return f"{self.about}: {said}"

    @property
    def is_complete(self) -> bool:
        """Whether every line is done."""
        return all(line.state == "done" for _, _, line in self.lines)

    def table(self) -> Table:
        """Return one row for each line."""
        rows = [
            (phase, asked, line.state, line.evidence, line.next)
            for phase, asked, line in self.lines
        ]
        return Table(["phase", "line", "state", "evidence", "next"], rows)

    def __repr__(self) -> str:
        said = [self.headline]
        for number, (phase, asked, line) in enumerate(self.lines):
            if number == 0 or self.lines[number - 1][0] != phase:
                said.append(f"\n{phase}")
            said.append(f"  {SIGNS[line.state]} {asked}: {line.state}")
            said.append(f"      {line.evidence}")
            said += [f"      → {line.next}"] if line.next else []
        return "\n".join(one if one.startswith("\n") else visible(one) for one in said)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escaped(phase)}</td>"
            f'<td><span class="{TONES[line.state]}">{SIGNS[line.state]} {line.state}</span></td>'
            f"<td>{escaped(asked)}</td><td>{escaped(line.evidence)}</td>"
            f"<td>{escaped(line.next)}</td></tr>"
            for phase, asked, line in self.lines
        )
        heads = "".join(
            f'<th scope="col">{head}</th>'
            for head in ("when", "state", "line", "on record", "what to do")
        )
        return (
            f'{STYLE}<div class="tb-checks"><p>{escaped(self.headline)}</p>'
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )


def checklist_of(book: Book, reference: str) -> Checklist:
    """Return the checklist of a run, or of the run that made a version.

    Raises:
        NotFound: there is no such run or version, or a version says of no run that it made it
    """
    evidence = evidence_of(book, reference)
    about = f"{evidence.run.name} (run {evidence.run.run_id})"
    if evidence.version is not None:
        about += f", {evidence.version.name}"
    return Checklist(
        about=about,
        lines=[
            (phase, (ask.__doc__ or "").rstrip("."), ask(evidence))
            for phase, asked in PHASES.items()
            for ask in asked
        ],
    )
