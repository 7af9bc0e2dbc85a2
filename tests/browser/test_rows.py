"""Filtering and ordering in the page, without a notebook around them."""

from __future__ import annotations

import base64

import pytest

from trackbook.panels.columns import packed
from trackbook.panels.live import script

NAN = float("nan")


@pytest.fixture(scope="module")
def ask(browser):
    """Ask rows that hold some runs a JavaScript question."""
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[1] / "panels"))
    from sample_runs import run

    runs = [
        run(1, run_id="a", name="otter 10", params={"lr": "0.1"}, metrics={"acc": 0.5}, status="FAILED"),
        run(2, run_id="b", name="otter 9", params={"lr": "0.01", "kind": "dart"}, metrics={"acc": NAN}, status="FINISHED"),
        run(3, run_id="c", name="Heron", params={"kind": "tree"}, metrics={}, status="FINISHED"),
        run(4, run_id="d", name="heron", params={"lr": "1"}, metrics={"acc": 0.9}, status="FINISHED"),
    ]  # fmt: skip
    message, buffers = packed(runs, runs, directions={}, reset=True)
    page = browser.new_page()
    page.evaluate(
        "async ([code, message, buffers]) => {"
        " const file = new Blob([code], {type: 'text/javascript'});"
        " const { Rows, inShort } = await import(URL.createObjectURL(file));"
        " const bytes = buffers.map((text) => new DataView("
        "   Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer));"
        " globalThis.rows = new Rows(); rows.receive(message, bytes);"
        " globalThis.inShort = inShort; globalThis.take = (m, b) => rows.receive(m, b); }",
        [
            script("rows") + "\nexport { Rows, inShort };",
            message,
            [base64.b64encode(buffer).decode() for buffer in buffers],
        ],
    )
    yield page.evaluate
    page.close()


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("", "abcd"),
        ("otter", "ab"),
        ("OTTER failed", "a"),
        ("lr>0.05", "ad"),
        ("lr<=0.1", "ab"),
        ("params.lr=0.10", "a"),
        ("kind=dart", "b"),
        ("kind!=dart", "acd"),
        ("acc>0", "ad"),
        ("acc=nan", "b"),
        ("acc!=0.5", "bcd"),
        ("nosuch=1", ""),
        ("status=finished acc>=0.9", "d"),
    ],
)
def test_a_filter_finds(ask, filter_, found):
    asked = "(text) => rows.ordered(text, 'none', false).map((at) => rows.ids[at]).join('')"
    assert ask(asked, filter_) == found


@pytest.mark.parametrize(
    ("key", "descending", "order"),
    [
        ("metrics.acc", True, "dabc"),
        ("metrics.acc", False, "adbc"),
        ("params.lr", False, "badc"),
        ("name", False, "cdba"),
        ("started_at", True, "dcba"),
    ],
)
def test_what_is_missing_stays_last_whichever_way_rows_are_sorted(
    ask, key, descending, order
):
    asked = (
        "([key, down]) => rows.ordered('', key, down).map((at) => rows.ids[at]).join('')"
    )
    assert ask(asked, [key, descending]) == order


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456789, "0.12346"),
        (3, "3"),
        (1234567.8, "1234568"),
        (1e-9, "1e-9"),
        (None, ""),
    ],
)
def test_values_are_short_in_the_page_too(ask, value, shown):
    assert ask("(value) => inShort(value)", value) == shown


def test_a_diverged_metric_is_shown_and_a_missing_one_is_empty(ask):
    asked = "() => rows.column('acc').values.map((value) => inShort(value))"
    assert ask(asked) == ["0.5", "NaN", "", "0.9"]
