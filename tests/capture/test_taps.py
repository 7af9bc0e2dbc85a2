"""Hearing functions without touching what they do."""

from __future__ import annotations

import sys
import threading
import traceback

import pytest

from trackbook.capture.taps import Note, new_tap
from trackbook.errors import Busy


@pytest.fixture
def tap():
    tap = new_tap()
    yield tap
    tap.stop()


def adds(a, b=2, *rest, c=3):
    total = a + b + c
    return total + sum(rest)


def test_arguments_are_heard_at_the_start_and_the_result_at_the_end(tap):
    heard = []
    tap.hear(
        adds,
        opened=lambda frame: heard.append(dict(frame.f_locals)),
        closed=lambda frame, result: heard.append((frame.f_code.co_name, result)),
    )
    assert adds(1, 5, 6, c=0) == 12
    assert heard == [{"a": 1, "b": 5, "rest": (6,), "c": 0}, ("adds", 12)]


def test_what_is_heard_at_its_end_can_be_heard_from_its_start_later():
    tap, plain, heard = new_tap(), adds.__code__, []
    tap.hear(adds, opened=None, closed=lambda _, result: heard.append(result))
    adds(1)
    tap.hear(
        adds,
        opened=lambda frame: heard.append(frame.f_code.co_name),
        closed=lambda _, result: heard.append(-result),
    )
    adds(1)
    tap.stop()
    adds(1)
    assert heard == [6, "adds", -6]
    assert adds.__code__ is plain


def test_other_functions_are_not_heard(tap):
    heard = []
    tap.hear(adds, opened=heard.append, closed=None)
    max(1, 2)
    test = lambda: 3  # noqa: E731
    test()
    assert heard == []


def branches(n, wanted):
    while True:
        try:
            if n > 3:
                return [item for item in range(n) if item in wanted]
            n += 1
        finally:
            wanted = {*wanted, n}


@pytest.mark.parametrize("n", range(6))
def test_every_return_is_heard_once(tap, n):
    plain = branches(n, {1, 2})
    heard = []
    tap.hear(branches, opened=None, closed=lambda _frame, result: heard.append(result))
    assert branches(n, {1, 2}) == plain
    assert heard == [plain]


def held(n):
    return lambda: n


def dropped(n):
    doubled = 2 * n
    del n
    return doubled


def replaced(n, *, deep=True):
    if deep:
        n = replaced(n + 1, deep=False)
    return n


@pytest.mark.parametrize(
    ("function", "argument", "given", "noted"),
    [
        (adds, "b", (1, 5), [5]),
        (adds, "c", (1, 5), [3]),
        (branches, "n", (0, {1}), [4]),
        (held, "n", (7,), [7]),
        (dropped, "n", (7,), [None]),
        (replaced, "n", (7,), [8, 8]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_argument_is_noted_as_it_is_at_the_end(tap, function, argument, given, noted):
    heard, plain, frames = [], function(*given), []

    def noting(value, result):
        heard.append(value)
        frames.append((tap.heard().f_code.co_name, result))

    tap.note(function, Note(argument, noting))
    found = function(*given)
    assert heard == noted
    assert frames[-1] == (function.__name__, found)
    assert function is held or found == plain


def test_what_is_noted_is_left_as_it_was_and_noted_anew():
    plain, heard = adds.__code__, []
    for _ in range(2):
        tap = new_tap()
        tap.note(adds, Note("a", lambda value, _result: heard.append(value)))
        tap.note(adds, Note("a", lambda value, _result: heard.append(-value)))
        adds(4)
        tap.stop()
        adds(5)
        assert adds.__code__ is plain
    assert heard == [-4, -4]


def test_two_functions_of_one_code_are_both_noted(tap):
    def made():
        def inner(a):
            return a

        return inner

    (one, other), heard = (made(), made()), []
    for function in (one, other):
        tap.note(function, Note("a", lambda value, _result: heard.append(value)))
    assert (one(1), other(2)) == (1, 2)
    assert heard == [1, 2]


def test_what_a_note_finds_is_told_and_what_it_raises_is_not_the_callers(tap):
    told, failed = [], []

    def ask(value, result):
        return [result / value] if value != 3 else None

    note = Note("a", ask, told=lambda *every: told.append(every), failed=failed.append)
    tap.note(adds, note)
    assert [adds(n) for n in (1, 3, 0)] == [6, 8, 5]
    assert told == [(1, 6, [6.0])]
    assert [type(each) for each in failed] == [ZeroDivisionError]


@pytest.mark.parametrize(
    ("how", "noted"),
    [
        ({"unless": lambda: True}, 0),
        ({"unless": lambda: False, "when": lambda: True}, 1),
        ({"when": lambda: False, "calls": [1], "hears": lambda: True}, 0),
        ({"calls": [1], "hears": lambda: False}, 0),
        ({"calls": [1]}, 1),
        ({"calls": [1], "hears": lambda: True}, 1),
        ({"hears": lambda: False}, 1),
        ({"threads": {0}, "hears": lambda: False}, 0),
        ({"threads": {threading.get_ident()}, "hears": lambda: False}, 1),
        ({"deaf": {0}}, 1),
        ({"deaf": {threading.get_ident()}}, 0),
        ({"forks": -2, "hears": lambda: False}, 0),
    ],
)  # fmt: skip
def test_a_note_is_taken_where_it_is_wanted(tap, how, noted):
    heard = []
    tap.note(adds, Note("a", lambda value, _result: heard.append(value), **how))
    assert adds(1) == 6
    assert heard == [1] * noted


def test_a_closure_is_heard_with_its_own_variables(tap):
    def counter(step):
        def count(to):
            return [to + step for _ in range(2)]

        return count

    count, heard = counter(5), []
    tap.hear(count, opened=lambda frame: heard.append(frame.f_locals["to"]), closed=None)
    assert count(1) == [6, 6]
    assert heard == [1]


def test_an_exception_is_not_heard_as_a_return(tap):
    heard = []
    tap.hear(adds, opened=heard.append, closed=lambda *_: heard.append("closed"))
    with pytest.raises(TypeError):
        adds("x")
    assert len(heard) == 1


def test_a_traceback_is_the_same_to_the_letter(tap):
    def told():
        try:
            adds(1, [], c=(2, 3)[0])
        except TypeError:
            return traceback.format_exc()

    plain = told()
    tap.hear(adds, opened=lambda _frame: None, closed=lambda *_: None)
    assert told() == plain


def test_lines_traced_by_a_debugger_are_the_same(tap):
    def lines():
        seen = []

        def trace(frame, event, _arg):
            if frame.f_code.co_name == "branches":
                seen.append((event, frame.f_lineno))
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            branches(2, {1})
        finally:
            sys.settrace(before)
        return seen

    plain = lines()
    tap.hear(branches, opened=lambda _frame: None, closed=lambda *_: None)
    assert lines() == plain


@pytest.mark.parametrize("argument", ["a", None])
def test_what_is_hushed_says_nothing_until_it_may_again(tap, argument):
    heard = []
    if argument:
        code = tap.note(adds, Note(argument, lambda value, _: heard.append(value)))
    else:
        code = tap.hear(
            adds, opened=None, closed=lambda frame, _: heard.append(frame.f_locals["a"])
        )
    plain = adds(1)
    tap.hush(code, True)
    assert adds(2) == plain + 1
    tap.hush(code, False)
    adds(3)
    assert heard == [1, 3]
    assert hash(adds.__code__) == hash(code)


def test_what_was_hushed_is_heard_by_the_next_tap():
    heard = []
    for n in range(2):
        tap = new_tap()
        code = tap.note(adds, Note("a", lambda value, _: heard.append(value)))
        adds(n)
        tap.hush(code, True)
        tap.stop()
    assert heard == [0, 1]


def test_nothing_is_left_after_stop():
    tap, code = new_tap(), adds.__code__
    heard = []
    tap.hear(adds, opened=heard.append, closed=None)
    tap.stop()
    assert adds(1) == 6
    assert heard == []
    assert adds.__code__ is code
    if sys.version_info >= (3, 12):
        assert [sys.monitoring.get_tool(slot) for slot in (3, 4)] == [None, None]
        events = (
            sys.monitoring.use_tool_id(4, "me"),
            sys.monitoring.get_local_events(4, code),
        )
        sys.monitoring.free_tool_id(4)
        assert events == (None, 0)


def test_a_function_given_other_code_meanwhile_keeps_it():
    def mine():
        return 1

    def other():
        return 2

    tap = new_tap()
    tap.hear(mine, opened=None, closed=lambda *_: None)
    mine.__code__ = other.__code__
    tap.stop()
    assert mine() == 2


def test_when_all_slots_are_taken_it_says_by_whom():
    taken = [new_tap() for _ in range(2 if sys.version_info >= (3, 12) else 1)]
    try:
        with pytest.raises(Busy, match="watched"):
            new_tap()
    finally:
        for each in taken:
            each.stop()


def test_calls_in_many_threads_are_all_heard(tap):
    heard = []
    tap.hear(adds, opened=None, closed=lambda _frame, result: heard.append(result))
    threads = [threading.Thread(target=adds, args=(n,)) for n in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(heard) == [n + 5 for n in range(20)]
