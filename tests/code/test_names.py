"""What a cell reads and binds."""

from __future__ import annotations

import ast
import contextlib
import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.code import names_in

CASES = [
    # source, reads, binds
    ("x = 1", "", "x"),
    ("x = y", "y", "x"),
    ("x = x + 1", "x", "x"),
    ("x += 1", "x", "x"),
    ("x = 1; x += 1", "", "x"),
    ("x: int = y", "y", "x"),
    ("x: T", "T", ""),
    ("a, (b, *c) = d", "d", "a b c"),
    ("a = b = c", "c", "a b"),
    ("x[i] = y", "x i y", ""),
    ("x.a = y", "x y", ""),
    ("x[i] += 1", "x i", ""),
    ("del x", "x", "x"),
    ("x = 1; del x", "", "x"),
    ("del x[0]", "x", ""),
    ("print(len(x))", "x", ""),
    ("sum = sum(x)", "sum x", "sum"),
    ("import a.b", "", "a"),
    ("import a.b as c", "", "c"),
    ("from a import b, c as d", "", "b d"),
    ("def f(a, b=c): return a + d", "c d", "f"),
    ("def f(): return x\nx = 1\nf()", "", "f x"),
    ("def f(): return x\nf()\nx = 1", "x", "f x"),
    ("def f(): return g()\ndef g(): return x\nf()\nx = 1", "x", "f g x"),
    ("if c:\n def f(): return a\nelse:\n def f(): return b\nf()", "a b c", "f"),
    ("def f():\n x = 1\n def g(): return x + y\n return g", "y", "f"),
    ("def f():\n x = 1\n def g():\n  nonlocal x\n  x += 1\n return g", "", "f"),
    ("def f():\n global n\n n += 1", "n", "f n"),
    ("def f():\n global n\n n = 1", "", "f n"),
    ("def f():\n x = 1\n def g():\n  global x\n  return x\n return g", "x", "f"),
    ("def f():\n return x\n x = 1", "", "f"),
    ("def f(n): return f(n - 1)", "", "f"),
    ("@dec(k)\ndef f(): return f", "dec k f", "f"),
    ("def f(a: T, *b: U) -> V: pass", "T U V", "f"),
    ("async def f():\n async with a as b:\n  async for c in b: await d(c)", "a d", "f"),
    ("await f(x)", "f x", ""),
    ("f = lambda a, b=c: a + d", "c d", "f"),
    ("class A(B, m=C):\n x = y\n def m(self): return z", "B C y z", "A"),
    ("class A:\n x = x", "x", "A"),
    ("class A:\n x = 1\n y = x", "", "A"),
    ("class A:\n x = 1\n y = [x for _ in r]", "x r", "A"),
    ("class A:\n x = 1\n def m(self): return x", "x", "A"),
    ("def f():\n x = 1\n class A:\n  x = x\n return A", "x", "f"),
    ("[x for x in y]", "y", ""),
    ("[x for x in x]", "x", ""),
    ("[x for y in z for x in y if w]", "z w", ""),
    ("{k: v for k, v in d.items()}", "d", ""),
    ("[y := f(x) for x in z]\ny", "f z y", "y"),
    ("[0 for x[i] in z]", "x i z", ""),
    ("[lambda: x for x in z]", "z", ""),
    ("if (n := f()) > 1: n", "f", "n"),
    ("a and (b := 1)\nb", "a b", "b"),
    ("(b := 1) if a else 2\nb", "a b", "b"),
    ("if c: x = 1\nx", "c x", "x"),
    ("if c: x = 1\nelse: x = 2\nx", "c", "x"),
    ("if c: x = 1\nelse: raise E\nx", "c E", "x"),
    ("for i in r: x = i\nx; i", "r x i", "i x"),
    ("for i in r:\n use(x)\n x = 1", "r use x", "i x"),
    ("for i in r:\n if i: f()\n def f(): return x\nx = 1", "r f x", "f i x"),
    ("while c: x = 1\nx", "c x", "x"),
    ("try: x = f()\nexcept E as e: g(e)\nx", "f E g x", "x e"),
    ("try: x = f()\nexcept E: x = 0\nx", "f E", "x"),
    ("try: x = f()\nexcept E: raise\nx", "f E", "x"),
    ("try: x = f()\nfinally: x", "f x", "x"),
    ("try: pass\nexcept* E as e: e", "E", "e"),
    ("with a as b, c(b) as d: x = b\nx", "a c x", "b d x"),
    ("with open(p) as f: x = f.read()\nx", "p", "f x"),
    ("with suppress(E): x = 1\nx", "suppress E x", "x"),
    ("match p:\n case [a, *b]: a\n case {'k': c, **d}: c", "p", "a b c d"),
    ("match p:\n case C(x=1, y=m.V) | D(): n", "p C m D n", ""),
    ("match p:\n case 1: x = 1\n case _: x = 2\nx", "p", "x"),
    ("match p:\n case 1: x = 1\nx", "p x", "x"),
    ("f'{x!r:>{w}} {y=}'", "x w y", ""),
    ("assert (x := f())\nx", "f x", "x"),
    ("from m import *", "", ""),
    ("exec('x = y')\nx", "y x", "x"),
    ("def f():\n exec('x = y')\n def g(): return x\n return g()\nf()", "y x", "f"),
    ("get_ipython().run_line_magic('time', 'x = f(y)')\nx", "f y", "x"),
    ("get_ipython().run_cell_magic('time', '', 'x = y\\nz = x')\nz", "y", "x z"),
    ("get_ipython().run_cell_magic('capture', 'out', 'f(x)')", "f x", "out"),
    ("get_ipython().run_line_magic('timeit', '-n 10 -r 3 x = f(y)')\nx", "f y x", ""),
    ("get_ipython().run_line_magic('lprun', '-f g h(x)')", "g h x", ""),
    ("get_ipython().run_cell_magic('memray', '', 'x = y')\nx", "y x", "x"),
    ("get_ipython().run_cell_magic('bash', '--out a', 'echo $HOME b')", "HOME", "a"),
    ("get_ipython().run_cell_magic('html', '', '<b>x</b>')", "", ""),
    ("files = get_ipython().getoutput('ls $d {e.f}')", "d e", "files"),
    ("get_ipython().run_line_magic('matplotlib', 'inline')", "", ""),
    ("get_ipython().run_line_magic('pinfo', 'x')", "x", ""),
    ("x = = 1", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("source", "reads", "binds"), CASES)
def test_a_cell_reads_what_it_does_not_surely_bind_first(source, reads, binds):
    names = names_in(source)
    assert names.reads == frozenset(reads.split())
    assert names.binds == frozenset(binds.split())
    assert names.sure <= names.binds


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    ("source", "reads", "binds"),
    [
        ("type A[T] = dict[T, B]", "B", "A"),
        ("def f[T: B](x: T) -> T: return T", "B", "f"),
        ("class A[T](Base[T]):\n x: T\n def m(self) -> T: return T", "Base", "A"),
    ],
)
def test_type_parameters_stand_for_themselves(source, reads, binds):
    assert names_in(source)[:2] == (frozenset(reads.split()), frozenset(binds.split()))


@pytest.mark.parametrize(
    ("source", "sure"),
    [
        ("x = 1", "x"),
        ("if c: x = 1\nelse: x = y = 2", "x"),
        ("for i in r: x = 1", ""),
        ("x = 1\ndel x", ""),
        ("try: x = f()\nfinally: y = 1", "x y"),
        ("def f():\n global n\n n = 1", "f"),
    ],
)
def test_a_name_is_sure_when_every_path_binds_it(source, sure):
    assert names_in(source).sure == frozenset(sure.split())


def test_a_star_import_is_told():
    assert names_in("from numpy import *").star
    assert not names_in("from numpy import array").star


@pytest.mark.parametrize(
    "source",
    ["globals()", "exec(code)", "get_ipython().user_ns['x']", "import __main__", "vars()"],
)
def test_code_that_may_read_anything_is_told(source):
    assert names_in(source).everything


def test_words_in_strings_are_mentioned():
    assert {"age", "limit"} <= names_in("df.query('age > @limit')").mentions


def test_a_builtin_that_the_notebook_has_bound_counts_as_read():
    assert names_in("max(x)").reads == {"x"}
    assert names_in("max(x)", rebound={"max"}).reads == {"max", "x"}


def test_magics_inside_a_magics_body_are_transformed():
    def transform(body):
        return body.replace("%time x = y", "get_ipython().run_line_magic('time', 'x = y')")

    source = "get_ipython().run_cell_magic('capture', '', '%time x = y')"
    assert names_in(source, transform)[:2] == ({"y"}, {"x"})


def test_what_python_warns_of_is_read_in_silence(recwarn):
    names_in("re.compile('\\d')")
    names_in("x = 1if y else 0")
    assert not recwarn.list


def test_source_too_deep_to_read_counts_all_its_words():
    names = names_in("x = " + " + ".join(["y"] * 5_000))
    assert {"x", "y"} <= names.reads | names.binds


@given(st.text())
def test_no_text_raises(text):
    names_in(text)


@given(st.text(alphabet="xy=:()[]{}\n '\"%!$\\#.,@*fdelifor\0\ud800"))
def test_no_text_like_code_raises(text):
    names_in(text)


class Old(int):
    """A value from before the program."""


class TooLongError(BaseException):
    """The program calls itself again and again."""


class Namespace(dict):
    """Globals that record which values from before are read."""

    def __init__(self):
        self.old = {name: Old(3) for name in NAMES}
        self.read = set()
        self.steps = 0
        super().__init__(self.old)

    def __getitem__(self, name):
        self.steps += 1
        if self.steps > 2_000:
            raise TooLongError
        value = super().__getitem__(name)
        if value is self.old.get(name):
            self.read.add(name)
        return value


NAMES = "abcde"
FORMS = [
    "{n} = {e}", "{n} = {e}", "{n} += {e}", "{n}", "{n}, {m} = {e}, {e}", "del {n}", "({n} := {e})",
    "if {e}:\n{b}", "if {e}:\n{b}\nelse:\n{b}", "if {e}:\n{b}\nelse:\n raise ValueError",
    "for {n} in range(2):\n{b}", "for {n} in range(2):\n{b}\n if {n}: continue\n{b}",
    "for {n} in ():\n{b}\nelse:\n{b}", "while True:\n{b}\n break",
    "try:\n{b}\nexcept ValueError as {n}:\n{b}", "try:\n{b}\nexcept Exception:\n{b}\nelse:\n{b}",
    "try:\n{b}\n raise ValueError\nexcept ValueError:\n{b}\nfinally:\n{b}",
    "with suppress(Exception):\n{b}", "with suppress(Exception) as {n}:\n{b}\n raise ValueError",
    "def f():\n{b}\n return {e}", "def g({n}=0):\n{b}", "def f():\n global {n}, {m}\n{b}", "f()", "g()",
    "def g():\n def h():\n  nonlocal_ = {e}\n  return {e}\n{b}\n return h()", "f() and g()",
    "class A:\n{b}\n def m(self): return {e}", "A().m()", "[{e} for {n} in range(2)]",
    "[({n} := {e}) for _ in range(2)]", "k = lambda {n}=1: {e}", "k()", "x = [{n} for {n} in [{e}]]",
    "match {e}:\n case 3:\n  {n} = 1\n case {m}:\n  {m}", "{e} and ({n} := {e})",
    "({n} := 1) if {e} else {e}", "exec('{n} = {m}')", "assert {e}", "{e} < {e} < ({n} := 2)",
]  # fmt: skip


def program(rng, depth=0):
    """Return a random program of a few statements over five names."""
    lines = []
    for _ in range(rng.randint(1, 5 if depth == 0 else 2)):
        form = rng.choice(FORMS if depth < 2 else FORMS[:6])
        text = form.replace("{n}", rng.choice(NAMES)).replace("{m}", rng.choice(NAMES))
        while "{e}" in text:
            text = text.replace("{e}", rng.choice([*NAMES, "1", "0", *NAMES]), 1)
        while "{b}" in text:
            body = "\n".join(" " + line for line in program(rng, depth + 1).split("\n"))
            text = text.replace("{b}", body, 1)
        lines.append(text)
    return "\n".join(lines)


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**40))
def test_no_name_that_really_is_read_is_missed(seed):
    source = program(random.Random(seed))
    namespace = Namespace()
    prelude = {"suppress": contextlib.suppress, "f": int, "g": int, "k": int}
    namespace.update(prelude)
    try:
        code = compile(ast.parse(source), "<cell>", "exec")
    except SyntaxError:
        return
    with contextlib.suppress(Exception, TooLongError):
        exec(code, namespace)
    read = set(namespace.read)
    assert read <= names_in(source).reads, source
