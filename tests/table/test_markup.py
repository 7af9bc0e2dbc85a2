"""What a table and a card look like in a notebook."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from trackbook.table import Card, MetricLine, Table

HOSTILE = "<img src=x onerror=alert(1)>\"'&</td></style><script>alert(2)</script>"


class Reader(HTMLParser):
    """Collects what a browser would make of a piece of HTML."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.attributes = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def faces_of(name):
    table = Table(
        [name, "m"], [[name, {name: name}]], title=name, note=name, best={name: 0}
    )
    card = Card(
        name=name, short_id=name, status=name, params={name: name},
        changes={name: (name, name)}, metrics=[MetricLine(name, 1.0, 2.0)], note=name,
    )  # fmt: skip
    return [table._repr_html_(), card._repr_html_()]


@pytest.mark.parametrize("page", faces_of(HOSTILE))
def test_a_hostile_name_is_shown_as_text_everywhere(page):
    read = Reader(page)
    assert not {"img", "script"} & set(read.tags)
    assert not any(key.startswith("on") for key, _ in read.attributes)
    assert any("<img src=x onerror=alert(1)>" in text for text in read.texts)


def test_numbers_stand_right_and_text_left():
    page = Table(["name", "loss"], [["a", 0.5]])._repr_html_()
    assert '<th scope="col" style="text-align:left">name</th>' in page
    assert 'class="tb-num" align="right">loss</th>' in page


def test_the_best_value_is_bold_and_has_a_mark_with_a_word():
    page = Table(["loss"], [[0.5], [0.1]], best={"loss": [1]})._repr_html_()
    assert (
        '<b>0.1</b><span class="tb-mark" role="img" title="best" aria-label="best">▲'
        in page
    )
    assert "<b>0.5" not in page


def test_a_shortened_value_tells_all_of_itself_on_hovering():
    assert 'title="0.123456789"' in Table(["x"], [[0.123456789]])._repr_html_()


def test_at_most_two_hundred_rows_are_drawn():
    page = Table(["n"], [[n] for n in range(500)])._repr_html_()
    assert page.count("<tr>") == 201
    assert "… 300 more" in page


def test_nothing_in_the_page_points_outside_it():
    page = Table(["n"], [[1]], title="t")._repr_html_()
    assert not [value for key, value in Reader(page).attributes if key in {"src", "href"}]
