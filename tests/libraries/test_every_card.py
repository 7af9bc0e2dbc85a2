"""Every card, on a training as users write it: it is recorded, and learns the same as without."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from trackbook.book import open_book
from trackbook.libraries import LIBRARIES
from trackbook.libraries.loading import READERS
from trackbook.runs import search

TRAININGS = Path(__file__).parents[2] / "benchmarks" / "trainings"
NAMES = sorted(file.stem for file in TRAININGS.glob("[!_]*.py"))
BARE = """
from importlib import import_module
from pathlib import Path

for name in {names}:
    Path(name).write_bytes(import_module(name).train())
"""
RECORDED = """
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.user_ns["Path"] = Path

def cells(*sources):
    for source in sources:
        shell.run_cell(source, store_history=True).raise_error()

cells("%load_ext trackbook", "%track quiet")
for name in {names}:
    cells(
        f"%track experiment {{name}}",
        f"from {{name}} import train",
        "learned = train()",
        f"Path({{name!r}}).write_bytes(learned)",
    )
cells("%unload_ext trackbook")
"""
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "TF")
}


def card_of(name: str, modules: set[str]) -> str:
    """Return the module whose card a training's file is for: `sklearn` of `sklearn_forest`."""
    found = [each for each in modules if f"{name}_".startswith(f"{each}_")]
    return max(found, key=len, default="")


def started(source: str, folder: Path) -> subprocess.Popen[str]:
    """Begin a process that works in a folder of its own, which is its project and its home."""
    folder.mkdir()
    places = [str(TRAININGS), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {
        "PYTHONPATH": os.pathsep.join(places),
        "PYTHONHASHSEED": "0",
        "TRACKBOOK_PROJECT": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    return subprocess.Popen(
        [sys.executable, "-c", source.format(names=NAMES)],
        cwd=folder,
        env=os.environ | ONE_THREAD | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[Path, Path]:
    """Where all trainings, one after another, left what they learned: without and with us."""
    home = tmp_path_factory.mktemp("trainings")
    bare, recorded = home / "bare", home / "recorded"
    children = [started(BARE, bare), started(RECORDED, recorded)]
    for child in children:
        said, _ = child.communicate(timeout=600)
        assert child.returncode == 0, said
    return bare, recorded


@pytest.fixture(scope="module")
def book(folders):
    made = open_book(folders[1])
    yield made
    made.close()


def test_every_card_of_a_library_that_trains_has_a_training() -> None:
    modules = {card.module for card in LIBRARIES if card not in READERS}
    assert {card_of(name, modules) for name in NAMES} == modules


def test_no_card_failed(book) -> None:
    assert book.store.rows("SELECT place, message, trace FROM faults").rows == []


@pytest.mark.parametrize("name", NAMES)
def test_a_training_is_recorded_and_learns_the_same_to_the_bit(name, folders, book) -> None:
    module = card_of(name, {card.module for card in LIBRARIES})
    assert find_spec(module), f"{module} is not installed: its card goes untested"
    bare, recorded = ((folder / name).read_bytes() for folder in folders)
    assert bare == recorded
    assert len(bare) > 0
    runs = search(book.store, experiment=name, limit=None)
    trained = {row[0] for row in book.store.rows("SELECT run_id FROM models").rows}
    searched = {row[0] for row in book.store.rows("SELECT run_id FROM trials").rows}
    assert any(
        ("model" in run.params and (run.metrics or run.run_id in trained))
        or (run.run_id in searched and run.params and run.metrics)
        for run in runs
    )
    assert {run.status for run in runs} == {"FINISHED"}
