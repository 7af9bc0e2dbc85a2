"""Parts of the page: what the model is for, what it takes, what was chosen and measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.papers.markup import (
    NOTHING,
    Html,
    bullets,
    code,
    heading,
    paragraph,
    shown,
    table,
)
from trackbook.papers.words import limits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.packages import Field
    from trackbook.papers.dossier import Dossier


def intended(dossier: Dossier) -> Html:
    """Return what it is for, in the words of whoever registered it."""
    words = dossier.version.description
    lines = [paragraph(line) for line in words.splitlines() if line.strip()]
    return Html("".join(lines) or NOTHING)


def limits(dossier: Dossier) -> Html:
    """Return what speaks against it, and what nobody recorded."""
    found = limits_of(dossier)
    return bullets(found) if found else paragraph("None are on record.")


def metrics(dossier: Dossier) -> Html:
    """Return what was measured in its run."""
    rows = dossier.page.metric_rows if dossier.page is not None else ()
    if not rows:
        return Html(NOTHING)
    return table(
        ["metric", "last value", "lowest", "highest", "points", "caught by"],
        [
            (
                code(one.name),
                one.last_value,
                one.lowest,
                one.highest,
                one.point_count,
                one.origin,
            )
            for one in rows
        ],
        label="Metrics",
    )


def params(dossier: Dossier) -> Html:
    """Return what was chosen for its run."""
    rows = dossier.page.param_rows if dossier.page is not None else ()
    if not rows:
        return Html(NOTHING)
    return table(
        ["param", "value", "type", "caught by"],
        [(code(one.name), code(one.value), one.type, one.origin) for one in rows],
        label="Params",
    )


def signature(dossier: Dossier) -> Html:
    """Return what goes in and what comes out."""
    found = dossier.signature
    if found is None:
        return Html(NOTHING)
    parts = [
        paragraph(f"Form of the rows: {found.form}."),
        heading("Takes"),
        fields("What it takes", found.inputs),
        heading("Gives"),
        fields("What it gives", found.outputs),
    ]
    if found.labels:
        parts.append(paragraph(Html(f"Labels: {', '.join(map(code, found.labels))}")))
    return Html("".join(parts))


def fields(label: str, found: Sequence[Field]) -> Html:
    """Return columns or arrays as a table."""
    return table(
        ["name", "type", "shape", "may be missing"],
        [
            (
                code(one.name) if one.name else "values",
                one.dtype,
                str(list(one.shape)) if one.shape else None,
                one.nullable,
            )
            for one in found
        ],
        label=label,
    )


def data(dossier: Dossier) -> Html:
    """Return what data its run used, and what is in their columns."""
    if not dossier.data:
        return Html(NOTHING)
    parts = [
        table(
            ["role", "name", "rows", "columns", "from", "fingerprint"],
            [
                (
                    one.role,
                    code(one.data.name),
                    one.data.row_count,
                    len(one.data.column_names),
                    code(one.data.location) if one.data.location else "made in memory",
                    fingerprint(one.data.digest, one.data.quick),
                )
                for one in dossier.data
            ],
            label="Data",
        )
    ]
    pages = {one.data.dataset_id: one.data for one in dossier.data}
    for one in pages.values():
        rows = one.table()
        parts.append(heading(Html(f"Columns of {code(one.name)}")))
        parts.append(
            table(
                [column for column in rows.columns if column != "values"],
                [
                    (code(row["column"]), *[row[name] for name in rows.columns[1:-1]])
                    for row in rows.dicts()
                ],
                label=f"Columns of {one.name}",
            )
        )
    return Html("".join(parts))


def fingerprint(digest: str | None, quick: str) -> Html:
    """Return a fingerprint, and whether it is of all values."""
    return code(digest) if digest else Html(f"{code(quick)} {shown('(a sample)')}")
