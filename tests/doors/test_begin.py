"""`trackbook init`, and the notebook that it leaves, executed in a real kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from trackbook.book import Book
from trackbook.doors.cli import main
from trackbook.doors.session import Current
from trackbook.runs import search

NOTEBOOK = "baseline_models/first_baseline.ipynb"


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("TRACKBOOK_PROJECT", "TRACKBOOK_NOTEBOOK", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Current, "book", None)  # the shell ends with its one answer
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        (["--template"], "."),
        (["--template", "wine"], "wine"),
        (["--template", "experiments"], "."),
        (["--template", "experiments", "a/b"], "a/b"),
        (["a/wine", "--template"], "a/wine"),
    ],
)
def test_init_makes_the_template_where_it_is_asked_to(home, words, folder, capsys) -> None:
    assert main(["init", *words]) == 0
    assert "trackbook.contract.toml" in names_in(home / folder)
    assert f"in {folder}: 13 things made" in capsys.readouterr().out


def test_a_dry_run_makes_nothing_and_a_list_lists(home, capsys) -> None:
    assert main(["init", "--template", "wine", "--dry-run"]) == 0
    assert "would be made" in capsys.readouterr().out
    assert main(["init", "--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"template": "experiments", "files": 8, "from": "trackbook"}.items() <= {
        k: v for k, v in rows[0].items() if k != "makes"
    }.items()
    assert names_in(home) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "trackbook init --template [NAME] [FOLDER]"),
        (["--template", "experimants"], "did you mean 'experiments'?"),
        (["--template", "nix", "x"], "no template named 'nix'"),
        (["--template", "a", "b", "c"], "one word too many"),
    ],
)
def test_what_cannot_be_meant_is_said(home, words, says, capsys) -> None:
    assert main(["init", *words]) == 2
    assert says in capsys.readouterr().err
    assert names_in(home) == []


def test_the_notebook_passes_nbval_in_a_real_kernel_and_keeps_the_contract(
    home, capsys
) -> None:
    main(["init", "--template", "wine"])
    place = home / "wine"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval",
         "--nbval-current-env", NOTEBOOK],
        cwd=place, capture_output=True, text=True, check=False, timeout=240,
        env=os.environ | {"IPYTHONDIR": str(home / "ipython")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert [path.parent for path in place.rglob(".trackbook")] == [place]
    book = Book(place)
    try:
        (run,) = search(book.store, limit=None)
        assert book.contracts.breaches([run]) == [[]]
        assert book.store.rows("FROM breaches").rows == []
        ((codes,),) = book.store.rows(
            "SELECT codes FROM conformance ORDER BY id DESC LIMIT 1"
        ).rows
    finally:
        book.close()
    assert codes == []
    assert run.name.startswith("wine/LogisticRegression/raw/none/20")
    assert run.tags["experiment_type"] == "baseline"
    assert run.experiment == "wine/baseline_models"


class ThisPython(KernelManager):
    """Starts kernels of the interpreter that runs the tests."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, language="python", display_name="this")


def test_a_run_without_its_tags_says_so_on_its_card_in_a_real_kernel(
    home, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    main(["init", "--template", "wine"])
    notebook = nbformat.read(home / "wine" / NOTEBOOK, as_version=4)
    notebook.cells[1].source = "%load_ext trackbook"
    notebook.cells = notebook.cells[:6]
    where = {"metadata": {"path": str(home / "wine/baseline_models")}}
    NotebookClient(notebook, resources=where, kernel_manager_class=ThisPython).execute()
    (card,) = [one.data["text/html"] for one in notebook.cells[5].outputs]
    assert (
        "tag <code>experiment_type</code> is missing: %track tag experiment_type=…" in card
    )
    assert "project" not in card  # it has a default
    monkeypatch.chdir(home / "wine")
    capsys.readouterr()
    assert main(["lint", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert {row["about"] for row in rows} == {"experiment_type", "feature_set", ""}
    book = Book(home / "wine")
    try:
        said = book.store.rows("SELECT code, about FROM breaches ORDER BY ALL").rows
    finally:
        book.close()
    assert said == [
        ("name", ""),
        ("tag missing", "experiment_type"),
        ("tag missing", "feature_set"),
    ]
