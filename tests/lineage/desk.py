"""A notebook that is edited, saved and executed, cell by cell, as a person does it."""

from __future__ import annotations

import os
import time

import nbformat

IMPORTS = (
    "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    "X = np.arange(20.0).reshape(10, 2); y = X[:, 0] * 2 + 1"
)
FIT = "model = Ridge(alpha=lr).fit(X, y)\nacc = model.score(X, y)"


class Desk:
    """Cells on screen, the file they are saved to, and the shell they are executed in."""

    def __init__(self, sheet, monkeypatch, **cells):
        self.sheet = sheet
        self.file = sheet.project / "work.ipynb"
        monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(self.file))
        self.cells = dict(cells)
        self.numbers = {}
        """Beside each cell, as of its last execution."""
        self.save(ago_s=60)

    def save(self, *, ago_s=0.0, ids=True):
        """Write the cells as they stand now; by the clock, so many seconds ago."""
        book = nbformat.v4.new_notebook()
        for name, source in self.cells.items():
            new = (
                nbformat.v4.new_markdown_cell
                if name.startswith("md")
                else nbformat.v4.new_code_cell
            )
            cell = new(source, id=name)
            if name in self.numbers:
                cell["execution_count"] = self.numbers[name]
            if not ids:
                del cell["id"]
            book.cells.append(cell)
        if not ids:
            book.nbformat_minor = 4
        self.file.write_text(nbformat.writes(book), encoding="utf-8")
        when = time.time() - ago_s
        os.utime(self.file, (when, when))

    def run(self, *names):
        """Execute cells as they stand on screen."""
        for name in names:
            result = self.sheet.run(self.cells[name], cell_id=name)
            result.raise_error()
            self.numbers[name] = result.execution_count

    def edit(self, save=True, **cells):
        """Write into cells, or add some, and save; None deletes."""
        for name, source in cells.items():
            self.cells[name] = source
        self.cells = {n: s for n, s in self.cells.items() if s is not None}
        if save:
            self.save()

    def order(self, *names):
        """Put the cells into another order and save."""
        self.cells = {name: self.cells[name] for name in names}
        self.save()

    def told(self, which=0):
        """Return what speaks by now against a run of this session, the last unless told."""
        runs = self.sheet.runs()
        book = self.sheet.book
        return [doubt.words for doubt in book.doubts.now(runs[which - 1])]

    def recorded(self):
        """Return what was written down of the runs when they ended."""
        return [
            words
            for (words,) in self.sheet.sql("SELECT words FROM tb.doubts ORDER BY seen_at")
        ]
