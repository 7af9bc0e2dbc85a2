"""What rests on what, asked around one thing; and the tree of variations."""

from __future__ import annotations

import json
import re
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openlineage.client.event_v2 import (
    InputDataset,
    OutputDataset,
    RunEvent,
)
from openlineage.client.event_v2 import Job as OpenJob
from openlineage.client.event_v2 import Run as OpenRun
from openlineage.client.event_v2 import RunState as EventType
from openlineage.client.serde import Serde
from prov.model import ProvActivity, ProvDocument

from trackbook.doors.graph import lineage
from trackbook.errors import Misused, NotFound, Refused
from trackbook.lineage import FORMATS, Key, graph_around, graph_of, tree_of
from trackbook.lineage.graph import Edge, Graph, Node
from trackbook.records import Tie, Trash

DATA = "df = pd.DataFrame({'a': [1.0, 2.0, 3.0, 4.0], 't': [0, 1, 1, 0]})"
FIT = "acc = Tree(max_depth=depth, random_state=0).fit(df[['a']], df.t).score(df[['a']], df.t)"


@pytest.fixture
def book(sheet):
    """A notebook in which a tree was trained with depth 1 and then 2."""
    sheet.ok(
        "import pandas as pd\nfrom sklearn.tree import DecisionTreeClassifier as Tree", DATA
    )
    for depth in (1, 2):
        sheet.ok(f"depth = {depth}", cell_id="depth")
        sheet.ok(FIT, cell_id="fit")
    return sheet


def names(shown):
    return {node.name for node in shown.graph.nodes.values()}


def test_the_graph_around_a_run_leads_back_to_its_cells_and_data(book) -> None:
    shown = lineage(book.book, "last", up=True)
    kinds = {key.kind for key in shown.graph.nodes}
    assert kinds == {"run", "dataset", "execution"}
    sources = {node.detail for node in shown.graph.nodes.values()}
    assert {DATA, FIT, "depth = 2"} <= sources


def test_what_rests_on_a_cell_is_found_the_other_way(book) -> None:
    (first,) = book.sql(f"SELECT execution_id FROM cells WHERE source = $${DATA}$$")
    shown = lineage(book.book, first[0], down=True)
    assert {"DecisionTreeClassifier-1", "DecisionTreeClassifier-2"} <= names(shown)


def test_a_limit_of_steps_is_kept_and_said(book) -> None:
    shown = lineage(book.book, "last", up=True, depth=1)
    assert not shown.graph.is_whole
    assert "more lies beyond" in repr(shown)
    assert all(abs(steps) <= 1 for steps in shown.graph.sides.values())


def test_a_variable_a_count_and_a_dataset_are_things_too(book) -> None:
    assert lineage(book.book, "depth").graph.root.kind == "execution"
    ((count,),) = book.sql("SELECT max(execution_count) FROM cells")
    assert lineage(book.book, f"[{count}]").graph.root.kind == "execution"
    assert lineage(book.book, "X").graph.root.kind == "dataset"
    with pytest.raises(
        NotFound, match="no run, dataset, cell, file, version or variable 'nope'"
    ):
        lineage(book.book, "nope")


def test_the_tree_says_what_changed_and_what_it_did(book) -> None:
    shown = lineage(book.book)
    rows = list(shown.table())
    assert [row["run"] for row in rows] == [
        "DecisionTreeClassifier-1", "DecisionTreeClassifier-2",
    ]  # fmt: skip
    assert rows[1]["made_from"] == "DecisionTreeClassifier-1"
    assert rows[1]["changed"] == "depth 1 → 2, max_depth 1 → 2"
    assert rows[1]["verdict"] == "better"
    assert "└ DecisionTreeClassifier-2  depth 1 → 2" in repr(shown)


def test_the_tree_follows_the_metric_asked_for(book) -> None:
    told = [row["acc"] for row in lineage(book.book, metric="acc").table()]
    assert told == [run.metrics["acc"] for run in book.runs()]
    shown = lineage(book.book, metric="nothing")
    assert [row["nothing"] for row in shown.table()] == [None, None]


def test_a_run_in_the_trash_is_in_no_graph(book) -> None:
    first = book.runs()[0]
    book.book.put(Trash(trashed=True), first.run_id)
    assert first.name not in names(lineage(book.book, "last"))
    assert first.name not in [row["run"] for row in lineage(book.book).table()]


def test_ties_that_run_in_a_circle_end(project) -> None:
    ids = [project.cell(f"x{n}", key=str(n)) for n in range(3)]
    for here, before in zip(ids, [*ids[1:], ids[0]], strict=True):
        tie = Tie(before=[before], why=["x"], binds=[], changes=[])
        project.journal.put(tie, None, here)
    found = graph_around(project.store, Key("execution", ids[0]), depth=50)
    assert len(found.nodes) == 3
    assert found.is_whole


def test_no_more_things_than_can_be_shown(book) -> None:
    run = book.runs()[-1]
    found = graph_around(book.book.store, Key("run", run.run_id), most=4)
    assert len(found.nodes) <= 4
    assert not found.is_whole


def test_the_view_of_lineage_has_every_tie(book) -> None:
    kinds = book.sql("SELECT DISTINCT from_kind || ' ' || to_kind FROM lineage")
    assert {kind for (kind,) in kinds} == {
        "execution execution", "execution dataset", "dataset run", "execution run", "run run",
        "run model",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["g.mmd", "g.dot", "g.prov.json", "g.openlineage.json", "g.svg"]
)
def test_a_graph_is_written_in_the_form_of_its_ending(book, name, tmp_path) -> None:
    file = tmp_path / name
    (row,) = list(lineage(book.book, "last", to=str(file)))
    assert row["things"] > 4
    assert file.stat().st_size > 100
    with pytest.raises(Refused, match="is there already"):
        lineage(book.book, "last", to=str(file))


def test_an_ending_that_is_not_known_says_which_are(book) -> None:
    with pytest.raises(Misused, match=r"\.mmd"):
        lineage(book.book, "last", to="g.docx")


NAMES = st.text(max_size=12) | st.sampled_from(
    ['"]-->x["', "a\nb", '"', "\\", "<b>", "|", "%%"]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), NAMES)
def test_no_name_breaks_a_format(texts, label) -> None:
    keys = [
        Key(kind, f"{n}{text}")
        for n, text in enumerate(texts)
        for kind in ("run", "dataset")
    ]
    nodes = {k: Node(key=k, name=k.id[1:], detail=k.id, at=None) for k in keys}
    edges = [Edge(source=a, target=b, label=label) for a, b in pairwise(keys)]
    graph = Graph(root=keys[0], nodes=nodes, edges=edges)
    lines = FORMATS["mermaid"](graph).splitlines()
    assert len(lines) == 1 + len(nodes) + len(edges)
    assert all(
        re.fullmatch(r'  n\d+\S*"[\w .,#;-]*"\S+', one) for one in lines[1 : 1 + len(nodes)]
    )
    assert len(FORMATS["dot"](graph).splitlines()) == 4 + len(nodes) + len(edges)
    assert len(json.loads(FORMATS["prov"](graph))["entity"]) == len(texts)
    events = events_in(FORMATS["openlineage"](graph))
    told = sorted(event["eventType"] for event in events)
    assert told == ["COMPLETE"] * len(texts) + ["START"] * len(texts)
    for text in map(FORMATS.__getitem__, FORMATS):
        text(graph).encode("utf-8")


def test_provenance_says_who_used_what(book) -> None:
    told = json.loads(lineage(book.book, "last", form="prov"))
    used = [one["prov:entity"] for one in told["used"].values()]
    assert all(entity in told["entity"] for entity in used)
    informed = told["wasInformedBy"].values()
    assert all(one["prov:informant"] in told["activity"] for one in informed)


def test_an_event_of_a_run_names_its_data_and_its_model(book) -> None:
    lines = lineage(book.book, "last", form="openlineage").splitlines()
    event = next(
        e
        for e in map(json.loads, lines)
        if e["job"]["name"].endswith("-2") and e["eventType"] == "COMPLETE"
    )
    assert {one["name"].partition("@")[0] for one in event["inputs"]} >= {"X", "y"}
    assert [one["namespace"] for one in event["outputs"]] == ["trackbook:model"]
    assert event["run"]["facets"]["parent"]["job"]["name"] == "DecisionTreeClassifier-1"


@pytest.mark.parametrize(
    ("status", "events"),
    [
        ("FINISHED", ["START", "COMPLETE"]),
        ("FAILED", ["START", "FAIL"]),
        ("KILLED", ["START", "ABORT"]),
        ("RUNNING", ["START"]),
    ],
)
def test_events_say_when_a_run_began_and_how_it_ended(project, status, events) -> None:
    run = project.run(status=status)
    around = graph_around(project.store, Key("run", run))
    tree = graph_of(tree_of(project.store))
    for graph in (around, tree):
        told = events_in(FORMATS["openlineage"](graph))
        assert [one["eventType"] for one in told] == events


def test_the_last_event_bears_the_time_at_which_the_run_ended(book) -> None:
    rows = book.sql("SELECT run_id, started_at, ended_at FROM runs")
    told = events_in(str(lineage(book.book, form="openlineage")))
    times = [datetime.fromisoformat(one["eventTime"]).replace(tzinfo=None) for one in told]
    at = {
        (one["run"]["runId"], one["eventType"]): when
        for one, when in zip(told, times, strict=True)
    }
    assert times == sorted(times)
    assert len(rows) == 2
    for run, began, ended in rows:
        assert at[run, "START"] == began
        assert at[run, "COMPLETE"] == ended
        assert began < ended


def test_openlineage_own_client_takes_every_event(book) -> None:
    for one in events_in(str(lineage(book.book, "last", form="openlineage"))):
        event = RunEvent(
            eventTime=one["eventTime"],
            producer=one["producer"],
            eventType=EventType(one["eventType"]),
            run=OpenRun(**one["run"]),
            job=OpenJob(**one["job"]),
            inputs=[InputDataset(**each) for each in one["inputs"]],
            outputs=[OutputDataset(**each) for each in one["outputs"]],
        )
        assert json.loads(Serde.to_json(event))["schemaURL"] == one["schemaURL"]


def test_the_prov_library_reads_what_was_written(book) -> None:
    text = str(lineage(book.book, "last", form="prov"))
    read = ProvDocument.deserialize(content=text, format="json")
    ends = {each.get_endTime() for each in read.get_records(ProvActivity)}
    (last,) = book.sql("SELECT max(ended_at) FROM runs")
    assert last[0] in {end.replace(tzinfo=None) for end in ends if end is not None}
    assert read.get_provn().startswith("document")


def events_in(text):
    return [json.loads(line) for line in text.split("\n") if line]
