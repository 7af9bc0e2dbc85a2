"""A notebook's params, by papermill's rules."""

from __future__ import annotations

import ast

import nbformat
import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch import Typed
from trackbook.launch.notebooks import declared_in, parameterized, read_notebook

v4 = nbformat.v4


def notebook(*sources: str, tagged: int | None = None):
    cells = [v4.new_code_cell(source) for source in sources]
    if tagged is not None:
        cells[tagged].metadata["tags"] = ["parameters"]
    return v4.new_notebook(cells=cells)


def injected(made, given, tmp_path):
    values = parameterized(made, given, of="a.ipynb", folder=tmp_path)
    return values, [cell.source for cell in made.cells]


def test_the_cell_stands_where_papermill_puts_it_and_says_what_papermill_says(
    tmp_path,
) -> None:
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    given = {"lr": 0.1, "name": "a'b\"\\\n", "n": None, "many": [1, {"a": True}]}
    for tagged in (1, None):
        made = notebook(
            "import os", "lr = 1\nname = ''\nn = None\nmany = []", "lr", tagged=tagged
        )
        if tagged is None:
            made.cells.pop(1)
        nbformat.write(made, tmp_path / "a.ipynb")
        theirs = parameterize_notebook(
            load_notebook_node(str(tmp_path / "a.ipynb")),
            given,
            kernel_name="python3",
            language="python",
        )
        _, ours = injected(made, given, tmp_path)
        assert ours == [cell.source for cell in theirs.cells]
    again = parameterized(made, {"lr": 2}, of="a.ipynb", folder=tmp_path)
    assert again == {"lr": 2}
    assert [c.source for c in made.cells].count("# Parameters\nlr = 2\n") == 1


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a = 1", ("a", "number", 1, False)),
        ("a = 0.5", ("a", "float", 0.5, False)),
        ("a = 'x=y'", ("a", "string", "x=y", False)),
        ("a = True", ("a", "bool", True, False)),
        ("a = (1, 2)", ("a", "list", (1, 2), False)),
        ("a: float = 1", ("a", "float", 1, False)),
        ("a: int | None = None", ("a", "int", None, False)),
        ("a: 'Optional[str]' = None", ("a", "string", None, False)),
        ("a: list[int]", ("a", "list", None, True)),
        ("a: Frame = None", ("a", "any", None, False)),
        ("a = work(1)", ("a", "any", "work(1)", False)),
    ],
)
def test_a_param_has_the_type_that_its_line_says(line, found) -> None:
    (one,) = declared_in(ast.parse(line))
    kind = "string" if one.type == "str" else one.type
    assert (one.name, kind, one.default, one.is_required) == found


def test_what_would_not_arrive_is_refused(tmp_path) -> None:
    with pytest.raises(Misused, match=r"cell 2 of a\.ipynb sets lr itself"):
        injected(notebook("import os", "lr = 1"), {"lr": 2}, tmp_path)
    with pytest.raises(NotFound, match="no param named 'rl'"):
        injected(notebook("lr = 1", tagged=0), {"rl": 2}, tmp_path)
    with pytest.raises(Misused, match="it is no variable"):
        injected(notebook("lr = 1", tagged=0), {"lr = 2; import os; x": 2}, tmp_path)
    with pytest.raises(Misused, match="tagged `parameters` is no Python"):
        injected(notebook("lr = (", tagged=0), {}, tmp_path)
    values, sources = injected(
        notebook("%time\nlr = 1", tagged=0), {"lr": Typed("3")}, tmp_path
    )
    assert values == {"lr": 3} and sources[1] == "# Parameters\nlr = 3\n"


def test_what_is_no_python_notebook_is_refused(tmp_path) -> None:
    file = tmp_path / "a.ipynb"
    for text in ("", "{}", "[1]", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}'):
        file.write_text(text)
        with pytest.raises(Misused, match="is no notebook"):
            read_notebook(file)
    other = v4.new_notebook(metadata={"language_info": {"name": "R"}})
    nbformat.write(other, file)
    with pytest.raises(Misused, match="is written in R"):
        read_notebook(file)


def test_cells_of_an_old_notebook_are_known_again(tmp_path) -> None:
    made = notebook("lr = 1", "lr")
    for cell in made.cells:
        del cell["id"]
    made.nbformat_minor = 4
    nbformat.write(made, tmp_path / "old.ipynb")
    found = [read_notebook(tmp_path / "old.ipynb") for _ in range(2)]
    assert [[c.id for c in one.cells] for one in found] == [["cell-1", "cell-2"]] * 2
