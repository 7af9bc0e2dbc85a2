"""A watch that keeps what it told, and a small library to watch."""

from __future__ import annotations

import importlib
import sys
import textwrap

import pytest

from trackbook.capture.calls import CallWatch
from trackbook.libraries import LIBRARIES, Library, Measured


class Watching:
    """A watch and what it told."""

    def __init__(self, *libraries):
        self.calls, self.faults, self.scope = [], [], {}
        self.watch = CallWatch(
            libraries or LIBRARIES,
            found=lambda call, findings, site: self.calls.append((call, findings, site)),
            fault=lambda place, error: self.faults.append((place, str(error))),
            cell_globals=lambda: self.scope,
        )

    @property
    def labels(self):
        return [
            getattr(finding, "label", None)
            for _, found, _ in self.calls
            for finding in found
        ]

    def cell(self, source):
        exec(compile(textwrap.dedent(source), "<cell>", "exec"), self.scope)

    def __enter__(self):
        self.watch.start()
        return self

    def __exit__(self, *_):
        self.watch.stop()


@pytest.fixture
def watch_over():
    """Watching(*libraries), to be entered."""
    return Watching


@pytest.fixture
def toy_card():
    return TOY


@pytest.fixture
def toy_watch():
    return Watching(TOY)


@pytest.fixture
def watching():
    with Watching() as watching:
        yield watching
    assert watching.faults == []


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A library of one function and one class, and a card for it."""
    (tmp_path / "toy.py").write_text(
        textwrap.dedent("""
        def work(n):
            return n if n == 0 else work(n - 1)

        def call(function):
            return function()

        def numbers(n):
            yield from range(n)

        class Model:
            def fit(self, x):
                return self
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("toy")
    del sys.modules["toy"]


def measured(call):
    yield Measured(name=call.name, values=((0, 1.0),), of=call.result)


TOY = Library(
    module="toy",
    functions={f"toy:{name}": measured for name in ("work", "call", "numbers")},
    methods={"toy:Model": {"fit": measured}},
)
