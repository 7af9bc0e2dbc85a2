"""Plug-ins that find out more of runs and versions, and what becomes of those that fail."""

from __future__ import annotations

import json
import sys
import threading

import pytest

import trackbook as tb
from trackbook.book import collecting

CODE = """\
from threading import Event
over = Event()
def costs(seen):
    return {"euro": 0.5, "of": seen.run_name, "params": dict(seen.params), "moment": seen.moment}
def modelled(seen):
    return {} if seen.model is None else {"kind": type(seen.model).__name__, "version": seen.version}
def broken(seen):
    raise ValueError("no price for token=ghp_abcdefghijklmnopqrstuvwxyz0123456789")
def odd(seen):
    return ["no", "dict"]
def slow(seen):
    over.wait(60)
def quits(seen):
    raise SystemExit(3)
def strange(seen):
    return {"nan": float("nan"), "api_key": "hunter2", "<b>": "<script>", "deep": {"a": [1, {2}]}}
def large(seen):
    return {"text": "x" * 20_000}
"""


@pytest.fixture
def plug_in(tmp_path, monkeypatch):
    """Install plug-ins by their functions' names."""

    def install(*names):
        folder = tmp_path / "site"
        about = folder / "tb_lab-1.0.dist-info"
        about.mkdir(parents=True)
        (folder / "tb_lab.py").write_text(CODE)
        (about / "METADATA").write_text("Name: tb-lab\nVersion: 1.0\n")
        lines = [f"{name} = tb_lab:{name}" for name in names]
        (about / "entry_points.txt").write_text(
            "\n".join(["[trackbook.collectors]", *lines])
        )
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setattr(collecting, "LIMIT_S", 0.5)

    yield install
    made = sys.modules.pop("tb_lab", None)
    if made is not None:
        made.over.set()
    for thread in threading.enumerate():
        if thread.name == "trackbook-collector":
            thread.join(10)
    collecting.installed.cache_clear()


RUN = (
    "import trackbook\nwith trackbook.start_run('one'):\n    trackbook.log_param('lr', 0.1)"
)


def collected(sheet):
    return {
        name: (json.loads(value) if value else None)
        for name, value in sheet.sql("SELECT collector || '.' || name, value FROM collected_facts")
    }  # fmt: skip


def problems(sheet):
    return dict(
        sheet.sql(
            "SELECT collector, problem FROM collected WHERE problem <> '' ORDER BY id"
        )
    )


def test_what_a_plug_in_finds_stands_with_the_run(sheet, plug_in) -> None:
    plug_in("costs")
    sheet.ok(RUN)
    assert collected(sheet) == {
        "costs.euro": 0.5, "costs.of": "one", "costs.params": {"lr": "0.1"}, "costs.moment": "run",
    }  # fmt: skip
    assert tb.describe("one").collected["costs"]["euro"] == 0.5
    sheet.ok("%track rm one")
    assert collected(sheet) == {}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("broken", "ValueError: no price"),
        ("odd", "not a dict"),
        ("slow", "no answer within 0.5 s"),
        ("quits", "called sys.exit"),
        ("large", "longer than 10,000 characters"),
        ("missing", "AttributeError"),
    ],
)
def test_one_that_fails_is_told_and_loses_nothing(sheet, plug_in, name, says) -> None:
    plug_in("costs", name)
    sheet.ok(RUN)
    assert says in problems(sheet)[name]
    assert "ghp_abc" not in problems(sheet)[name]
    assert collected(sheet)["costs.euro"] == 0.5
    (run,) = sheet.runs()
    assert (run.status, run.params) == ("FINISHED", {"lr": "0.1"})
    assert any(f"collector {name}" == one.place for one in sheet.book.recorder.faults)


def test_one_that_took_too_long_is_not_asked_again(sheet, plug_in) -> None:
    plug_in("slow")
    sheet.ok(RUN)
    sheet.book.settle()
    sheet.ok(RUN)
    assert sheet.sql("SELECT count(*) FROM collected") == [(1,)]


def test_odd_values_are_kept_as_json_and_secrets_masked(sheet, plug_in) -> None:
    plug_in("strange")
    sheet.ok(RUN)
    assert collected(sheet) == {
        "strange.nan": "NaN", "strange.api_key": "***", "strange.<b>": "<script>",
        "strange.deep": {"a": [1, [2]]},
    }  # fmt: skip
    assert "<script>" not in tb.describe("one")._repr_html_()


def test_a_version_is_asked_about_with_its_model(sheet, plug_in) -> None:
    plug_in("modelled", "costs")
    sheet.ok(
        "from sklearn.linear_model import Ridge\nimport numpy as np\n"
        "ridge = Ridge().fit(np.arange(12.0).reshape(6, 2), np.arange(6.0))"
    )
    tb.register(sheet.shell.user_ns["ridge"], "hills")
    found = tb.describe("hills").collected
    assert found["modelled"] == {"kind": "Ridge", "version": "hills@1.0.0"}
    assert found["costs"]["moment"] == "version"


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ((), ["broken", "costs", "odd"]),
        (("odd", "*"), ["odd", "broken", "costs"]),
        (("!o*",), ["broken", "costs"]),
        (("*", "!*", "costs"), ["costs"]),
        (("nothing",), []),
    ],
)
def test_the_settings_say_who_is_asked_and_in_which_order(plug_in, patterns, names) -> None:
    plug_in("odd", "costs", "broken")
    assert [point.name for point in collecting.wanted(patterns)] == names
