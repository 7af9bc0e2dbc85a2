"""A card of one's own: as its page says, by an entry point; and what is refused as a card."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from trackbook.book import open_book
from trackbook.errors import Misused
from trackbook.libraries import LIBRARIES, Library, card_of, checked_card
from trackbook.runs import search

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "own-card.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w+ (.+)\n((?s:.*?))^```$", PAGE, re.MULTILINE)
CELLS = [body for title, body in BLOCKS if title == "in a notebook"]
SESSION = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.loads(sys.argv[1]):
    shell.run_cell(cell, store_history=True).raise_error()
"""


def installed(site: Path) -> Path:
    """Install the example's files by hand, as its pyproject says, into a folder."""
    told = tomllib.loads((DOCS / "own-card" / "pyproject.toml").read_text(encoding="utf-8"))
    project = told["project"]
    about = site / f"{project['name']}-{project['version']}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines))
    for name in told["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]:
        (site / name).write_bytes((DOCS / "own-card" / name).read_bytes())
    return site


def test_the_page_shows_the_examples_files_as_they_are() -> None:
    shown = {title: body for title, body in BLOCKS if title != "in a notebook"}
    files = {
        file.name: file.read_text(encoding="utf-8") for file in DOCS.glob("own-card/*.*")
    }
    assert shown == files


def test_a_package_that_brings_a_card_has_its_trainings_recorded_as_its_page_says(
    tmp_path,
) -> None:
    import json

    site, project = installed(tmp_path / "site"), tmp_path / "project"
    project.mkdir()
    places = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {
        "PYTHONPATH": os.pathsep.join(places),
        "TRACKBOOK_PROJECT": str(project),
        "IPYTHONDIR": str(project / "ipython"),
    }
    again = "line = Line(lr=0.2).fit([0, 1], [1, 3])\n"
    done = subprocess.run(
        [sys.executable, "-c", SESSION, json.dumps([*CELLS, again])],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env=os.environ | own,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Line" in done.stdout
    assert "failed" not in done.stderr
    book = open_book(project)
    try:
        assert book.store.rows("SELECT message FROM faults").rows == []
        by_watch, by_package = search(book.store)
        assert (by_package.params, by_package.status) == (
            {"model": "Line", "lr": "0.1"}, "FINISHED",
        )  # fmt: skip
        assert by_watch.params == {"model": "Line", "lr": "0.2"}
        counted = book.store.rows(
            "SELECT name, count(*) FROM metrics WHERE run_id = $run GROUP BY ALL ORDER BY 1",
            run=by_package.run_id,
        )
        assert counted.rows == [("train.loss", 20), ("validation.loss", 20)]
        roles = book.store.rows(
            "SELECT DISTINCT role FROM inputs WHERE run_id = $run ORDER BY 1",
            run=by_package.run_id,
        )
        assert roles.rows == [("training",), ("validation",)]
    finally:
        book.close()


def reader(_call):
    return []


@pytest.mark.parametrize("card", LIBRARIES, ids=lambda card: card.module)
def test_trackbooks_own_cards_are_such_as_it_asks_of_others(card) -> None:
    assert checked_card(card, "it") == card


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("<b>card</b>", "is a builtins.str, no trackbook.libraries.Library"),
        (Library, "is a builtins.type, no"),
        (Library(module="net"), "names nothing to watch"),
        (Library(module="", functions={"net:f": reader}), "not the name of a module"),
        (Library(module=["net"], functions={"net:f": reader}), "not the name of a module"),
        (Library(module="net", functions={"net.f": reader}), "'net.f', which is not like"),
        (Library(module="net", functions={"net:f": "f"}), "'net:f' is read by a str"),
        (Library(module="net", functions=["net:f"]), "a list instead of a dict"),
        (Library(module="net", functions={7: reader}), "a int instead of a name"),
        (Library(module="net", methods={"net:A": {"fit": reader}}, hosts="fit"), "hosts is a"),
        (Library(module="net", functions={"net:f": reader}, hosts=("f",)), "hosts is a"),
        (Library(module="net", methods={"net:A": reader}), "of net:A: a function instead"),
        (Library(module="net", methods={"net:A.f": {"f": reader}}), "not like module.path:Class"),
        (Library(module="net", live={"net:A.b.c": reader}), "not like module.path:Class.name"),
        (
            Library(module="net", functions={"trackbook.store:Store": reader}),
            "trackbook does not watch itself",
        ),
    ],
)  # fmt: skip
def test_what_could_not_be_watched_is_no_card(card, words) -> None:
    with pytest.raises(Misused, match=re.escape(words)) as caught:
        checked_card(card, "'net:CARD'")
    assert "'net:CARD'" in str(caught.value)


def test_what_an_author_changes_in_a_card_later_has_no_effect() -> None:
    functions = {"net:f": reader}
    card = checked_card(Library(module="net", functions=functions), "it")
    functions["net:g"] = "nothing"
    assert card.functions == {"net:f": reader}


def test_a_card_whose_file_ends_the_program_is_refused(tmp_path, monkeypatch) -> None:
    (tmp_path / "quits_at_once.py").write_text("raise SystemExit(1)")
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("net", "quits_at_once:CARD", "trackbook.libraries")
    with pytest.raises(Misused, match="'quits_at_once:CARD' ends the program"):
        card_of(point)
