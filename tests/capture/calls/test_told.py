"""Watched calls: which are told, and with what."""

from __future__ import annotations

import importlib
import threading
import time

from trackbook.libraries import Library, Measured


def test_a_call_is_told_with_its_arguments_its_result_and_its_time(toy, toy_watch):
    with toy_watch as watching:
        toy.call(lambda: time.sleep(0.02))
    [(call, _, _)] = watching.calls
    assert (call.name, list(call.given), call.result) == ("call", ["function"], None)
    assert call.wall_s >= 0.02


def test_the_statement_of_the_cell_that_led_to_the_call_is_told(toy, toy_watch):
    with toy_watch as watching:
        watching.scope["toy"] = toy
        watching.cell("""
        def deep():
            return toy.work(0)
        class Body:
            made = deep()
        """)
    [(_, _, site)] = watching.calls
    assert (site.line, site.file, site.thread) == (4, "<cell>", threading.get_ident())


def test_a_call_outside_any_cell_has_no_statement(toy, toy_watch):
    with toy_watch as watching:
        toy.work(0)
    assert (watching.calls[0][2].line, watching.calls[0][2].file) == (None, None)


def test_of_a_recursion_only_the_outermost_call_is_told(toy, toy_watch):
    with toy_watch as watching:
        toy.work(5)
    assert [call.given for call, _, _ in watching.calls] == [{"n": 5}]


def test_a_generator_is_not_watched_but_calls_inside_one_are(toy, toy_watch):
    with toy_watch as watching:
        assert [toy.work(n) for n in toy.numbers(3)] == [0, 0, 0]
    assert [call.name for call, _, _ in watching.calls] == ["work"] * 3


def test_methods_of_classes_made_later_are_told(toy, toy_watch):
    with toy_watch as watching:

        class Later(toy.Model):
            def fit(this, x):  # noqa: N805
                return this

        watching.watch.refresh()
        later = Later()
        later.fit(1)
    assert [call.given["self"] for call, _, _ in watching.calls] == [later]


def test_a_reloaded_module_is_watched_again(toy, toy_watch):
    with toy_watch as watching:
        importlib.reload(toy)
        toy.work(0)
        toy.Model().fit(0)
    assert [call.name for call, _, _ in watching.calls] == ["work", "fit"]


def test_of_two_cards_the_one_nearer_to_the_class_reads(toy, watch_over):
    class Base:
        pass

    toy.Base = Base
    toy.Near = type("Near", (Base,), {"fit": lambda self: self})
    cards = [
        Library(module="toy", methods={f"toy:{name}": {"fit": reader}})
        for name, reader in (
            ("Near", lambda _call: [Measured(name="near", values=())]),
            ("Base", lambda _call: [Measured(name="far", values=())]),
        )
    ]
    for each in (cards, cards[::-1]):
        with watch_over(*each) as watching:
            toy.Near().fit()
        assert [found[0].name for _, found, _ in watching.calls] == ["near"]
