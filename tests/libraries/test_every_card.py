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
from pathlib import Path
from {name} import train

Path("learned").write_bytes(train())
"""
RECORDED = """
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.user_ns["Path"] = Path
for cell in (
    "%load_ext trackbook",
    "%track quiet",
    "from {name} import train",
    "learned = train()",
    "Path('learned').write_bytes(learned)",
    "%unload_ext trackbook",
):
    shell.run_cell(cell, store_history=True).raise_error()
"""
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "TF")
}


def card_of(name: str, modules: set[str]) -> str:
    """Return the module whose card a training's file is for: `sklearn` of `sklearn_forest`."""
    found = [each for each in modules if f"{name}_".startswith(f"{each}_")]
    return max(found, key=len, default="")


def started(source: str, name: str, folder: Path) -> subprocess.Popen[str]:
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
        [sys.executable, "-c", source.format(name=name)],
        cwd=folder,
        env=os.environ | ONE_THREAD | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_every_card_of_a_library_that_trains_has_a_training() -> None:
    modules = {card.module for card in LIBRARIES if card not in READERS}
    assert {card_of(name, modules) for name in NAMES} == modules


@pytest.mark.parametrize("name", NAMES)
def test_a_training_is_recorded_and_learns_the_same_to_the_bit(name, tmp_path) -> None:
    module = card_of(name, {card.module for card in LIBRARIES})
    assert find_spec(module), f"{module} is not installed: its card goes untested"
    folders = [tmp_path / "bare", tmp_path / "recorded"]
    children = [
        started(source, name, folder)
        for source, folder in zip((BARE, RECORDED), folders, strict=True)
    ]
    for child in children:
        said, _ = child.communicate(timeout=300)
        assert child.returncode == 0, said
    bare, recorded = ((folder / "learned").read_bytes() for folder in folders)
    assert bare == recorded
    assert len(bare) > 0
    book = open_book(folders[1])
    try:
        assert book.store.rows("SELECT place, message, trace FROM faults").rows == []
        runs = search(book.store, limit=None)
        trained = {row[0] for row in book.store.rows("SELECT run_id FROM models").rows}
        searched = {row[0] for row in book.store.rows("SELECT run_id FROM trials").rows}
        assert any(
            ("model" in run.params and (run.metrics or run.run_id in trained))
            or (run.run_id in searched and run.params and run.metrics)
            for run in runs
        )
        assert {run.status for run in runs} == {"FINISHED"}
    finally:
        book.close()
