"""Splicing calls into the bytecode of Python 3.11."""

from __future__ import annotations

import inspect
import sys
import types

import pytest

if sys.version_info >= (3, 12):
    pytest.skip("other Pythons have sys.monitoring", allow_module_level=True)

import argparse
import ast
import dis
import tarfile

from trackbook.capture.splice import spliced

heard = []


def first():
    heard.append("first")


def last(result):
    heard.append(result)


def functions():
    for module in (argparse, ast, dis, inspect, tarfile):
        for thing in vars(module).values():
            for each in vars(thing).values() if isinstance(thing, type) else (thing,):
                if isinstance(each, types.FunctionType):
                    yield each.__code__


def instructions(code):
    """Instructions without spliced ones, jumps as the index of the instruction aimed at."""
    known = [each for each in dis.get_instructions(code) if each.opname != "EXTENDED_ARG"]
    extra = {
        index for index, each in enumerate(known) for index in spliced_around(known, index)
    }
    starts, at, waiting = {}, 0, None
    for each in dis.get_instructions(code):
        waiting = each.offset if waiting is None else waiting
        if each.opname != "EXTENDED_ARG":
            starts[waiting] = at
            at, waiting = at + (len(starts) - 1 not in extra), None
    for index, each in enumerate(known):
        if index not in extra:
            aim = starts[each.argval] if each.opcode in dis.hasjrel else each.argrepr
            yield each.opname, aim, each.positions


def spliced_around(known, index):
    value = known[index].argval if known[index].opname == "LOAD_CONST" else None
    if value is first:
        return range(index - 1, index + 4)
    return range(index - 3, index + 5) if value is last else ()


def test_the_standard_librarys_code_is_the_same_but_for_the_calls():
    codes = list(functions())
    assert len(codes) > 300
    for code in codes:
        changed = spliced(code, first=first, last=last, hearer=True)
        assert list(instructions(changed)) == list(instructions(code)), code


def test_a_long_function_with_far_jumps_still_does_its_work():
    lines = "\n".join(f"        total += {n} if n else -{n}" for n in range(400))
    scope = {}
    source = f"def long(n):\n    total = 0\n    while n:\n        n -= 1\n{lines}\n    return total"
    exec(source, scope)
    long = scope["long"]
    plain = long(3)
    long.__code__ = spliced(long.__code__, first=first, last=last, hearer=True)
    heard.clear()
    assert long(3) == plain
    assert heard == ["first", plain]


def test_arguments_that_look_like_jumps_stay_arguments():
    names = [f"a{n}" for n in range(255)]
    scope = {}
    exec(f"def ends({', '.join(names)}):\n    raise KeyError(({', '.join(names)},))", scope)
    ends = scope["ends"]
    ends.__code__ = spliced(ends.__code__, first=first, last=last, hearer=True)
    heard.clear()
    with pytest.raises(KeyError) as caught:
        ends(*range(255))
    assert caught.value.args == (tuple(range(255)),)
    assert heard == ["first"]


def test_a_debugger_stops_at_the_same_lines():
    def lines_of(function):
        seen = []

        def trace(frame, event, arg):
            if frame.f_code is function.__code__:
                seen.append((event, frame.f_lineno))
                return trace
            return None

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            function(3)
        finally:
            sys.settrace(before)
        return seen

    def careful(count):
        for n in range(count):
            with memoryview(b"abc"):
                if n > 1:
                    return [
                        n,
                        count,
                    ]
        return None

    plain = lines_of(careful)
    careful.__code__ = spliced(careful.__code__, first=first, last=last, hearer=True)
    assert lines_of(careful) == plain


def test_exceptions_are_caught_where_they_were():
    def careful(value):
        try:
            with memoryview(value) as view:
                return len(view)
        except TypeError as error:
            return str(error)
        finally:
            heard.append("finally")

    plain = careful(b"abc"), careful(3)
    careful.__code__ = spliced(careful.__code__, first=first, last=last, hearer=True)
    heard.clear()
    assert (careful(b"abc"), careful(3)) == plain
    assert heard == ["first", "finally", 3, "first", "finally", plain[1]]
