"""Executing a run again never changes a file of the user's, in whatever way a cell writes."""

from __future__ import annotations

import shutil
from importlib import import_module

import pytest

from trackbook.reproduce.verdict import reproduce

SETUP = (
    "import os, shutil, sqlite3, numpy as np, pandas as pd, polars as pl\n"
    "name = lambda n, end: f'{n}.{end}'"
)
WAYS = """loss = sum([0.5])
_ = open(name('a', 'txt'), 'a').write('x')
pd.DataFrame({'a': [1]}).to_csv(name('a', 'csv'))
np.save(name('a', 'npy'), np.arange(3))
pd.DataFrame({'a': [1]}).to_parquet(name('a', 'parquet'))
db = sqlite3.connect(name('a', 'db'))
_ = db.execute('INSERT INTO t VALUES (1)')
db.commit(); db.close()
os.remove(name('removed', 'txt'))
os.truncate(name('cut', 'txt'), 1)
_ = shutil.move(name('moved', 'txt'), 'elsewhere.txt')
os.rename('renamed', 'other')
shutil.rmtree('emptied')
_ = open(os.path.join('folder', name('in', 'txt')), 'a').write('x')
_ = open(os.path.join('folder', '..', name('b', 'txt')), 'w').write('x')
"""
NATIVE = "loss = sum([0.5])\npl.DataFrame({'a': [1]}).write_parquet(name('a', 'parquet'))"


def filled(folder) -> dict:
    """Put a file of each kind into a folder; return all its bytes."""
    import sqlite3

    import numpy as np
    import pandas as pd

    for name in ("folder", "renamed", "emptied"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "in.txt").write_text("inside")
    for name in ("a", "b", "removed", "cut", "moved"):
        (folder / f"{name}.txt").write_text("text")
    shutil.rmtree(folder / "other", ignore_errors=True)
    (folder / "elsewhere.txt").unlink(missing_ok=True)
    pd.DataFrame({"a": [7]}).to_csv(folder / "a.csv")
    pd.DataFrame({"a": [7]}).to_parquet(folder / "a.parquet")
    np.save(folder / "a.npy", np.zeros(2))
    (folder / "a.db").unlink(missing_ok=True)
    with sqlite3.connect(folder / "a.db") as db:
        db.execute("CREATE TABLE t(a)")
    db.close()
    return contents(folder)


def contents(folder) -> dict:
    return {
        str(file): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".trackbook" not in file.parts and "profile" not in str(file)
    }


def as_links(monkeypatch) -> None:
    """Let every file be too large to be copied, and a folder none to be gone into."""
    scratch = import_module(
        "trackbook.reproduce.scratch"
    )  # the room gives a function of that name
    monkeypatch.setattr(scratch, "LARGE", -1)
    monkeypatch.setattr(scratch, "ALIEN", {"folder", "emptied"})
    monkeypatch.setattr(scratch, "shared", lambda *_: False)


def again(sheet, source):
    """Execute a cell, put the files back, execute it again; return what came of it."""
    filled(sheet.project)
    sheet.ok(SETUP, source)
    before = filled(sheet.project)
    found = reproduce(sheet.book.store, sheet.runs()[-1]).found
    assert contents(sheet.project) == before
    return found


@pytest.mark.parametrize("source", [WAYS, NATIVE], ids=["python", "native"])
def test_copies_can_be_written_in_any_way(sheet, source) -> None:
    assert again(sheet, source).verdict == "identical"


def test_links_are_replaced_before_python_writes(sheet, monkeypatch) -> None:
    as_links(monkeypatch)
    found = again(sheet, "\n".join(li for li in WAYS.splitlines() if "parquet" not in li))
    assert (found.verdict, found.differences) == ("identical", [])


def test_what_writes_through_a_link_in_native_code_is_refused(sheet, monkeypatch) -> None:
    as_links(monkeypatch)
    assert again(sheet, NATIVE).verdict == "failed"


def test_a_whole_path_into_the_folder_of_the_first_time_is_refused(sheet) -> None:
    where = str(sheet.project / "a")
    found = again(sheet, f"loss = sum([0.5])\n_ = open({where!r} + '.txt', 'w').write('x')")
    assert found.verdict == "failed"
    assert "change the files of the first time" in found.differences[0]
