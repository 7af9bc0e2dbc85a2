"""Every fact arrives in the database, and none twice."""

from __future__ import annotations

import math
import os
import random
import struct
import time

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.journal.frames import head_of
from trackbook.records import Note, Param, Retraction
from trackbook.store import Store

BITS = struct.Struct("<d")

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def bits(value: float) -> bytes:
    return BITS.pack(value)


def test_draining_twice_adds_nothing(project) -> None:
    journal = project.journal()
    journal.pen("run", "loss", origin="logged")(0, 1.0)
    journal.put(Note(words="x"), "run")
    project.store.drain()
    project.store.drain()
    assert project.values("run") == [(0, 1.0)]
    assert project.count("note") == 1


def test_a_second_process_drains_on_where_the_first_stopped(project) -> None:
    pen = project.journal().pen("run", "loss", origin="logged")
    pen(0, 1.0)
    project.store.drain()
    pen(1, 2.0)
    Store(project.folder).drain()
    assert project.values("run") == [(0, 1.0), (1, 2.0)]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(width=64), min_size=1, max_size=100))
def test_every_number_keeps_its_value(tmp_path_factory, values) -> None:
    folder = tmp_path_factory.mktemp("p")
    journal = Journal(folder / "journal", new_id(), complain=print)
    for step, value in enumerate(values):
        journal.pen("run", "pen", origin="logged")(step, value)
        journal.put_several("run", {"several": value}, step=step, origin="logged")
    journal.put_batch("run", "batch", memoryview(np.array(values)).cast("B").cast("d"))
    rows = (
        Store(folder)
        .rows("SELECT name, step, value FROM point_recent JOIN series USING (sid)")
        .rows
    )
    found = sorted((name, step, same(value)) for name, step, value in rows)
    assert found == sorted(
        (name, step, same(v))
        for name in ("pen", "several", "batch")
        for step, v in enumerate(values)
    )
    journal.close()


def same(value: float) -> bytes:
    """Bit for bit, but for the payload of a NaN."""
    return bits(math.nan if math.isnan(value) else value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7e308])
def test_special_numbers_come_back_bit_for_bit(value, project) -> None:
    project.journal().pen("run", "loss", origin="logged")(3, value)
    ((step, found),) = project.values("run")
    assert (step, bits(found)) == (3, bits(value))


@pytest.mark.parametrize("step", [-(2**63), -1, 2**63 - 1])
def test_any_step_of_64_bits_is_kept(step, project) -> None:
    journal = project.journal()
    journal.pen("run", "loss", origin="logged")(step, 1.0)
    journal.put_several("run", {"loss": 1.0}, step=step, origin="logged")
    assert project.values("run") == [(step, 1.0), (step, 1.0)]


@pytest.mark.parametrize(
    "name", ["", "\0", "\ud800", "ä" * 100_000, "'; drop table run; --"]
)
def test_any_name_arrives(name, project) -> None:
    journal = project.journal()
    journal.put(Param(name=name, value="1", type="int", origin="logged"), "run")
    journal.pen("run", name, origin="logged")(0, 1.0)
    readable = name.encode("utf-8", "backslashreplace").decode()
    assert project.store.rows("SELECT name FROM param").rows == [(readable,)]
    assert project.values("run", readable) == [(0, 1.0)]


def test_more_than_one_budget_of_bytes_arrives_whole(project) -> None:
    journal = project.journal()
    big = "x" * (6 << 20)
    journal.put(Note(words="before"), "run")
    journal.put(Note(words=big), "run")
    journal.put_batch("run", "loss", memoryview(np.arange(1e6)).cast("B").cast("d"))
    journal.put(Note(words="after"), "run")
    assert project.store.rows("SELECT words FROM note ORDER BY id").rows == [
        ("before",),
        (big,),
        ("after",),
    ]
    assert (
        project.store.rows("FROM metric_summaries").rows == []
    )  # a series without its run
    summary = project.store.rows("SELECT point_count, last_value FROM summary").rows
    assert summary == [(1_000_000, 999_999.0)]


def test_what_was_written_before_a_question_is_in_its_answer(project) -> None:
    pen = project.journal().pen("run", "loss", origin="logged")
    for step in range(20):
        pen(step, 0.0)
        assert len(project.values("run")) == step + 1


def test_half_a_frame_of_a_live_process_is_waited_for(project) -> None:
    journal = project.journal()
    journal.put(Note(words="first"))
    payload = msgspec.msgpack.encode(["note", new_id(), 1, None, None, {"words": "second"}])
    frame = head_of(payload) + payload
    journal._outlet.now.write(frame[:-5])
    assert project.count("note") == 1
    journal._outlet.now.write(frame[-5:])
    assert project.count("note") == 2


def test_damage_in_a_journal_costs_what_it_hit_and_no_more(project) -> None:
    journal = project.journal()
    journal.put(Note(words="first"))
    journal._outlet.now.write(b"\xff" * 100)
    journal.put(Note(words="last"))
    assert project.store.rows("SELECT words FROM note").rows == [("first",), ("last",)]


def test_a_damaged_journal_is_kept_when_its_process_is_gone(project) -> None:
    journal = project.journal("damaged")
    journal.put(Note(words="first"))
    journal._outlet.now.write(b"\xff" * 100)
    journal.put(Note(words="last"))
    project.store.drain()
    journal.close()
    project.store.drain()
    assert [f.name for f in (project.folder / "quarantine").iterdir()] == ["damaged.0.tbj"]
    assert list(project.journal_folder.iterdir()) == []
    assert project.count("note") == 2


@pytest.mark.parametrize("garbage", [b"", b"\0", random.Random(0).randbytes(100_000)])
def test_a_foreign_file_among_the_journals_harms_nothing(garbage, project) -> None:
    journal = project.journal()
    (project.journal_folder / "foreign.tbj").write_bytes(garbage)
    (project.journal_folder / "a folder.tbj").mkdir()
    (project.journal_folder / os.fsdecode(b"\xff.tbj")).mkdir()
    os.mkfifo(project.journal_folder / "a pipe.tbj")
    journal.put(Note(words="fine"))
    project.store.drain()
    assert project.count("note") == 1
    kept = [f.read_bytes() for f in project.folder.glob("quarantine/*")]
    assert kept == ([garbage] if garbage.strip(b"\0") else [])


@pytest.mark.parametrize(
    "body",
    [
        ["run", new_id(), 1, None, None, {"name": "x"}],
        ["note", new_id(), 1, None, None, {"words": 3}],
        ["a kind of tomorrow", new_id(), 1, None, None, {}],
        [
            "artifact",
            new_id(),
            1,
            None,
            None,
            {"path": "p", "digest": "d", "size_bytes": 2**64 - 1},
        ],
        ["note", new_id(), 2**63, None, None, {"words": "in 292,000 years"}],
        [0, "run", None, "name", "origin", 1, 2, "three"],
        [1, "run", None, 1, 2**64 - 1, "origin", {"name": 1.0}],
        [2, "run", None, "name", "origin", 1, 0, b"odd"],
        [2, "run", None, "name", "origin", 1, bytes(8), bytes(16)],
        [9, 9, 9],
        {},
        3,
    ],
)
def test_a_frame_that_makes_no_sense_is_passed_over_and_kept(body, project) -> None:
    journal = project.journal("odd")
    payload = msgspec.msgpack.encode(body)
    journal._outlet.now.write(head_of(payload) + payload)
    journal.put(Note(words="fine"))
    journal.close()
    project.store.drain()
    assert project.count("note") == 1
    assert (project.folder / "quarantine" / "odd.0.tbj").is_file()


def test_a_journal_that_may_not_be_read_does_not_stop_the_others(project) -> None:
    if os.geteuid() == 0:
        pytest.skip("permissions do not bind root")
    hidden = project.journal("hidden")
    (project.journal_folder / "hidden.0.tbj").chmod(0)
    project.journal().put(Note(words="fine"))
    assert project.count("note") == 1
    hidden.close()


def test_points_of_a_parent_and_its_forked_child_both_arrive(project) -> None:
    pen = project.session().pen("run", "loss", origin="logged")
    pen(0, 0.0)
    pid = os.fork()
    if pid == 0:
        pen(1, 1.0)
        os._exit(0)
    os.waitpid(pid, 0)
    pen(2, 2.0)
    assert project.values("run") == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert project.store.rows("SELECT outcome FROM sessions").rows == [("alive",)]


def test_a_forked_child_can_ask_by_itself(project) -> None:
    project.journal().put(Note(words="x"))
    assert project.count("note") == 1
    pid = os.fork()
    if pid == 0:
        os._exit(project.count("note"))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert project.count("note") == 1


def test_summaries_are_those_of_the_points(project) -> None:
    journal, rng = project.journal(), random.Random(7)
    expected: dict[str, list[tuple[int, float]]] = {}
    for _ in range(30):
        for name in ("a", "b", "c"):
            step = rng.randrange(-5, 8)
            value = rng.choice([math.nan, math.inf, rng.uniform(-1, 1)])
            if rng.random() < 0.5:
                journal.pen("run", name, origin="logged")(step, value)
            else:
                journal.put_batch("run", name, memoryview(np.array([value])), steps=step)
            expected.setdefault(name, []).append((step, value))
        if rng.random() < 0.5:
            project.store.drain()
    rows = project.store.rows(
        "SELECT name, point_count, last_step, last_value, lowest, highest"
        " FROM summary JOIN series USING (sid) ORDER BY name"
    ).rows
    assert repr(rows) == repr(
        [(name, *summary(points)) for name, points in sorted(expected.items())]
    )


def summary(points: list[tuple[int, float]]) -> tuple:
    last_step = max(step for step, _ in points)
    last = [value for step, value in points if step == last_step][-1]
    numbers = [value for _, value in points if not math.isnan(value)]
    return (
        len(points),
        last_step,
        last,
        min(numbers, default=math.nan),
        max(numbers, default=math.nan),
    )


@pytest.mark.parametrize("in_one_drain", [True, False])
def test_a_retraction_takes_back_what_came_before_it_and_not_what_follows(
    in_one_drain, project
) -> None:
    def between() -> None:
        if not in_one_drain:
            project.store.drain()

    journal = project.journal()
    for name in ("loss", "kept"):
        journal.put(Param(name=name, value="old", type="str", origin="literal"), "run")
        journal.pen("run", name, origin="logged")(0, 1.0)
    between()
    journal.put(Retraction(params=["loss"], metrics=["loss"]), "run")
    between()
    time.sleep(0.001)
    journal.put(Param(name="loss", value="new", type="str", origin="literal"), "run")
    journal.pen("run", "loss", origin="logged")(1, 2.0)
    journal.put(Retraction(params=[], metrics=[]), "run")
    journal.put(Note(words="last"), "run")
    assert project.values("run") == [(1, 2.0)]
    assert project.values("run", "kept") == [(0, 1.0)]
    params = project.store.rows("SELECT name, value FROM param ORDER BY name").rows
    assert params == [("kept", "old"), ("loss", "new")]
    assert project.count("note") == 1


def test_a_retraction_before_damage_does_not_hide_what_follows(project) -> None:
    journal = project.journal()
    journal.pen("run", "loss", origin="logged")(0, 1.0)
    journal.put(Retraction(params=[], metrics=["loss"]), "run")
    journal._outlet.now.write(b"\xff" * 77)
    journal.pen("run", "loss", origin="logged")(1, 2.0)
    journal.put(Note(words="last"), "run")
    assert project.values("run") == [(1, 2.0)]
    assert project.count("note") == 1


def test_sorting_moves_every_point_once(project, monkeypatch) -> None:
    from trackbook.store import store

    monkeypatch.setattr(store, "SORT_AFTER", 500)
    journal = project.journal()
    for part in range(5):
        journal.put_batch("run", "loss", memoryview(np.arange(300.0)), steps=300 * part)
        project.store.drain()
    assert len(project.values("run")) == 1500
    assert project.count("point") >= 1000
    assert project.store.compact() == 1500
    assert project.count("point_recent") == 0
    assert project.values("run")[-1] == (1499, 299.0)


def test_compacting_keeps_everything_and_gives_room_back(project) -> None:
    journal = project.session()
    journal.put(Param(name="lr", value="1", type="int", origin="logged"), "run")
    for part in range(10):
        journal.put_batch(
            "run",
            "loss",
            memoryview(np.random.default_rng(part).random(50_000)),
            steps=part,
        )
        project.store.drain()
    tables = [
        name
        for (name,) in project.store.rows(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'tb'"
        ).rows
    ]
    before = {
        name: sorted(map(repr, project.store.rows(f"FROM {name}").rows)) for name in tables
    }
    with project.store.writing() as db:
        db.execute("CREATE TABLE tb.mine AS SELECT 42 AS answer")
    project.store.compact()
    after = {
        name: sorted(map(repr, project.store.rows(f"FROM {name}").rows)) for name in tables
    }
    assert after.pop("point") == before.pop("point_recent")
    assert after.pop("point_recent") == before.pop("point") == []
    assert after == before
    assert project.store.rows("FROM mine").rows == [(42,)]
    journal.put(Param(name="lr", value="2", type="int", origin="logged"), "run")
    assert project.count("param") == 2


def test_the_database_deleted_under_live_sessions_is_filled_again(project) -> None:
    journal = project.session()
    journal.put(Note(words="x"), "run")
    assert project.count("note") == 1
    project.store.place.file.unlink()
    assert project.count("note") == 1
    journal.put(Note(words="y"), "run")
    assert project.count("note") == 2
