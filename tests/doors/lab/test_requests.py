"""The sidebar's requests, asked of a real Jupyter server."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

READS = {
    "place": {"path": "work/a.ipynb"},
    "runs": {"project": "work"},
    "run": {"project": "work", "run": "last"},
    "experiments": {"project": "work"},
    "compare": {"project": "work", "run": ["last", "last~1"]},
    "lineage": {"project": "work", "run": "last"},
    "board": {"project": "work"},
}
WRITES = {
    "verb/tag": {"project": "work", "values": {"tags": ["x=1"]}},
    "preview": {
        "project": "work",
        "verb": "promote",
        "values": {"version": "churn@1.0.0", "to": "staging"},
    },
    "watch": {"project": "work"},
}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_answered(server, name) -> None:
    found = server.get(name, **READS[name])
    assert found.status == 200, found.text
    assert found.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", READS)
def test_nothing_is_read_without_being_signed_in(server, name) -> None:
    assert server.get(name, token=None, **READS[name]).status == 403
    assert server.get(name, token="wrong", **READS[name]).status == 403


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_done_without_being_signed_in(server, name) -> None:
    assert server.post(name, WRITES[name], token=None).status == 403
    assert server.post(name, WRITES[name], token="wrong").status == 403


@pytest.mark.parametrize("name", WRITES)
def test_a_page_of_another_site_can_do_nothing(server, name) -> None:
    asked = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    assert server.post(name, WRITES[name], token=None, headers=asked).status in {403, 404}
    cookie = {**asked, "Cookie": "_xsrf=guessed"}
    assert server.post(name, WRITES[name], token=None, headers=cookie).status in {403, 404}
    found = server.get("runs", project="work", token=None, headers=asked)
    assert found.status == 403
    assert "Access-Control-Allow-Origin" not in found.headers


@pytest.mark.parametrize(
    "project", ["..", "../..", "/etc", "work/../..", "a\0b", "..\\..", "link", "linked"]
)
def test_no_path_leads_out_of_the_folder_that_the_server_shows(
    server, project, tmp_path
) -> None:
    outside = tmp_path / "outside"
    (outside / ".trackbook").mkdir(parents=True)
    for name, target in (("link", outside), ("linked/.trackbook", outside / ".trackbook")):
        place = server.root / name
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)
    assert server.get("runs", project=project).status in {403, 404}
    assert server.get("place", path=f"{project}/a.ipynb").json.get("project") is None
    assert server.post("watch", {"project": project}).status in {403, 404}
    assert server.verb("tag", project, tags=["x"]).status in {403, 404}


def test_a_folder_without_a_project_says_what_to_do(server) -> None:
    found = server.get("place", path="elsewhere/a.ipynb")
    assert found.json["project"] is None
    assert "%load_ext trackbook" in found.json["words"]
    refused = server.get("runs", project="elsewhere")
    assert (refused.status, "%load_ext" in refused.json["message"]) == (404, True)
    assert not (server.root / "elsewhere/.trackbook").exists()


def test_a_project_in_which_nothing_was_written_yet_is_none_so_far(server) -> None:
    (server.root / "fresh/.trackbook").mkdir(parents=True)
    found = server.get("place", path="fresh/a.ipynb").json
    assert (found["project"], "nothing is recorded" in found["words"]) == (None, True)


def test_runs_come_newest_first_in_pages_and_as_differences(server) -> None:
    first = server.get("runs", project="work", limit=1).json
    assert [run["name"] for run in first["runs"]] == ["<b>second</b>"]
    assert first["total"] == 2
    assert first["best"]["name"] == "<b>second</b>"
    second = server.get("runs", project="work", limit=1, after=first["next"]).json
    assert [run["name"] for run in second["runs"]] == ["first"]
    assert second["next"] is None
    (line,) = second["runs"]
    assert (line["headline_name"], line["headline"]) == ("acc", "0.9")
    assert line["spark"] == "M0.0 16.0L12.0 12.0L24.0 8.0L36.0 4.0L48.0 0.0"
    again = server.get("runs", project="work", have=line["mark"]).json
    assert len(again["order"]) == 2
    assert [run["name"] for run in again["runs"]] == ["<b>second</b>"]


def test_the_filter_is_the_one_of_the_verb(server) -> None:
    found = server.get("runs", project="work", filter="params.lr < 0.05").json
    assert [run["name"] for run in found["runs"]] == ["<b>second</b>"]
    unread = server.get("runs", project="work", filter="params.lr <")
    assert (unread.status, "params.lr <" in unread.json["message"]) == (400, True)
    inner = server.get("runs", project="work", experiment="churn/deep").json
    assert inner["total"] == 1


def test_a_run_opens_to_everything_that_is_known_of_it(server) -> None:
    found = server.get("run", project="work", run="first").json
    told = {part["title"]: part["rows"] for part in found["sections"]}
    assert any(row[0] == "lr" for row in told["Params"])
    assert any(row[0] == "acc" for row in told["Metrics"])
    assert found["line"]["name"] == "first"
    assert "slice" in found
    gone = server.get("run", project="work", run="fisrt")
    assert (gone.status, "first" in gone.json["message"]) == (404, True)


def test_runs_are_compared_in_figures_and_rows(server) -> None:
    found = server.get("compare", project="work", run=["first", "last"]).json
    assert found["figures"][0]["plotly"]["data"]
    assert found["sections"][0]["rows"]
    assert ["lr", "0.1", "0.01"] in [row[1:] for row in found["sections"][0]["rows"]]
    one = server.get("compare", project="work", run=["first"]).json
    assert (one["title"], one["figures"][0]["title"]) == ("first", "acc")
    none = server.get("compare", project="work")
    assert (none.status, "pick a run" in none.json["message"]) == (400, True)


def test_a_run_is_tagged_noted_thrown_away_and_taken_back(server) -> None:
    assert server.verb("tag", tags=["stage=<i>x</i>"], run="first").status == 200
    assert server.verb("note", words="looks good", run="first").status == 200
    page = server.get("run", project="work", run="first").json
    assert "stage=<i>x</i>" in page["line"]["tags"]
    assert page["notes"] == ["looks good"]
    run_id = page["line"]["run_id"]
    gone = server.verb("rm", runs=[run_id]).json
    assert (gone["text"], gone["gone"]) == ("1 run is in the trash", [run_id])
    assert server.get("runs", project="work").json["total"] == 1
    assert server.verb(gone["undo"]["verb"], **gone["undo"]["values"]).status == 200
    assert server.get("runs", project="work").json["total"] == 2


def test_the_trash_is_looked_into_without_naming_a_run(server) -> None:
    found = server.verb("rm")
    assert (found.status, found.json["gone"], found.json["undo"]) == (200, [], None)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sql", {"question": "select 1"}),
        ("export", {"runs": ["all"], "file": "x.csv"}),
        ("promote", {"version": "a@1.0.0", "force": True}),
        ("gate", {"version": "a@1.0.0", "report": "x.txt"}),
        ("restore", {"run": "last", "to": "../x.ipynb"}),
        ("restore", {"run": "last", "to": "work/x.py"}),
    ],
)
def test_a_browser_cannot_ask_for_what_writes_elsewhere_or_goes_past_a_rule(
    server, name, values
) -> None:
    assert server.verb(name, **values).status in {403, 404}
    assert not list(server.root.rglob("x.*"))


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{", b'{"project": 1}', b'{"project": "work", "values": []}',
     b'{"project": "work", "values": {"tags": "x"}}', b'{"project": "work"}'],
)  # fmt: skip
def test_a_body_that_cannot_be_meant_is_refused_in_words(server, body) -> None:
    found = server.post("verb/tag", body)
    assert found.status == 400
    assert json.loads(found.text)["message"]
    assert "Traceback" not in found.text


def test_a_version_that_is_not_there_is_refused_in_the_words_of_the_verb(server) -> None:
    values = {"version": "churn@1.0.0", "to": "staging"}
    found = server.post("preview", {"project": "work", "verb": "promote", "values": values})
    assert (found.status, "churn" in found.json["message"]) == (404, True)
    back = {"project": "work", "verb": "rollback", "values": {"name": "churn"}}
    assert server.post("preview", back).status == 400


@pytest.mark.parametrize(
    "body",
    [{"verb": "sql", "values": {"version": "x"}}, {"verb": "promote"}, {"values": {}},
     {"verb": "promote", "values": {"version": "churn@1.0.0", "to": "canary"}},
     {"verb": "archive", "values": {"version": 1}}, {"verb": "approve", "values": "x"}],
)  # fmt: skip
def test_what_cannot_be_foretold_is_refused_in_words(server, body) -> None:
    found = server.post("preview", {"project": "work", **body})
    assert found.status in {400, 404}
    assert found.json["message"]
    assert "Traceback" not in found.text


def held(server) -> list[str]:
    """Return the databases that the server's process has open."""
    opened = Path(f"/proc/{server.process.pid}/fd").iterdir()
    return [str(one.readlink()) for one in opened if ".duckdb" in str(one.readlink())]


def test_the_server_holds_no_database_and_lives_through_a_new_one(server, execute) -> None:
    assert server.get("runs", project="work").json["total"] == 2
    assert held(server) == []
    folder = server.root / "renewed"
    (folder / ".trackbook").mkdir(parents=True)
    source = "import trackbook\nwith trackbook.start_run({!r}): pass"
    execute(folder, source.format("old"))
    assert server.get("runs", project="renewed").json["runs"][0]["name"] == "old"
    shutil.rmtree(folder / ".trackbook")
    assert server.get("runs", project="renewed").status == 404
    (folder / ".trackbook").mkdir()
    execute(folder, source.format("new"))
    found = server.get("runs", project="renewed").json
    assert [run["name"] for run in found["runs"]] == ["new"]
    assert held(server) == []


def test_the_server_said_nothing_of_trouble(server) -> None:
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "registered for /trackbook" not in log


def test_a_run_whose_process_died_opens_too(server, execute) -> None:
    folder = server.root / "died"
    (folder / ".trackbook").mkdir(parents=True)
    source = (
        "import os, trackbook\ntrackbook.start_run('killed')\n"
        "trackbook.log_metric('acc', 0.1)\nos._exit(0)"
    )
    execute(folder, source)
    found = server.get("run", project="died", run="killed")
    assert found.status == 200, found.text
    assert any(part["title"] == "Metrics" for part in found.json["sections"])
