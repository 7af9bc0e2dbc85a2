"""The card that is shown after a run."""

from __future__ import annotations

import pytest

from trackbook.table import Card, MetricLine


def card(**more) -> Card:
    return Card(name="otter", short_id="0199ab", status="FINISHED", **more)


def test_a_card_as_text_says_what_was_tried_and_what_came_of_it():
    shown = card(
        duration_s=3.21,
        params={"depth": "3", "lr": "0.05"},
        changes={"lr": ("0.1", "0.05"), "seed": ("1", None)},
        metrics=[MetricLine("accuracy", 0.93, 0.92, 0.925, "max"), MetricLine("auc", 0.5)],
    )
    assert repr(shown).splitlines() == [
        "✓ otter  0199ab  finished in 3.2 s",
        "  lr=0.05 (was 0.1)  seed=unset (was 1)  depth=3",
        "  accuracy 0.93  ▲ +0.01 vs parent  ★ best so far (0.925 before)",
        "  auc 0.5",
    ]


@pytest.mark.parametrize(
    ("value", "parent", "direction", "arrow", "word"),
    [
        (2.0, 1.0, "max", "▲ +1", "better than parent"),
        (2.0, 1.0, "min", "▲ +1", "worse than parent"),
        (1.0, 2.0, "min", "▼ -1", "better than parent"),
        (1.0, 2.0, None, "▼ -1", "difference to parent"),
        (1.0, 1.0, "max", "=", "same as parent"),
    ],
)
def test_a_difference_has_an_arrow_a_sign_and_a_word(value, parent, direction, arrow, word):
    page = card(metrics=[MetricLine("m", value, parent, None, direction)])._repr_html_()
    assert f'title="{word}">{arrow}</span>' in page


@pytest.mark.parametrize("other", [None, float("nan"), float("inf")])
def test_nothing_is_compared_with_what_is_no_number(other):
    assert repr(card(metrics=[MetricLine("m", 1.0, other, other, "max")])).endswith("m 1.0")


def test_a_metric_of_unknown_direction_is_not_called_best():
    assert "best" not in repr(card(metrics=[MetricLine("m", 9.0, None, 1.0)]))


def test_a_diverged_metric_is_shown_as_nan():
    assert "loss NaN" in repr(card(metrics=[MetricLine("loss", float("nan"), 0.1)]))


def test_a_hundred_params_do_not_flood_the_cell():
    shown = repr(card(params={f"p{n}": n for n in range(100)}))
    assert "… 88 more params" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0123, "0.012 s"), (59.4, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")],
)
def test_durations_are_told_in_the_unit_that_fits(seconds, words):
    assert f"finished in {words}" in repr(card(duration_s=seconds))
