"""A command with values put in, whatever the values are."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.errors import Misused
from trackbook.launch.commands import command_of

SHOW = "import sys; print(ascii(sys.argv[1:]))"
TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30
)


def heard(template: str, values) -> list[str]:
    words, env = command_of(template, values, of="it")
    done = subprocess.run(
        [sys.executable if word == "SHOW" else word for word in words],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", **env},
    )
    return eval(done.stdout)


@given(TEXTS)
@settings(max_examples=200)
def test_without_a_shell_a_value_is_one_word(text) -> None:
    words, env = command_of("train {a} --b={a} '{a} x' {{}}", {"a": text}, of="it")
    assert (words, env) == (["train", text, f"--b={text}", f"{text} x", "{}"], {})


@given(TEXTS)
@settings(max_examples=15, deadline=None)
def test_in_a_shell_a_value_is_never_code(text) -> None:
    show = f'"{sys.executable}" -B "$SHOWN"'
    words, env = command_of(
        show + " {a} \"{a}\" 'x{a}' --b={a} && true", {"a": text}, of="it"
    )
    assert words[:2] == ["bash", "-c"]
    env |= {"PATH": "/usr/bin:/bin", "SHOWN": "/dev/fd/0", "PYTHONUTF8": "1"}
    done = subprocess.run(
        words, input=SHOW, capture_output=True, text=True, env=env, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert eval(done.stdout) == [text, text, f"x{text}", f"--b={text}"]


@pytest.mark.parametrize(
    "template",
    [
        "bash -c 'echo {a}'",
        "python -c 'print({a})'",
        'cd x && bash -lc "echo {a}"',
        "eval {a}; true",
        "echo `echo {a}`",
        "echo {a} | xargs rm",
    ],
)
def test_a_value_is_not_put_where_it_would_be_read_as_code(template) -> None:
    with pytest.raises(Misused, match="would be read as code"):
        command_of(template, {"a": "$(rm -rf /)"}, of="it")
    assert command_of(template, {"a": 0.5}, of="it")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("train {b}", r"has \{b\}, which is none of its params \(a\)"),
        ("train {a.__class__}", "none of its params"),
        ("train {a!r}", "none of its params"),
        ("train {", "double the braces"),
        ("train 'x", "cannot be read"),
        ("  ", "is empty"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(template, said) -> None:
    with pytest.raises(Misused, match=said):
        command_of(template, {"a": 1}, of="it")
