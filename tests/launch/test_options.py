"""A script's options, read from its code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trackbook.errors import Misused
from trackbook.launch.options import options_in, words_for

ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("file", nargs="?")
parser.add_argument("-l", "--lr", type=float, default=0.5, help="rate")
parser.add_argument("--batch-size", dest="size", type=int, required=True)
parser.add_argument("--mode", choices=["a", "b"], default="a")
parser.add_argument("--quiet", action="store_true")
parser.add_argument("--no-save", dest="save", action="store_false")
parser.add_argument("--amp", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--layers", type=int, nargs="+", default=[1])
parser.add_argument("--tag", action="append")
parser.add_argument("--version", action="version", version="1")
print(ascii(vars(parser.parse_args())))
"""
CLICK = """
import click
@click.command()
@click.option("--lr", default=0.1)
@click.option("--shuffle/--no-shuffle", default=True)
@click.option("--dry-run", is_flag=True)
def main(lr, shuffle, dry_run): print(ascii([lr, shuffle, dry_run]))
main()
"""


def told(file, values):
    words = list(words_for(options_in(file), values))
    done = subprocess.run(
        [sys.executable, file, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return eval(done.stdout)


@pytest.fixture
def script(tmp_path):
    (tmp_path / "train.py").write_text(ARGPARSE)
    return tmp_path / "train.py"


def test_what_argparse_declares_is_known_with_types_and_defaults(script) -> None:
    options = options_in(script)
    assert not options.is_open
    found = {d.name: (d.type, d.default, d.is_required) for d in options.declared}
    assert found == {
        "lr": ("float", 0.5, False),
        "size": ("int", None, True),
        "mode": ("string", "a", False),
        "quiet": ("bool", False, False),
        "save": ("bool", True, False),
        "amp": ("bool", True, False),
        "layers": ("any", [1], False),
        "tag": ("any", None, False),
    }


def test_each_value_arrives_in_argparse(script) -> None:
    given = {
        "lr": -1.0,
        "size": 4,
        "mode": "b",
        "quiet": True,
        "save": False,
        "amp": False,
        "layers": [3, 4],
        "tag": ["-x", "a b"],
    }
    assert told(script, given) == {"file": None, **given}
    usual = {"size": 4, "quiet": False, "save": True, "amp": True, "tag": None}
    assert told(script, usual)["save"] is True


def test_click_is_read_as_well(tmp_path) -> None:
    pytest.importorskip("click")
    (tmp_path / "train.py").write_text(CLICK)
    found = {
        d.name: (d.type, d.default) for d in options_in(tmp_path / "train.py").declared
    }
    assert found["shuffle"] == ("bool", True) and found["dry_run"] == ("bool", False)
    given = {"lr": 0.5, "shuffle": False, "dry_run": True}
    assert told(tmp_path / "train.py", given) == [0.5, False, True]


def test_a_script_that_shows_nothing_takes_every_name(tmp_path) -> None:
    file = tmp_path / "train.py"
    file.write_text("import sys; print(ascii(sys.argv[1:]))")
    options = options_in(file)
    assert options.is_open and options.declared == []
    assert told(file, {"lr": 0.1, "x": [1], "y": None}) == ["--lr=0.1", "--x=[1]"]
    for name in ("", "a b", "a=b", "a\nb"):
        with pytest.raises(Misused, match="it is no option"):
            list(words_for(options, {name: 1}))
    file.write_text("def (")
    with pytest.raises(Misused, match=r"train.py is no Python"):
        options_in(file)
