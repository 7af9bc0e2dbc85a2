"""Magic and shell lines as IPython rewrites them: what they run, read and bind."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from trackbook.code.parse import tree_of, word_set, words_in

if TYPE_CHECKING:
    from collections.abc import Callable

Transform = "Callable[[str], str]"


class Magic(NamedTuple):
    """One magic or shell line."""

    name: str
    """`!` for a shell line."""
    line: str
    body: str | None
    """Of a cell magic."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a magic does to the notebook's names."""

    runs: list[ast.stmt] | None
    """Its Python, or None when it has none."""
    where: Literal["here", "apart", "perhaps"]
    """In the notebook's names for sure, in names of its own (timeit), or nobody knows."""
    reads: frozenset[str]
    binds: frozenset[str]
    text: str
    """The Python as text, for the `;` at its end."""


def magic_of(node: ast.expr) -> Magic | None:
    """Return the magic that a call stands for, or None for any other expression."""
    if type(node) is not ast.Call:
        return None
    func = node.func
    if type(func) is not ast.Attribute or func.attr not in ARGUMENTS:
        return None
    count = ARGUMENTS[func.attr]
    if len(node.args) != count or not is_shell(func.value):
        return None
    texts = [
        arg.value
        for arg in node.args
        if type(arg) is ast.Constant and isinstance(arg.value, str)
    ]
    if len(texts) != count:
        return None
    if count == 1:
        return Magic("!", texts[0], None)
    return Magic(texts[0], texts[1], texts[2] if count > len(Magic._fields) - 1 else None)


def is_shell(node: ast.expr) -> bool:
    """Tell whether an expression is IPython's own `get_ipython()`."""
    return (
        type(node) is ast.Call
        and type(node.func) is ast.Name
        and node.func.id == "get_ipython"
    )


def effect_of(magic: Magic, transform: Callable[[str], str] | None) -> Effect:
    """Return what a magic runs, reads and binds; unknown ones are read as Python."""
    reads = expanded_in(magic.line)
    if magic.body is not None:
        return effect_of_cell(magic, magic.body, transform, reads)
    if magic.name == "!" or magic.name in PLAIN_LINES:
        return Effect(None, "here", frozenset(reads), frozenset(), "")
    code, options = magic.line, ""
    tree = python_of(code, transform)
    while tree is None and code and (options or code.startswith("-")):
        # `-n 10 f(x)`: an option may or may not take the next word, so try both.
        word, _, code = code.partition(" ")
        options += " " if word.startswith("-") else f"{word} "
        tree = python_of(code, transform) if code else None
    reads |= words_in(options if tree else magic.line)
    return Effect(
        tree.body if tree else None,
        WHERE.get(magic.name, "perhaps"),
        frozenset(reads),
        frozenset(),
        code,
    )


def effect_of_cell(
    magic: Magic, body: str, transform: Callable[[str], str] | None, reads: set[str]
) -> Effect:
    """Return what a cell magic runs, reads and binds."""
    binds = {name for name in BINDING_OPTION.findall(magic.line) if name.isidentifier()}
    if magic.name in OTHER_LANGUAGES:
        reads |= expanded_in(body)
        return Effect(None, "here", frozenset(reads), frozenset(binds), "")
    if magic.name == "capture":
        binds |= {word for word in magic.line.split() if word.isidentifier()}
    elif magic.name == "timeit":
        body = re.sub(r"^(?:-\S+(?:\s+\d+)?\s*)+", "", magic.line) + "\n" + body
    elif magic.name not in WHERE:
        reads |= words_in(magic.line)
    tree = python_of(body, transform)
    if tree is None:
        reads |= words_in(body)
    return Effect(
        tree.body if tree else None,
        WHERE.get(magic.name, "perhaps"),
        frozenset(reads),
        frozenset(binds),
        body,
    )


def python_of(text: str, transform: Callable[[str], str] | None) -> ast.Module | None:
    """Return the syntax tree of a magic's body, its own magics turned into Python."""
    if transform is None:
        return tree_of(text)
    try:
        return tree_of(transform(text))
    except (SyntaxError, ValueError):
        return None


def expanded_in(line: str) -> set[str]:
    """Return the names that `$x` and `{x}` put into a shell or magic line."""
    if "$" not in line and "{" not in line:
        return set()
    names = set(re.findall(r"\$\{?([^\W\d]\w*)", line))
    for inside in re.findall(r"\{([^{}]*)\}", line):
        tree = tree_of(inside.partition("!r")[0].strip())
        if tree is not None:
            names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names


ARGUMENTS = {"run_line_magic": 2, "run_cell_magic": 3, "system": 1, "getoutput": 1}
WHERE: dict[str, Literal["here", "apart", "perhaps"]] = {
    "time": "here",
    "capture": "here",
    "prun": "here",
    "timeit": "apart",
}
PLAIN_LINES = word_set(
    """
    alias alias_magic autoawait autocall automagic autoreload bookmark cd colors conda
    config dirs doctest_mode env gui history load_ext logoff logon logstart ls lsmagic
    magic mamba matplotlib mkdir notebook page pip popd pprint precision pushd pwd pylab
    quickref recall rehashx reload_ext rerun reset run set_env sx system tb track uv
    unload_ext who who_ls whos xmode
    """
)
OTHER_LANGUAGES = word_set(
    """
    ! ai bash bigquery cmd cython dot fortran graphql html HTML javascript js julia kql
    latex manim_config markdown mermaid octave perl powershell pypy R ruby script sh
    spark sql svg SVG sx system track writefile file js6 css rust go nodejs node
    """
)
BINDING_OPTION = re.compile(r"--(?:out|err|output|result|proc)[= ]\s*(\w+)")
