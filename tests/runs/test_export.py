"""Exported runs hold in other programs what they held here."""

from __future__ import annotations

import csv
import json
import math

import duckdb
import pandas as pd
import pytest

from trackbook.errors import Misused, Refused
from trackbook.runs import export, search


@pytest.fixture
def runs(project):
    project.run(
        "a", params={"lr": 0.1, "n": 5, "flag": True, "m": "007"}, metrics={"acc": 0.9}
    )
    project.run(
        "b,\n\"x\" 'y'", params={"lr": 1, "n": 6, "flag": False}, metrics={"acc": math.nan, "l": math.inf},
        tags={"o'x": "ann"},
    )  # fmt: skip
    project.run("open", status="RUNNING")
    return search(project.store, sort="started_at")


def test_parquet_keeps_types_nan_and_gaps(project, runs, tmp_path):
    done = export(project.store, runs, tmp_path / "runs.parquet")
    frame = pd.read_parquet(done.file)
    assert (done.rows, done.size_bytes) == (3, done.file.stat().st_size)
    assert list(frame["name"]) == [run.name for run in runs]
    assert frame["params.n"].dropna().tolist() == [5, 6]
    assert frame["params.lr"].dropna().tolist() == [0.1, 1.0]
    assert frame["params.flag"].dropna().tolist() == [True, False]
    assert frame["params.m"].dropna().tolist() == ["007"]
    assert frame["tags.o'x"].dropna().tolist() == ["ann"]
    assert frame["started_at"][0].to_pydatetime() == runs[0].started_at
    values = duckdb.sql(f"SELECT \"metrics.acc\" FROM '{done.file}'").fetchall()
    assert repr(values) == "[(0.9,), (nan,), (None,)]"


def test_csv_has_a_line_for_each_run(project, runs, tmp_path):
    export(project.store, runs, tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [run.name for run in runs]
    assert [row["metrics.acc"] for row in rows] == ["0.9", "nan", ""]


def test_json_is_an_array_of_flat_objects(project, runs, tmp_path):
    export(project.store, runs, tmp_path / "runs.json")
    rows = json.loads((tmp_path / "runs.json").read_text())
    assert rows[1]["metrics.acc"] == "NaN"
    assert rows[1]["name"] == runs[1].name
    assert rows[0]["started_at"].endswith("Z")


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_points_are_a_row_each(project, ending, tmp_path):
    run_id = project.run("a")
    for step in range(3):
        project.journal.put_several(
            run_id, {"x": step / 2, "y": math.nan}, step=step, origin="logged"
        )
    project.run("left out", metrics={"x": 9.0})
    runs = search(project.store, "name = a")
    done = export(project.store, runs, tmp_path / f"points.{ending}", points=True)
    rows = duckdb.sql(f"SELECT run, metric, step, value FROM '{done.file}'").fetchall()
    assert done.rows == 6
    assert rows[:3] == [("a", "x", 0, 0.0), ("a", "x", 1, 0.5), ("a", "x", 2, 1.0)]
    assert all(math.isnan(value) for *_, value in rows[3:])


def test_a_file_that_is_there_is_not_overwritten_unasked(project, runs, tmp_path):
    file = tmp_path / "it's.csv"
    file.write_text("mine")
    with pytest.raises(Refused, match="already there"):
        export(project.store, runs, file)
    assert file.read_text() == "mine"
    export(project.store, runs, file, overwrite=True)
    assert file.read_text().startswith("run_id,")
    assert [f.name for f in tmp_path.iterdir() if "csv" in f.name] == [file.name]


@pytest.mark.parametrize(
    ("name", "points"), [("runs.xlsx", False), ("runs", False), ("runs.json", True)]
)
def test_an_ending_that_is_not_known_is_refused(project, runs, tmp_path, name, points):
    with pytest.raises(Misused, match=r"end the name with \.parquet, \.csv"):
        export(project.store, runs, tmp_path / name, points=points)


def test_names_that_differ_only_in_case_are_both_exported(project, tmp_path):
    project.run("a", params={"C": 1, "c": 2}, metrics={"ACC": 1.0, "acc": 2.0})
    for ending in ("parquet", "csv", "json"):
        done = export(project.store, search(project.store), tmp_path / f"runs.{ending}")
        text = done.file.read_bytes()
        assert b"params.C" in text
        assert b"metrics.acc" in text


def test_no_runs_make_a_file_without_rows(project, tmp_path):
    project.store.drain()
    for ending in ("parquet", "csv", "json"):
        assert export(project.store, [], tmp_path / f"none.{ending}").rows == 0
    assert export(project.store, [], tmp_path / "points.csv", points=True).rows == 0
