"""A run's slice is the executions it rests on, whatever tied them, and no others."""

from __future__ import annotations

import json

import nbformat
import pytest

from trackbook.errors import NotFound
from trackbook.lineage import cut, document_of, session_of, slice_of, whole_of

SUM = "total = sum(x)\nmean_error = total / 10"
TRAPS = {
    "appended to": ["x = [1, 2]", "x.append(7)", SUM],
    "item set": ["x = [1, 2]", "x[0] = 9", SUM],
    "changed through another name": ["x = [1, 2]", "y = x", "y.append(7)", SUM],
    "changed inside a dict": ["x = [1]", "d = {'k': x}", "d['k'].append(2)", SUM],
    "changed by a function": ["x = [1]", "def grow(): x.append(5)", "grow()", SUM],
    "a view written to": ["x = np.zeros(5)", "v = x[1:3]", "v[:] = 7", SUM],
    "written with out": ["x = np.zeros(3)", "np.add(x, 2, out=x)", SUM],
    "a frame's column": [
        "df = pd.DataFrame({'a': [1.0, 2.0]})",
        "df['a'] *= 2",
        "x = list(df['a'])",
        SUM,
    ],
    "an iterator consumed": [
        "it = iter([1, 2, 3])",
        "first = next(it)",
        "x = list(it)",
        SUM,
    ],
    "a function redefined late": [
        "def f(): return [k]",
        "k = 3",
        "x = f()",
        SUM,
    ],
    "run several times": ["x = [0]", "x[0] += 1", "x[0] += 1", "x[0] += 1", SUM],
    "in a magic": ["x = [1]", "%%time\nx.append(4)", SUM],
    "by text": ["q = 3", "x = [eval('q + 1')]", SUM],
    "by exec": ["exec('x = [4]')", SUM],
    "by a query": [
        "lo = 1",
        "df = pd.DataFrame({'a': [1, 2, 3]})",
        "x = list(df.query('a > @lo')['a'])",
        SUM,
    ],
    "through a file": [
        "open('kept.txt', 'w').write('5')",
        "x = [int(open('kept.txt').read())]",
        SUM,
    ],
    "through the environment": [
        "import os\nos.environ['TB_TEST'] = '4'",
        "x = [int(os.environ['TB_TEST'])]",
        SUM,
    ],
    "dice with a seed": ["np.random.seed(3)", "x = np.random.rand(3)", SUM],
    "dice thrown before": [
        "np.random.seed(3)",
        "waste = np.random.rand(5)",
        "x = np.random.rand(3)",
        SUM,
    ],
    "after a failure half-way": ["x = [1]", "x.append(2); boom", SUM],
    "a class's counter": [
        "class C: n = 0",
        "def hit(): C.n += 1",
        "hit()",
        "x = [C.n]",
        SUM,
    ],
    "deleted and made again": ["x = [5]", "del x", "x = [1, 2]", SUM],
    "attributes of an object": [
        "class Bag:\n    pass\nbag = Bag()",
        "bag.items = [1]",
        "bag.items.append(3)",
        "x = bag.items",
        SUM,
    ],
}
JUNK = ["unrelated = [n * n for n in range(50)]", "print(len(unrelated))", "z = 'text'"]
START = "import numpy as np, pandas as pd, random"


def told(sheet, cells):
    """Execute cells among junk, and return the slice of the last run."""
    sheet.ok(START)
    for source in cells:
        sheet.run(source)
        sheet.run(JUNK[len(source) % len(JUNK)])
    run = sheet.runs()[-1]
    return run, slice_of(sheet.book.store, run)


def replayed(sources) -> object:
    """Return mean_error as the sources alone give it, in a namespace of their own."""
    from IPython.core.inputtransformer2 import TransformerManager

    space: dict[str, object] = {"__name__": "__main__"}

    class Shell:
        def run_cell_magic(self, _name, _line, body):
            exec(body, space)

    space["get_ipython"] = Shell
    for source in sources:
        code = TransformerManager().transform_cell(source)
        try:
            exec(code, space)
        except NameError:
            continue
    return space["mean_error"]


@pytest.mark.parametrize("cells", TRAPS.values(), ids=TRAPS)
def test_a_slice_gives_what_the_whole_gave_and_leaves_junk_out(sheet, cells) -> None:
    run, found = told(sheet, cells)
    assert replayed([part.source for part in found.parts]) == run.metrics["mean_error"]
    assert not {part.source for part in found.parts} & set(JUNK)


def test_what_was_overwritten_is_left_out(sheet) -> None:
    _, found = told(sheet, ["x = [100]", "x = [1]", SUM])
    assert [part.source for part in found.parts][-2:] == ["x = [1]", SUM]
    assert "x = [100]" not in [part.source for part in found.parts]


def test_looking_does_not_tie(sheet) -> None:
    _, found = told(sheet, ["x = [1, 2]", "print(x)", "len(x)", SUM])
    assert {part.source for part in found.parts} == {START, "x = [1, 2]", SUM}


def test_what_is_unknown_is_in_with_its_reason(sheet) -> None:
    _, found = told(sheet, ["k = 4", "x = [globals()['k']]", SUM])
    assert any("it can read any name" in why for why in found.reasons.values())
    assert "k = 4" in [part.source for part in found.parts]


def test_a_slice_says_how_much_it_leaves_out(sheet) -> None:
    _, found = told(sheet, ["x = [1]", SUM])
    assert found.share_left_out == len(found.left_out) / (
        len(found.left_out) + len(found.parts)
    )
    assert "left out" in repr(found)
    assert sum(not row["in_slice"] for row in found.table()) == len(found.left_out)


def test_a_variable_has_a_slice_too(sheet) -> None:
    sheet.ok("x = [1]", "other = 2", "x.append(3)")
    book = sheet.book
    session = session_of(book.store, book.session_id)
    writers = book.recorder.ties.writers_of("x")
    found = cut(book.store, "x", session, writers, book.session_id)
    assert [part.source for part in found.parts] == ["x = [1]", "x.append(3)"]


def test_a_scripts_run_has_none_and_says_so(sheet) -> None:
    sheet.ok("import trackbook")
    run = sheet.book.recorder.start_run("by hand")
    run.log_metric("loss", 1.0)
    run.end()
    with pytest.raises(NotFound, match="outside of cells"):
        slice_of(sheet.book.store, sheet.book.find("by hand"))


def test_when_trackbook_loses_track_everything_before_is_in(sheet, monkeypatch) -> None:
    sheet.ok("x = [1]", "y = 5")
    ties = sheet.book.recorder.ties
    monkeypatch.setattr(ties, "_changes", lambda *_: 1 / 0)
    sheet.ok(SUM)
    run = sheet.runs()[-1]
    sources = [part.source for part in slice_of(sheet.book.store, run).parts]
    assert {"x = [1]", "y = 5", SUM} <= set(sources)


def test_a_restored_notebook_is_valid_and_its_parameters_come_first(sheet) -> None:
    run, found = told(sheet, ["rate = 0.5", "x = [rate, 2]", SUM])
    document = document_of(found, ["# restored"])
    notebook = nbformat.from_dict(json.loads(json.dumps(document)))
    nbformat.validate(notebook)
    assert notebook.cells[1].metadata.tags == ["parameters"]
    assert notebook.cells[1].source == "rate = 0.5"
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert replayed(code) == run.metrics["mean_error"]
    changed = ["rate = 2.5", *code[1:]]
    assert replayed(changed) == run.metrics["mean_error"] + 0.2


def test_a_name_that_is_bound_twice_is_no_parameter(sheet) -> None:
    _, found = told(sheet, ["k = 1\nx = [k]", "k = 2\nx.append(k)", SUM])
    cells = document_of(found, [])["cells"]
    assert [cell["id"] for cell in cells].count("parameters") == 0


def test_the_whole_is_every_execution_up_to_the_last(sheet) -> None:
    run, found = told(sheet, ["x = [1]", SUM])
    whole = whole_of(sheet.book.store, run)
    assert len(whole.parts) == len(found.parts) + len(found.left_out)


def test_beyond_the_files_that_are_followed_a_run_rests_on_everything(
    sheet, monkeypatch
) -> None:
    monkeypatch.setattr("trackbook.capture.world.MOST_FILES", 2)
    for name in "abc":
        (sheet.project / name).write_text(name)
    sheet.ok("noise = 5", "texts = [open(name).read() for name in ('a', 'b', 'c')]")
    sheet.ok("loss = sum([0.5, len(texts)])")
    parts = slice_of(sheet.book.store, sheet.runs()[-1]).parts
    assert "noise = 5" in [part.source for part in parts]


def test_what_measures_all_folds_is_in_the_slice_of_their_cell_and_of_no_fold(
    sheet,
) -> None:
    sheet.ok(
        "import numpy as np\nfrom sklearn.datasets import load_iris\n"
        "from sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import KFold\n"
        "from sklearn.tree import DecisionTreeClassifier\nX, y = load_iris(return_X_y=True)",
        "oof = np.zeros(len(X))\nfor tr, va in KFold(3).split(X):\n"
        "    tree = DecisionTreeClassifier(max_depth=1).fit(X[tr], y[tr])\n"
        "    oof[va] = tree.predict(X[va])",
        "cv_acc = accuracy_score(y, oof)",
    )
    found = {
        run.name: [
            "cv_acc" in part.source for part in slice_of(sheet.book.store, run).parts
        ]
        for run in sheet.runs()
    }
    assert found.pop("group-1")[-1]
    assert not any(map(any, found.values()))
