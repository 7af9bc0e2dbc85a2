"""A version's papers: printed, or written into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trackbook.clock import now_us, time_of
from trackbook.doors.files import put_file
from trackbook.doors.graph import Lineage, Printed
from trackbook.table import Table

if TYPE_CHECKING:
    from trackbook.book import Book

Paper = Literal["card", "bom", "prov", "openlineage", "html"]


def paper(
    book: Book,
    version: str,
    *,
    form: Paper = "card",
    to: str | None = None,
    overwrite: bool = False,
) -> Printed | Table:
    """Write a version's papers: model card, bill of materials, lineage, a page with all evidence.

    Args:
        version: the version
        form: card (Markdown), bom (CycloneDX), prov, openlineage, html (a page with everything)
        to: write it into this file
        overwrite: replace a file that is there
    """
    from trackbook.papers import bom, card, dossier_of, openlineage, page, prov

    dossier = dossier_of(book, version, now=time_of(now_us()))
    if form == "html":
        text = page(dossier, picture=Lineage(book, dossier.graph).exported("svg"))
    else:
        write = {"card": card, "bom": bom, "prov": prov, "openlineage": openlineage}
        text = write[form](dossier)
    if to is None:
        return Printed(text)
    file = Path(to)
    put_file(file, text, overwrite=overwrite)
    return Table(
        ["file", "paper", "version", "size_bytes"],
        [(str(file), form, dossier.version.name, file.stat().st_size)],
    )
