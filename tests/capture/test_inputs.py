"""Data are seen when they are loaded and when they are handed to a training."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from trackbook.doors.data import data
from trackbook.errors import NotFound
from trackbook.lineage import DatasetPage

FRAME = "df = pd.DataFrame({'a': np.arange(60) % 7 * 1.0, 'b': np.arange(60) * 1.0})"
LABELS = "y = pd.Series((df.a > 3).astype(int), name='y')"
FIT = "m = LogisticRegression().fit(df, y)"


@pytest.fixture
def book(sheet):
    """A fresh notebook with the usual imports and a file of data."""
    pd.DataFrame({"a": np.arange(60) % 7 * 1.0, "t": np.arange(60) % 2}).to_csv(
        "train.csv", index=False
    )
    sheet.ok(
        "import numpy as np\nimport pandas as pd\n"
        "from sklearn.linear_model import LogisticRegression"
    )
    return sheet


def used(sheet, run="%"):
    """Return (role, name, made by, rows) of what runs used."""
    return sheet.sql(
        "SELECT role, i.name, made_by, row_count FROM inputs i JOIN runs r USING (run_id)"
        f" WHERE r.name LIKE '{run}' ORDER BY dataset_id"
    )


def test_a_run_has_what_it_was_trained_on_and_what_was_loaded(book) -> None:
    book.ok("df = pd.read_csv('train.csv')", "X, t = df[['a']], df['t']")
    book.ok("m = LogisticRegression().fit(X, t)")
    assert used(book) == [
        ("loaded", "df", "pandas.read_csv", 60),
        ("training", "X", "pandas.DataFrame", 60),
        ("training", "t", "pandas.Series", 60),
    ]
    ((where,),) = book.sql("SELECT location FROM datasets WHERE name = 'df'")
    assert where == str(book.project / "train.csv")


def test_what_a_model_is_judged_on_is_its_runs_test_data(book) -> None:
    book.ok(FRAME, LABELS, FIT, "X_new = df[:20]", "acc = m.score(X_new, y[:20])")
    assert ("test", "X_new", "pandas.DataFrame", 20) in used(book)


def test_data_loaded_in_cells_that_a_run_does_not_rest_on_are_not_its(book) -> None:
    book.ok("other = pd.read_csv('train.csv')", FRAME, LABELS, FIT)
    assert [name for _, name, _, _ in used(book)] == ["df", "y"]


def test_the_same_object_is_one_dataset_for_all_runs(book) -> None:
    book.ok(FRAME, LABELS, FIT, FIT.replace("()", "(C=2)", 1))
    assert book.sql("SELECT count(*) FROM dataset") == [(2,)]
    assert book.sql("SELECT count(DISTINCT run_id) FROM input") == [(2,)]


def test_data_are_loaded_for_the_user_by_a_module_of_their_own(book, monkeypatch) -> None:
    monkeypatch.syspath_prepend(book.project)
    (book.project / "mine.py").write_text(
        "import pandas as pd\n\ndef load():\n    return pd.read_csv('train.csv')\n"
    )
    book.ok(
        "from mine import load", "df = load()", "m = LogisticRegression().fit(df, df.t)"
    )
    assert ("training", "df", "pandas.read_csv", 60) in used(book)
    assert isinstance(data(book.book, "train.csv"), DatasetPage)


def test_data_changed_in_place_are_other_data(book) -> None:
    book.ok(FRAME, LABELS, FIT, "df.loc[3, 'a'] = 5.5", FIT)
    digests = book.sql("SELECT digest FROM datasets WHERE name = 'df' ORDER BY dataset_id")
    assert len(digests) == 2
    assert digests[0] != digests[1]


def test_large_data_changed_in_place_before_they_were_gone_through_get_no_digest(
    book, monkeypatch
) -> None:
    monkeypatch.setattr("trackbook.capture.seen.COPIED_BYTES", 0)
    waiting = []
    book.book.recorder.inputs.soon = waiting.append
    book.ok("X = np.arange(3_000_000.0).reshape(-1, 2)", "y = X[:, 0] > 9")
    book.ok("m = LogisticRegression(max_iter=1).fit(X[:99], y[:99])", "X[5, 1] = 7")
    for job in waiting:
        job()
    assert book.sql("SELECT count(*) FROM digest") == [(0,)]


def test_large_data_that_stay_as_they_are_get_their_digest(book, monkeypatch) -> None:
    monkeypatch.setattr("trackbook.capture.seen.COPIED_BYTES", 0)
    book.ok("X = np.arange(30.0).reshape(-1, 2)", "y = X[:, 0] > 9")
    book.ok("m = LogisticRegression(max_iter=9).fit(X, y)", "Z = X + 1")
    assert book.sql("SELECT count(digest) FROM datasets") == [(2,)]


def test_data_are_gone_through_in_the_background_whatever_becomes_of_them(book) -> None:
    book.ok(FRAME, LABELS, FIT + "\ndel df, y")
    assert book.sql("SELECT count(digest), count(*) FROM datasets") == [(2, 2)]


LOADERS = {
    "pandas.read_csv": "pd.read_csv('train.csv')",
    "pandas.read_json": "(open('t.json', 'w').write('[{\"a\": 1}]'), pd.read_json('t.json'))[1]",
    "polars.read_csv": "__import__('polars').read_csv('train.csv')",
    "numpy.loadtxt": "np.loadtxt('train.csv', delimiter=',', skiprows=1)",
    "numpy.load": "(np.save('x.npy', np.ones(4)), np.load('x.npy'))[1]",
    "sklearn.datasets.load_iris": "__import__('sklearn.datasets').datasets.load_iris().data",
}


@pytest.mark.parametrize("by", LOADERS)
def test_loading_is_seen_in_many_libraries(book, by) -> None:
    if by.startswith("sklearn"):
        book.ok("import sklearn.datasets")
    if by.startswith("polars"):
        book.ok("import polars")
    book.ok(f"data = {LOADERS[by]}")
    seen = book.sql(f"SELECT made_by, row_count > 0 FROM datasets WHERE made_by = '{by}'")
    assert seen[0] == (by, True)


def test_parquet_is_seen_whoever_reads_it(book) -> None:
    book.ok("import polars as pl\nimport pyarrow.parquet as pq\nimport duckdb")
    book.ok("pd.read_csv('train.csv').to_parquet('t.parquet')")
    book.ok("a = pd.read_parquet('t.parquet')", "b = pl.read_parquet('t.parquet')")
    book.ok("c = pq.read_table('t.parquet')", "d = duckdb.sql(\"FROM 't.parquet'\").df()")
    rows = book.sql(
        "SELECT name, made_by, digest FROM datasets WHERE length(name) = 1 ORDER BY name"
    )
    assert [(name, by) for name, by, _ in rows] == [
        ("a", "pandas.read_parquet"),
        ("b", "polars.read_parquet"),
        ("c", "pyarrow.read_table"),
        ("d", "duckdb"),
    ]
    assert len({digest for _, _, digest in rows}) == 1


def test_a_lazy_frame_is_known_by_its_file(book) -> None:
    book.ok("import polars as pl", "lazy = pl.scan_csv('train.csv')")
    assert book.sql("SELECT name, row_count FROM datasets") == [("lazy", None)]


def test_what_holds_data_stands_for_them(book) -> None:
    book.ok("import xgboost as xgb", FRAME, LABELS, "d = xgb.DMatrix(df, y)")
    book.ok("b = xgb.train({'max_depth': 1}, d, 2)")
    assert [(role, name) for role, name, _, _ in used(book)] == [
        ("training", "df"),
        ("training", "y"),
    ]


def test_data_can_be_logged_by_hand(book) -> None:
    book.ok(
        "import trackbook", FRAME, "with trackbook.start_run():\n"
        "    trackbook.log_input(df[['a']], name='features', context='test')",
    )  # fmt: skip
    assert used(book) == [("test", "features", "pandas.DataFrame", 60)]
    said = str(book.run("trackbook.log_input(object())").error_in_exec)
    assert "cannot look into object" in said


PLACES = {
    "https://ann:pw9@host.example/d/train.csv?sig=abc&page=2": (
        "https://host.example/d/train.csv?sig=***&page=2"
    ),
    "s3://key:secret@bucket/train.parquet": "s3://bucket/train.parquet",
}


@pytest.mark.parametrize("given", PLACES)
def test_an_address_is_kept_without_its_credentials(given) -> None:
    from trackbook.capture.places import place_of_data
    from trackbook.code import Secrets

    location = place_of_data(given, Secrets())
    assert location.text == PLACES[given]
    assert location.name == "train"


def test_a_query_is_a_location(book) -> None:
    book.ok(
        "import sqlite3\ncon = sqlite3.connect(':memory:')\n"
        "pd.read_csv('train.csv').to_sql('t', con, index=False)",
        "rows = pd.read_sql('SELECT a FROM t WHERE a > 2', con)",
    )
    assert ("SELECT a FROM t WHERE a > 2",) in book.sql("SELECT location FROM datasets")


def test_ten_thousand_predictions_are_not_looked_at_one_by_one(book) -> None:
    book.ok(FRAME, LABELS, FIT)
    book.ok("out = [m.predict(df[i : i + 1])[0] for i in list(range(60)) * 20]")
    ((count,),) = book.sql("SELECT count(*) FROM dataset")
    assert count < 400


def test_a_difference_says_which_columns_changed_and_how(book) -> None:
    book.ok(
        "df = pd.read_csv('train.csv')", "m = LogisticRegression().fit(df[['a']], df.t)"
    )
    book.ok(
        "df['a'] = df.a + 1\ndf['extra'] = 0",
        "m = LogisticRegression().fit(df[['a', 'extra']], df.t)",
    )
    from trackbook.doors.verbs import diff

    found = diff(book.book, "last~1", "last")
    changes = {c.name: (c.before, c.after) for c in found.changes if c.kind == "data"}
    assert changes["X"] == ("60 rows, 1 columns", "60 rows, 2 columns")
    assert changes["X.extra"] == (None, "int64")
    assert changes["X.a"][0].startswith("mean 2.")
    assert changes["X.a"][1].startswith("mean 3.")
    assert "y" not in changes


def test_a_dataset_shows_what_its_columns_hold(book) -> None:
    book.ok("df = pd.read_csv('train.csv')")
    page = book.run("%track data df").result
    rows = {row["column"]: row for row in page.table()}
    assert (rows["a"]["type"], rows["a"]["missing"], rows["t"]["distinct"]) == (
        "float64", 0, 2,
    )  # fmt: skip
    assert "train.csv" in repr(page)
    assert "fp1:" in page._repr_html_()


def test_hostile_names_of_columns_are_only_shown(book) -> None:
    book.ok("df = pd.DataFrame({'<img src=x>': [1.0, 2.0], 'b\\n': [3, 4]})")
    book.ok("m = LogisticRegression().fit(df, [0, 1])")
    html = book.run("%track data df").result._repr_html_()
    assert "<img" not in html
    assert json.loads(book.book.store.rows("SELECT sketches FROM digest").rows[0][0][0])


def test_the_data_of_a_run_are_listed_with_their_roles(book) -> None:
    book.ok(FRAME, LABELS, FIT)
    rows = list(book.run("%track data last").result)
    assert [(row["role"], row["name"]) for row in rows] == [
        ("training", "df"),
        ("training", "y"),
    ]
    with pytest.raises(NotFound, match="no dataset and no run named 'nothing'"):
        data(book.book, "nothing")


def test_values_of_columns_with_secret_names_are_in_no_sketch(book) -> None:
    book.ok("df = pd.DataFrame({'password': ['hunter2', 'pw2'], 'age': [30, 40]})")
    book.ok("m = LogisticRegression().fit(df[['age']], [0, 1])", "import trackbook")
    book.ok("with trackbook.start_run(): trackbook.log_input(df)")
    sketches = str(book.sql("SELECT sketches FROM datasets"))
    assert "hunter2" not in sketches
    assert "35" in sketches


def test_data_can_be_left_alone(book, monkeypatch) -> None:
    book.book.recorder.inputs._keeps = "off"
    book.ok(FRAME, LABELS, FIT)
    assert book.sql("SELECT count(*) FROM dataset") == [(0,)]
    assert len(book.runs()) == 1


def test_every_temporary_that_was_used_is_on_record(book) -> None:
    book.ok("X = np.arange(40.0).reshape(20, 2)", "y = np.arange(20) % 2")
    for _ in range(4):
        book.ok(
            "for n in (10, 12, 14):\n"
            "    m = LogisticRegression().fit(X[:n], y[:n])\n    s = m.score(X[n:], y[n:])",
            cell_id="f",
        )
    assert book.sql("SELECT count(*) FROM input ANTI JOIN dataset USING (dataset_id)") == [
        (0,)
    ]


def test_what_changes_after_it_was_used_counts_as_it_was(book) -> None:
    book.ok("first = np.arange(1e5).reshape(-1, 2)", "y = first[:, 0] > 9")
    book.ok("LogisticRegression(max_iter=1).fit(first, y)")
    book.book.settle()  # from now on there is memory for copies
    book.ok(
        "same = [np.arange(600.0).reshape(-1, 2) for _ in range(3)]",
        "z = same[0][:, 0] > 9",
    )
    book.ok(
        "for X in same:\n    LogisticRegression(max_iter=9).fit(X, z)\n    X[7] = -1.0",
        "del same, X",
    )
    rows = book.sql(
        "SELECT count(*), count(DISTINCT digest), min(length(digest)) FROM datasets"
        " WHERE row_count = 300 AND size_bytes = 4800"
    )
    assert rows == [(3, 1, 36)]
