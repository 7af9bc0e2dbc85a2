"""Words and numbers as every paper writes them: exact, UTC, on one line."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from trackbook.table import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from trackbook.papers.dossier import Dossier

NOT_ON_RECORD = "Not on record."
UNSAFE = "It is kept by pickle: loading it executes code that the package brings."
LIBRARIES = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "torch": "pytorch",
    "onnx": "onnx",
}
"""What the Hugging Face hub calls the library behind a flavour; none for pickle."""


def number(value: float) -> str:
    """Return a number with all its digits: a paper is compared with the record."""
    return repr(float(value))


def moment(at: datetime | None) -> str:
    """Return a time to the second, UTC; times on record are UTC without saying so."""
    if at is None:
        return ""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(at: datetime) -> str:
    """Return a time as JSON formats write it."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def size(count: int) -> str:
    """Return a number of bytes."""
    return f"{count:,} bytes"


def line_of(text: object) -> str:
    """Return a text on one line, with nothing in it that is not seen."""
    return visible(" ".join(str(text).split()))


def listed(values: Iterable[object]) -> str:
    """Return values side by side."""
    return ", ".join(map(str, values))


def limits_of(dossier: Dossier) -> list[str]:
    """Return what speaks against a version, and what is not known of it: a sentence each."""
    row = dossier.version
    found = [row.warning] if row.warning else []
    if row.is_unsafe:
        found.append(UNSAFE)
    if row.forced:
        found.append("Some decision on it went past a rule; see its history.")
    if dossier.kept.fault:
        found.append(f"Its package does not hold: {dossier.kept.fault}")
    for report in dossier.last_reports:
        found += [
            f"{one.label}, asked before {report.target}: {one.outcome}: {one.words}"
            for one in report.results
            if one.outcome in ("failed", "errored", "warned")
        ]
    if dossier.page is not None:
        found += [f"Of its run: {words}" for words in dossier.page.doubts]
    return found + unknown_of(dossier)


def unknown_of(dossier: Dossier) -> list[str]:
    """Return what nobody recorded of a version, a sentence each."""
    run, row = dossier.run, dossier.version
    lacks = [
        (run is None, f"What made it is not known: {dossier.no_run}."),
        (run is not None and not run.metrics, "Nothing was measured in its run."),
        (run is not None and not dossier.data, "No data are on record that its run used."),
        (run is not None and not run.reproduced, "Its run was never executed again."),
        (run is not None and dossier.around is None, "Its run's environment is not on record."),
        (not row.git_commit, "It was made at no git commit."),
        (not row.signature, "No example tells what it takes and gives."),
        (not dossier.reports, "It was asked by no gate."),
        (not dossier.approvals, "Nobody was asked to approve it."),
    ]  # fmt: skip
    return [words for is_so, words in lacks if is_so]
