"""What cells put out is kept within bounds, and a notebook can be restored with it."""

from __future__ import annotations

import json
import sys

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from trackbook.book import Book
from trackbook.doors.proofs import restore

CELLS = (
    "%load_ext trackbook",
    "import pandas as pd, sys\n%matplotlib inline\nimport matplotlib.pyplot as plt",
    "print('one'); print('oops', file=sys.stderr); print('my token is ghp_' + 'a' * 36)",
    "frame = pd.DataFrame({'a': [1, 2]})\nframe",
    "_ = plt.plot([1, 2])",
    "print('x' * 100_000)",
    "loss = float(frame.a.sum())\nloss",
)
FAILS = "from IPython.display import display\nprint('before')\ndisplay(2)\nprint('after')\n1 / 0"


class ThisPython(KernelManager):
    """Starts kernels of the interpreter that runs the tests."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, language="python", display_name="this")


def notebook_of(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])


def execute(notebook, folder):
    """Execute a notebook in a real kernel in a folder."""
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, resources=where, kernel_manager_class=ThisPython).execute()
    return notebook


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    for name in ("TRACKBOOK_PROJECT", "TRACKBOOK_NOTEBOOK", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))


@pytest.fixture
def kept(tmp_path):
    """Cells executed in a real kernel, and what was kept of each, by its source."""
    notebook = notebook_of(*CELLS)
    notebook.cells.append(
        nbformat.v4.new_code_cell(FAILS, metadata={"tags": ["raises-exception"]})
    )
    execute(notebook, tmp_path)
    book = Book(tmp_path)
    rows = book.store.rows(
        "SELECT source, contents, left_out FROM tb.execution JOIN tb.output USING (execution_id)"
    ).rows
    yield notebook, {s: (json.loads(c), left) for s, c, left in rows}, book
    book.close()


def test_outputs_are_kept_as_the_notebook_shows_them(kept, tmp_path) -> None:
    notebook, found, book = kept
    shown = {cell.source: cell.outputs for cell in notebook.cells}
    out = "".join(o["text"] for o in found[CELLS[2]][0])
    assert "one\n" in out
    assert "oops\n" in out
    assert "ghp_aaaa" not in out
    (table,) = found[CELLS[3]][0]
    assert table == json.loads(json.dumps(shown[CELLS[3]][0]))
    (figure,) = found[CELLS[4]][0]
    assert (
        figure["data"]["image/png"].strip()
        == shown[CELLS[4]][0]["data"]["image/png"].strip()
    )
    kinds = [one["output_type"] for one in found[FAILS][0]]
    assert kinds == ["stream", "display_data", "stream", "error"]
    assert found[FAILS][0][-1]["traceback"] == shown[FAILS][-1]["traceback"]
    long, left_out = found[CELLS[5]]
    assert len(long[0]["text"]) < 70_000
    assert left_out
    file = tmp_path / "restored.ipynb"
    restore(book, "last", to=str(file), outputs=True)
    restored = nbformat.read(file, as_version=4)
    nbformat.validate(restored)
    (last,) = [c for c in restored.cells if c.source == CELLS[6]]
    assert last.outputs[0]["data"]["text/plain"] == "3.0"
    assert last.execution_count == 7
    restore(book, "last", to=str(file), overwrite=True)
    assert [c for c in nbformat.read(file, as_version=4).cells if c.get("outputs")] == []


def test_a_shell_without_hooks_keeps_the_text_of_values(sheet) -> None:
    sheet.ok("sum([1, 2])")
    ((contents,),) = sheet.sql(
        "SELECT contents FROM outputs ORDER BY execution_id DESC LIMIT 1"
    )
    assert json.loads(contents)[0]["data"] == {"text/plain": "3"}


def test_nothing_is_kept_where_the_setting_says_so(tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.trackbook]\noutputs = false\n")
    execute(notebook_of(CELLS[0], "print(1)\n2"), tmp_path)
    book = Book(tmp_path)
    assert book.store.rows("SELECT count(*) FROM tb.output").rows == [(0,)]
    book.close()


def test_unloading_takes_the_hooks_out(tmp_path) -> None:
    hooks = "ip = get_ipython()\nlen(ip.display_pub._hooks), len(ip.displayhook._hooks)"
    notebook = execute(
        notebook_of(hooks, CELLS[0], hooks, "%unload_ext trackbook", hooks), tmp_path
    )
    first, _, loaded, _, last = (cell.outputs for cell in notebook.cells)
    assert first[0]["data"] == last[0]["data"] != loaded[0]["data"]
