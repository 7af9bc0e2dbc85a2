"""Globals that the notebook's functions would read."""

from __future__ import annotations

import functools
import threading
from fractions import Fraction

import pytest

from trackbook.code import Closures, closure_of


def namespace_of(source, **more):
    namespace = {"__name__": "__main__", **more}
    exec(source, namespace)
    return namespace


@pytest.mark.parametrize(
    ("source", "name", "found"),
    [
        ("x = 1\ndef f(): return x", "f", "x"),
        ("x = 1\nf = lambda: x", "f", "x"),
        ("x = 1\ndef g(): return x\ndef f(): return g()", "f", "g x"),
        ("x = 1\ndef f():\n def g(): return x\n return g", "f", "x"),
        ("x = 1\ndef f(): return [x for _ in ()]", "f", "x"),
        ("x = 1\ndef g(): return x\ndef f(h=g): pass", "f", "x"),
        ("x = 1\ndef g(): return x\ndef f(*, h=g): pass", "f", "x"),
        ("x = 1\ndef m(h):\n return lambda: h\nf = m(lambda: x)", "f", "x"),
        ("x = 1\ndef g(a): return x\nf = partial(g, 1)", "f", "x"),
        ("x = 1\ndef g(): return x\nf = lru_cache(g)", "f", "x"),
        ("x = 1\ndef dec(g):\n @wraps(g)\n def w(): pass\n return w\n@dec\ndef f(): return x", "f", "x"),
        ("x = 1\nclass A:\n def m(self): return x", "A", "x"),
        ("x = 1\nclass A:\n @property\n def m(self): return x", "A", "x"),
        ("x = 1\nclass A:\n @staticmethod\n def m(): return x", "A", "x"),
        ("x = 1\nclass A:\n def m(self): return x\nclass B(A): pass", "B", "x"),
        ("x = 1\nclass A:\n def m(self): return x\na = A()", "a", "x"),
        ("x = 1\nclass A:\n def m(self): return x\na = A().m", "a", "x"),
        ("class A: pass\nx = 1\na = A()\na.f = lambda: x", "a", "x"),
        ("x = 1\nfs = [lambda: x]", "fs", "x"),
        ("x = 1\nfs = {'f': (0, lambda: x)}", "fs", "x"),
        ("x = 1\ng = (x for _ in ())", "g", "x"),
        ("def f(): return x", "f", ""),
        ("x = 1\ndef f(): return len(x)", "f", "x"),
        ("x = 1\ndef f(): return f()", "f", ""),
        ("x = 1\nfs = [None] * 51 + [lambda: x]", "fs", ""),
    ],
)  # fmt: skip
def test_what_a_function_would_read_is_found(source, name, found):
    tools = {
        "partial": functools.partial,
        "lru_cache": functools.lru_cache,
        "wraps": functools.wraps,
    }
    namespace = namespace_of(source, **tools)
    mine = closure_of([name], namespace) - {"wraps"}
    assert mine == {name, *found.split()}


def test_a_late_binding_counts_as_it_is_now():
    namespace = namespace_of("def f(): return helper()\ndef helper(): return x\nx = 1")
    assert closure_of(["f"], namespace) == {"f", "helper", "x"}


def test_functions_of_other_modules_are_left_alone():
    namespace = namespace_of("", loads=functools.cmp_to_key, x=1)
    other = namespace_of("def f(): return x")
    namespace["f"] = other["f"]
    assert closure_of(["f", "loads"], namespace) == {"f", "loads"}


def test_a_function_held_by_a_librarys_object_is_found():
    namespace = namespace_of("x = 1\nt = Thread(target=lambda: x)", Thread=threading.Thread)
    assert "x" in closure_of(["t"], namespace)


HOSTILE = """
class Bomb(BaseException): pass
def boom(*a, **k): raise Bomb
class Meta(type):
    __getattribute__ = __getattr__ = __iter__ = __len__ = __eq__ = __hash__ = __instancecheck__ = boom
class A(metaclass=Meta):
    __getattr__ = __len__ = __iter__ = __eq__ = __hash__ = __bool__ = __repr__ = boom
    __class__ = property(boom)
    __dict__ = property(boom)
    def __getattribute__(self, name): raise Bomb
class L(list):
    __iter__ = __len__ = __getitem__ = boom
class D(dict):
    __iter__ = __len__ = __getitem__ = values = keys = items = boom
a, l, d, cell = A(), L(), D(), lambda: 0
list.append(l, lambda: x)
dict.__setitem__(d, 1, lambda: y)
x = y = 1
"""


def test_objects_that_bite_are_not_touched():
    namespace = namespace_of(HOSTILE)
    assert {"x", "y"} <= closure_of(["a", "A", "l", "d", "Meta"], namespace)


def test_the_search_is_bounded():
    namespace = namespace_of(
        "fs = [[[[[i, j, k, l] for i in range(50)] for j in range(50)] for k in range(50)] for l in range(4)]"
    )
    assert closure_of(["fs"], namespace) == {"fs"}


def test_libraries_objects_are_searched_within_one_bound_for_a_whole_cell():
    names = [f"t{n}" for n in range(500)]
    source = "x = 1\n" + "\n".join(f"{name} = Thread(target=lambda: x)" for name in names)
    closures = Closures(namespace_of(source, Thread=threading.Thread))
    closures.of(names)
    assert closures.of(["t0"]) == {"t0", "x"}
    assert closures.of(["t499"]) == {"t499"}


def test_names_without_a_value_stay_names():
    assert closure_of(["nowhere", "q"], {"q": Fraction(1, 3)}) == {"nowhere", "q"}


def test_a_list_that_holds_itself_ends():
    namespace = namespace_of("x = []\nx.append(x)")
    assert closure_of(["x"], namespace) == {"x"}


def test_a_function_kept_with_a_table_is_found():
    namespace = namespace_of(
        "import pandas as pd\nt = pd.DataFrame()\nt.attrs['f'] = lambda: low\nlow = 1"
    )
    assert "low" in closure_of({"t"}, namespace)
