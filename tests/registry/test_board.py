"""What is shown of all versions, and what depends on data, in one question each."""

from __future__ import annotations

import pytest

from trackbook.artifacts import Artifacts
from trackbook.clock import new_id
from trackbook.errors import NotFound
from trackbook.lineage import FORMATS, Key, graph_around, thing_called
from trackbook.records import Dataset, Input, Model, RunStart, Trash
from trackbook.registry import board, impact, verify_chain, versions
from trackbook.runs import gc


def run(desk, *, metrics=None, data=None, parent=None, relation=None) -> str:
    run_id = new_id()
    start = RunStart(
        name="r", experiment="e", origin="auto", parent_run_id=parent, relation=relation
    )
    desk.journal.put(start, run_id)
    if metrics:
        desk.journal.put_several(run_id, metrics, step=0, origin="logged")
    if data:
        desk.journal.put(Input(dataset_id=data, role="training"), run_id)
    return run_id


def dataset(desk, name: str) -> str:
    made = Dataset(
        dataset_id=new_id(), name=name, made_by="pandas.read_csv", location=f"/data/{name}.csv",
        row_count=3, size_bytes=9, column_names=["a"], column_types=["int64"], quick=f"q-{name}",
    )  # fmt: skip
    desk.journal.put(made, None, new_id())
    return made.dataset_id


def registered(desk, word, run_id) -> str:
    return desk.new(word, run_id=run_id)


def released(desk, word, run_id) -> str:
    name = registered(desk, word, run_id)
    desk.registry.promote(name, report=desk.report(name, "STAGING"))
    desk.release(name)
    return name


def test_the_board_has_a_column_for_each_state_and_slot_and_metrics_beside_the_champions(
    desk,
) -> None:
    released(desk, "a", run(desk, metrics={"acc": 0.9}))
    registered(desk, "b", run(desk, metrics={"acc": 0.95, "loss": 0.1}))
    registered(desk, "c", None)
    shown = board(desk.store)
    assert {state: len(rows) for state, rows in shown.states.items() if rows} == {
        "DEVELOPMENT": 2, "PRODUCTION": 1,
    }  # fmt: skip
    assert [row.version for row in shown.slots["prod/champion"]] == ["1.0.0"]
    (second,) = (row for row in shown.rows if row.version == "1.1.0")
    assert dict(second.metrics) == {"acc": 0.95, "loss": 0.1}
    assert (second.champion, dict(second.champion_metrics)) == ("1.0.0", {"acc": 0.9})
    assert [row.version for row in board(desk.store, limit=1).rows] == ["1.0.0"]


def test_deployed_versions_that_depend_on_a_dataset_are_found(desk) -> None:
    train, other = dataset(desk, "train"), dataset(desk, "other")
    released(desk, "a", run(desk, data=train))
    registered(desk, "b", run(desk, data=train))
    registered(desk, "c", run(desk, data=other))
    (row,) = impact(desk.store, "train")
    assert (row.version, list(row.slots)) == ("1.0.0", ["prod/champion"])
    assert [row.version for row in impact(desk.store, train, deployed=False)] == [
        "1.1.0",
        "1.0.0",
    ]
    assert impact(desk.store, "q-other") == []
    assert [row.version for row in impact(desk.store, "train.csv")] == ["1.0.0"]
    with pytest.raises(NotFound, match="no dataset named 'nix'"):
        impact(desk.store, "nix")


def test_a_part_of_a_run_and_a_run_in_the_trash_count_as_well(desk) -> None:
    train = dataset(desk, "train")
    search = run(desk)
    child = run(desk, data=train, parent=search, relation="child")
    again = run(desk, parent=child, relation="variation")
    released(desk, "a", search)
    registered(desk, "b", again)
    desk.journal.put(Trash(trashed=True), child)
    found = impact(desk.store, "train", deployed=False)
    assert [row.version for row in found] == ["1.0.0"]


def test_bytes_of_a_run_that_a_version_rests_on_are_not_freed(desk) -> None:
    run_id, other = run(desk, metrics={"acc": 0.5}), run(desk, metrics={"acc": 0.6})
    registered(desk, "a", run_id)
    for one in (run_id, other):
        desk.journal.put(Trash(trashed=True), one)
    assert gc(desk.store, Artifacts(desk.folder / "artifacts")).runs == 1
    assert dict(board(desk.store).rows[0].metrics) == {"acc": 0.5}
    assert verify_chain(desk.store).is_whole


def test_what_goes_on_from_a_version_depends_on_its_data(desk) -> None:
    train = dataset(desk, "train")
    first = registered(desk, "a", run(desk, data=train))
    desk.new("b", parent_id=desk.at(first).version_id)
    assert [row.version for row in impact(desk.store, train, deployed=False)] == [
        "1.1.0",
        "1.0.0",
    ]


def test_lineage_leads_from_a_run_to_its_version_and_on_to_the_slot(desk) -> None:
    run_id = run(desk)
    desk.journal.put(
        Model(label="Ridge", library="sklearn", digest="m1:x", is_whole=True), run_id
    )
    released(desk, "a", run_id)
    version_id = desk.at("churn").version_id
    told = desk.store.rows(
        "SELECT from_kind, from_id, label, to_kind, to_id FROM lineage"
        " WHERE to_kind IN ('version', 'slot') ORDER BY to_kind"
    ).rows
    assert told == [
        ("version", version_id, "champion", "slot", "churn/prod/champion"),
        ("run", run_id, "registered", "version", version_id),
    ]


def test_the_graph_around_a_dataset_leads_to_where_its_models_serve(desk) -> None:
    train = dataset(desk, "train")
    name = released(desk, "a", run(desk, data=train))
    desk.new("b", parent_id=desk.at(name).version_id)
    graph = graph_around(desk.store, Key("dataset", train), way="down")
    names = {node.key.kind: node.name for node in graph.nodes.values()}
    assert names["slot"] == "churn/prod/champion"
    assert "churn@1.1.0" in {node.name for node in graph.nodes.values()}
    back = thing_called(desk.store, "churn/prod/champion")
    found = graph_around(desk.store, back, way="up").nodes
    assert Key("dataset", train) in found
    assert thing_called(desk.store, name) in found
    for form, write in FORMATS.items():
        assert "churn" in write(graph), form


def test_an_empty_project_has_an_empty_board(desk) -> None:
    desk.journal.put(Trash(trashed=False), new_id())
    assert board(desk.store).rows == []
    assert versions(desk.store) == []
