"""A unified diff as rows that a panel can set in one column or two."""

from __future__ import annotations

import re

from trackbook.table import visible

Row = dict[str, object]
MOST_LINES, TAB = 4000, 4
HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def rows_of(diff: str) -> list[Row]:
    """Return the lines of a unified diff, each with its numbers and what became of it.

    A row has `kind` (same, add, del, hunk), `text`, and the line numbers `a` and `b`.
    """
    rows: list[Row] = []
    a = b = 0
    lines = diff.split("\n")
    for line in lines[:MOST_LINES]:
        hunk = HUNK.match(line)
        text = visible(line[1:].rstrip("\r").expandtabs(TAB))
        if hunk:
            a, b = int(hunk[1]), int(hunk[2])
            rows.append({"kind": "hunk", "text": visible(line)})
        elif not a and not b:
            continue  # the two file names, before the first hunk
        elif line.startswith("+"):
            rows.append({"kind": "add", "text": text, "b": b})
            b += 1
        elif line.startswith("-"):
            rows.append({"kind": "del", "text": text, "a": a})
            a += 1
        elif line.startswith(" ") or not line:
            rows.append({"kind": "same", "text": text, "a": a, "b": b})
            a, b = a + 1, b + 1
    if rows and lines[-1] == "" and rows[-1]["kind"] == "same":
        rows.pop()  # the end of the last line, no line of its own
    if len(lines) > MOST_LINES:
        more = f"… {len(lines) - MOST_LINES} lines more"
        rows.append({"kind": "hunk", "text": more})
    return rows


def paired(rows: list[Row]) -> list[tuple[Row | None, Row | None]]:
    """Return the rows in two columns: what went beside what came in its place."""
    pairs: list[tuple[Row | None, Row | None]] = []
    gone: list[Row] = []
    came: list[Row] = []
    end: Row = {"kind": "hunk"}
    for row in [*rows, end]:
        if row["kind"] == "del" and not came:
            gone.append(row)
        elif row["kind"] == "add":
            came.append(row)
        else:
            longer = max(len(gone), len(came))
            pairs += [
                (gone[at] if at < len(gone) else None, came[at] if at < len(came) else None)
                for at in range(longer)
            ]
            gone, came = ([row], []) if row["kind"] == "del" else ([], [])
            if row["kind"] != "del" and "text" in row:
                pairs.append((row, row))
    return pairs
