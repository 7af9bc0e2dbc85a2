"""A table as HTML that needs no script and shows every name as nothing but text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trackbook.table.text import is_numeric, remainder
from trackbook.table.words import escaped, in_short

if TYPE_CHECKING:
    from trackbook.table.table import Table

MOST_ROWS, LONGEST = 200, 160
MARK = '<span class="tb-mark" role="img" title="best" aria-label="best">▲</span>'
STYLE = """<style>
.tb-box{max-width:100%;overflow-x:auto;margin:2px 0 6px;\
color:var(--jp-ui-font-color1,inherit);font-family:var(--jp-ui-font-family,system-ui,sans-serif);\
font-size:var(--jp-ui-font-size1,13px);line-height:1.4}
.tb-box table.tb-table{border-collapse:collapse;border:0;margin:0;table-layout:auto;\
font-size:inherit;color:inherit;font-variant-numeric:tabular-nums}
.tb-box .tb-table caption{caption-side:top;text-align:left;padding:0 0 4px;font-weight:600;\
color:inherit;white-space:nowrap}
.tb-box .tb-table caption small{font-weight:400;font-size:inherit;\
color:var(--jp-ui-font-color2,#767676);margin-left:.6em}
.tb-box .tb-table th,.tb-box .tb-table td{padding:3px 12px 3px 6px;border:0;\
text-align:left;vertical-align:top;white-space:nowrap;max-width:36em;overflow:hidden;\
text-overflow:ellipsis;background:none}
.tb-box .tb-table thead th{font-weight:600;color:var(--jp-ui-font-color2,#767676);\
border-bottom:1px solid var(--jp-border-color1,#bdbdbd)}
.tb-box .tb-table tbody tr{background:none}
.tb-box .tb-table tbody td{\
border-bottom:1px solid var(--jp-border-color3,rgba(128,128,128,.2))}
.tb-box .tb-table tbody tr:hover{background:var(--jp-layout-color2,rgba(128,128,128,.12))}
.tb-box .tb-table .tb-num{text-align:right}
.tb-box .tb-map{white-space:normal;min-width:12em;max-width:26em}
.tb-box .tb-pair{white-space:nowrap}
.tb-box .tb-key{color:var(--jp-ui-font-color2,#767676)}
.tb-box .tb-mark{font-size:.75em;margin-left:.3em;color:var(--jp-success-color1,#388e3c)}
.tb-box .tb-note{color:var(--jp-ui-font-color2,#767676);padding:4px 6px}
</style>"""


def html_of(table: Table) -> str:
    """Return a table of at most 200 rows in a box that scrolls, with its own style."""
    count = min(MOST_ROWS, len(table))
    below = [
        escaped(line) for line in (remainder(table, count), *table.note.split("\n")) if line
    ]
    notes = "".join(f'<div class="tb-note">{line}</div>' for line in below)
    return f'{STYLE}<div class="tb-box">{grid_of(table, count)}{notes}</div>'


def grid_of(table: Table, count: int) -> str:
    """Return the table element alone."""
    right = [is_numeric(table[name]) for name in table.columns]
    # written out as well: where the style is taken out, notebooks set all cells right
    kinds = [
        ' class="tb-num" align="right"' if is_right else ' style="text-align:left"'
        for is_right in right
    ]
    heads = "".join(
        f'<th scope="col"{kind}>{escaped(name)}</th>'
        for name, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td{kinds[at]}{_whole(value)}>{_cell(table, number, at)}</td>"
            for at, value in enumerate(row)
        )
        + "</tr>"
        for number, row in enumerate(table.rows[:count])
    )
    empty = f'<tr><td colspan="{max(1, len(kinds))}">no rows</td></tr>'
    return (
        f'<table class="tb-table">{_caption(table)}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows or empty}</tbody></table>"
    )


def _caption(table: Table) -> str:
    if not table.title:
        return ""
    many = max(table.total or 0, len(table))
    size = f" <small>{many} row{'' if many == 1 else 's'}</small>"
    return f"<caption>{escaped(table.title)}{size}</caption>"


def _cell(table: Table, number: int, at: int) -> str:
    name, value = table.columns[at], table.rows[number][at]
    if isinstance(value, Mapping):
        pairs = " ".join(
            f'<span class="tb-pair"><span class="tb-key">{escaped(str(key))}=</span>'
            + _marked(in_short(item), number in table.best.get(f"{name}.{key}", ()))
            + "</span>"
            for key, item in value.items()
        )
        return f'<div class="tb-map">{pairs}</div>'
    return _marked(in_short(value), number in table.best.get(name, ()))


def _marked(text: str, is_best: bool) -> str:
    shown = escaped(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
    return f"<b>{shown}</b>{MARK}" if is_best else shown


def _whole(value: object) -> str:
    """Return the title that tells in full what the cell shows in short."""
    full = "" if value is None or isinstance(value, Mapping) else str(value)
    return f' title="{escaped(full[:400])}"' if full and full != in_short(value) else ""
