"""The house rules a linter does not know."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trackbook

HOUSE = Path(trackbook.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
ROOMS = sorted(
    folder.name for folder in HOUSE.iterdir() if (folder / "__init__.py").exists()
)
ids = [file.relative_to(HOUSE).as_posix() for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_a_file_fits_its_room(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 350
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert [f.name for f in functions if f.end_lineno - f.lineno >= 45] == []


@pytest.mark.parametrize("file", FILES, ids=ids)
def test_rooms_are_entered_by_their_front_door(file: Path) -> None:
    own = file.relative_to(HOUSE).parts[0]
    if own == "__init__.py":
        own = "doors"  # the package's own front door opens the doors
    imported = [
        node.module.split(".")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trackbook.")
    ]
    inner = [m for m in imported if len(m) > 2 and m[1] != own]
    assert [".".join(m) for m in inner] == []


def test_everything_is_caught_in_few_places_only() -> None:
    catching = {
        file.relative_to(HOUSE).as_posix()
        for file in FILES
        for source in (file.read_text(encoding="utf-8"),)
        for caught in re.finditer(r"except (Exception|BaseException)\b", source)
        if not re.search(r"\braise\b", source[caught.end() :][:200])
    }
    assert catching == {
        "capture/attempt.py",
        "capture/calls.py",
        "capture/monitored.py",
        "capture/steps.py",
        "capture/swapped.py",
        "gates/alone.py",
        "gates/robust_probe.py",
    }


def test_the_median_file_is_short() -> None:
    lengths = sorted(len(f.read_text(encoding="utf-8").splitlines()) for f in FILES)
    assert lengths[len(lengths) // 2] <= 120


def test_own_javascript_is_short() -> None:
    ours = [
        f for f in HOUSE.rglob("*.js") if "labextension" not in f.parts
    ]  # that is built
    long = [f.name for f in ours if len(f.read_text().splitlines()) > 250]
    assert long == []


def test_importing_and_loading_is_light(tmp_path: Path) -> None:
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S\n"
        "import trackbook; trackbook.load_ipython_extension(S.instance())\n"
        "heavy = {'pandas', 'numpy', 'plotly', 'ipywidgets', 'duckdb'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert out.stdout.strip() == "[]"


def test_the_sidebar_stays_small() -> None:
    source = Path(__file__).parents[1] / "js/src"
    own = [file for file in source.rglob("*.ts*") if file.name != "records.ts"]
    assert own
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in own) <= 1500
