"""What a session leaves out of Python's rounds for garbage, and what it never does."""

from __future__ import annotations

import subprocess
import sys

BEGIN = """
import gc
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
at_first = gc.get_freeze_count()
"""
LOAD = "shell.run_line_magic('load_ext', 'trackbook'); shell.run_cell('1')\n"
THING = """
class Thing: pass
thing = Thing(); thing.itself = thing
import weakref
seen = weakref.ref(thing)
"""


def told(code):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code + "print()\nprint('told', here)"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.rpartition("told ")[2].strip()


def test_modules_are_left_out_until_work_begins() -> None:
    code = LOAD + (
        "first = gc.get_freeze_count()\n"
        "shell.run_cell('import sqlite3, email.policy, xml.dom.minidom'); shell.run_cell('2')\n"
        "shell.run_cell('rows = [[1]]'); then = gc.get_freeze_count()\n"
        "shell.run_cell('import http.server'); shell.run_cell('3')\n"
        "here = [at_first < 5000 < first < then, then >= gc.get_freeze_count()]\n"
    )
    assert told(code) == "[True, True]"


def test_what_work_throws_away_is_collected() -> None:
    code = LOAD + (
        f"shell.run_cell({THING!r}); shell.run_cell('del thing'); gc.collect()\n"
        "here = shell.user_ns['seen']() is None\n"
    )
    assert told(code) == "True"


def test_work_that_was_there_before_is_collected_too() -> None:
    code = (
        f"shell.run_cell({THING!r})\n"
        + LOAD
        + (
            "shell.run_cell('del thing'); gc.collect()\n"
            "here = [shell.user_ns['seen']() is None, gc.get_freeze_count() == at_first]\n"
        )
    )
    assert told(code) == "[True, True]"


def test_work_without_a_name_of_its_own_is_work() -> None:
    for cell in ("_rows = [[1]]", "[[1]]"):
        code = LOAD + (
            f"shell.run_cell({cell!r}); then = gc.get_freeze_count()\n"
            "shell.run_cell('import http.server'); shell.run_cell('3')\n"
            "here = then >= gc.get_freeze_count()\n"
        )
        assert told(code) == "True"


def test_unloading_puts_all_back() -> None:
    code = LOAD + (
        "shell.run_line_magic('unload_ext', 'trackbook'); here = gc.get_freeze_count()\n"
    )
    assert told(code) == "0"
