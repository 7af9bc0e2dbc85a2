"""A saved notebook's code cells, read when the file is new and known until then."""

from __future__ import annotations

import json
import os
import stat

import msgspec

from trackbook.clock import now_us
from trackbook.code import code_cells_of
from trackbook.records import CodeCell, Sheet

LARGEST_BYTES = 50 << 20
ENDING = ".ipynb"


class FileCell(msgspec.Struct):
    """What is read of a cell; outputs are passed over."""

    cell_type: str = ""
    id: str | None = None
    source: str | list[str] = ""
    execution_count: int | None = None


class File(msgspec.Struct):
    """What is read of a notebook."""

    cells: list[FileCell]


class SavedNotebook:
    """The last state of a notebook's file that could be read.

    A file that is half written, gone, no notebook or too large changes nothing: what was
    read last is what is known.
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._stamp: tuple[int, ...] | None = None
        self._sheet: Sheet | None = None
        self._once: set[str] = set()

    def known(self, path: str | None) -> Sheet | None:
        """Return what was read last, without a look at the disk."""
        return self._sheet if path == self._path else None

    def read(self, path: str | None) -> Sheet | None:
        """Return the code cells of a file, reading it where it changed since."""
        if path is None or not path.lower().endswith(ENDING):
            return None
        if path != self._path:
            self._path, self._stamp, self._sheet, self._once = path, None, None, set()
        try:
            facts = os.stat(path)  # noqa: PTH116  a text from outside, and often
            stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            plain = stat.S_ISREG(facts.st_mode) and facts.st_size <= LARGEST_BYTES
            if stamp != self._stamp and plain:
                with open(path, "rb") as file:  # noqa: PTH123
                    cells = cells_in(file.read(LARGEST_BYTES + 1))
                # A server's clock may be ahead: the file is no newer than this look at it.
                seen_us = min(facts.st_mtime_ns // 1000, now_us())
                self._once |= {cell.cell_id for cell in cells if cell.cell_id}
                self._sheet = Sheet(cells, seen_us, once=frozenset(self._once))
                self._stamp = stamp
        except (OSError, ValueError, RecursionError, MemoryError):
            return self._sheet
        return self._sheet


def cells_in(content: bytes) -> list[CodeCell]:
    """Return the code cells of a notebook's bytes.

    Raises:
        ValueError: it is no notebook
    """
    try:
        file = DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Formats before 4, cells that are not as they should be, half an emoji.
        document = json.loads(content.decode("utf-8", "surrogatepass"))
        if type(document) is not dict:
            raise ValueError("no notebook") from None
        return [CodeCell(cell_id, source) for cell_id, source in code_cells_of(document)]
    return [
        CodeCell(
            cell.id,
            cell.source if isinstance(cell.source, str) else "".join(cell.source),
            cell.execution_count,
        )
        for cell in file.cells
        if cell.cell_type == "code"
    ]


DECODER = msgspec.json.Decoder(File)
