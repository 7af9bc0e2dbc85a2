"""A function of the project is a check, in a process of its own."""

from __future__ import annotations

import importlib
import json
import time

import pytest

import trackbook
from trackbook.errors import Misused
from trackbook.gates import Champion, Gate, ask, evaluate, gates


@pytest.fixture
def asked(judged, tmp_path):
    """Write a function `mine:check` into a project and ask it."""

    def ask_it(source: str, *, keys=None, **known):
        (tmp_path / "mine.py").write_text(source)
        return judged("mine:check", keys=keys, folder=tmp_path, **known)

    return ask_it


def test_it_gets_facts_and_its_keys_of_the_policy(asked) -> None:
    source = (
        "def check(facts, *, max):\n"
        "    gap = facts['metrics']['f1'] - facts['champion']['metrics']['f1']\n"
        "    return {'passed': gap <= max, 'value': gap, 'threshold': max,\n"
        "            'words': f\"{facts['model']} is {gap:.1f} ahead\", 'evidence': {'a': 1}}\n"
    )
    champion = Champion(version="1.0.0", metrics={"f1": 0.5})
    found = asked(source, keys={"max": 0.2}, champion=champion)
    assert (found.outcome, found.words) == ("failed", "churn is 0.4 ahead")
    assert json.loads(found.threshold) == 0.2
    assert json.loads(found.evidence) == {"a": 1}


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("check = lambda facts: True", "passed"),
        ("check = lambda facts: False", "failed"),
        ("import numpy as np\ncheck = lambda facts: np.float64(1) > 0", "passed"),
    ],
)
def test_yes_or_no_will_do(asked, source, outcome) -> None:
    assert asked(source).outcome == outcome


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            "def check(facts): 1 / 0",
            "mine:check raised: ZeroDivisionError: division by zero",
        ),
        ("", "has no attribute 'check'"),
        ("import nix_da", "No module named 'nix_da'"),
        ("check = lambda facts, least: True", "missing 1 required positional argument"),
        ("check = lambda facts: None", "returned 'None': return a bool, or a dict"),
        ("check = lambda facts: {'passed': 'yes'}", "return a bool, or a dict with passed"),
        ("import os\ncheck = lambda facts: os._exit(0)", "gave no answer"),
        (
            "check = lambda facts: {'passed': True, 'words': 'x' * 2_000_000}",
            "gave no answer",
        ),
    ],
)
def test_one_that_comes_to_no_answer_is_an_error_and_blocks(asked, source, says) -> None:
    found = asked(source)
    assert (found.outcome, found.blocks) == ("errored", True)
    assert says in found.words


def test_one_that_cannot_be_asked_says_so(asked) -> None:
    found = asked(
        "def check(facts): return {'passed': None, 'words': 'no rows of weekends'}"
    )
    assert (found.outcome, found.words) == ("skipped", "no rows of weekends")


MARKED = """
import trackbook

@trackbook.check
def calm(facts, *, max):
    return {'passed': facts['metrics']['loss'] <= max, 'value': facts['metrics']['loss']}
"""


def test_a_decorated_function_is_asked_by_python_and_by_its_name(
    packed, judged, tmp_path, monkeypatch
) -> None:
    (tmp_path / "marked.py").write_text(MARKED)
    monkeypatch.syspath_prepend(tmp_path)
    calm = importlib.import_module("marked").calm
    one = ask(calm, max=0.2)
    assert one == {"check": "marked:calm", "max": 0.2}
    policy = gates(Gate("staging", [one]), folder=tmp_path)
    (found,) = evaluate(packed.candidate(), policy, "staging").results
    assert (found.outcome, found.value, found.label) == ("failed", "0.3", "marked:calm")
    assert judged("marked:calm", keys={"max": 0.4}, folder=tmp_path).outcome == "passed"


def plain(facts):
    return True


def spread(facts, *rows):
    return True


async def later(facts):
    return True


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda facts: True, "no function of a module"),
        (print, "no function of a module"),
        (spread, "rows cannot be a key"),
        (later, "something to be run"),
        (lambda: True, "no function of a module"),
    ],
)
def test_what_no_gate_could_call_is_said_where_it_is_written(function, says) -> None:
    with pytest.raises(Misused, match=says):
        trackbook.check(function)


def test_a_function_that_is_not_marked_or_stands_in_a_notebook_is_refused() -> None:
    with pytest.raises(Misused, match=r"write @trackbook\.check above it"):
        ask(plain)
    here = trackbook.check(plain)
    here.__module__ = "__main__"
    with pytest.raises(Misused, match="into a module of the project"):
        ask(here)


def test_one_that_takes_too_long_is_ended(asked) -> None:
    began = time.monotonic()
    found = asked(
        "import time\ncheck = lambda facts: time.sleep(55)", keys={"time_limit": "1s"}
    )
    assert time.monotonic() - began < 30
    assert found.outcome == "errored"
    assert found.words.startswith("mine:check was ended: after ")


def test_it_sees_no_variable_of_ours(asked, monkeypatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "hush")
    found = asked("import os\ncheck = lambda facts: 'DEPLOY_TOKEN' not in os.environ")
    assert found.outcome == "passed"
