"""Hashes that see code and not its layout, and the code cells of a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DIGEST_BYTES = 16


@lru_cache(maxsize=4096)  # a notebook's hash asks for all of its cells, at each run
def source_hash(source: str) -> str:
    """Return 32 hex digits for a cell's source: BLAKE2b-128 of its UTF-8.

    Line ends, blanks at the end of lines and empty lines at the end play no part.
    """
    lines = source.replace("\r\n", "\n").split("\n")
    text = "\n".join(line.rstrip(" \t") for line in lines).rstrip("\n")
    # A notebook may hold half an emoji; its hash must exist all the same.
    return blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES
    ).hexdigest()


def notebook_hash(sources: Iterable[str]) -> str:
    """Return 32 hex digits for a notebook's code cells in their order."""
    # Hashes of one length: no two lists of cells run together into the same bytes.
    joined = "".join(source_hash(source) for source in sources)
    return blake2b(joined.encode("ascii"), digest_size=DIGEST_BYTES).hexdigest()


def code_cells_of(document: Mapping[str, object]) -> list[tuple[str | None, str]]:
    """Return the id and source of each code cell of a parsed `.ipynb`, in order.

    Formats 3 and 4; the id is None where the format has none. Cells that are not as the
    format says are left out.
    """
    found: list[tuple[str | None, str]] = []
    for cell in cells_of(document):
        if not isinstance(cell, Mapping) or cell.get("cell_type") != "code":
            continue
        source = text_of(cell["source"] if "source" in cell else cell.get("input"))
        if source is not None:
            name = cell.get("id")
            found.append((name if isinstance(name, str) else None, source))
    return found


def cells_of(document: Mapping[str, object]) -> Iterator[object]:
    """Yield the cells of a document, those of old worksheets too."""
    sheets = document.get("worksheets")
    for holder in (document, *(sheets if isinstance(sheets, list) else ())):
        cells = holder.get("cells") if isinstance(holder, Mapping) else None
        if isinstance(cells, list):
            yield from cells


def text_of(source: object) -> str | None:
    """Return the text of a source given whole or by lines."""
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return None
