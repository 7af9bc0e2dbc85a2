"""Values are read without running a line of the user's code."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.capture.reading import series_in
from trackbook.capture.run import brief, shown
from trackbook.capture.values import (
    MOST_PARTS,
    MOST_POINTS,
    is_configuration,
    number_of,
    params_in,
    series_of,
    text_of,
    whereabouts,
)

METHODS = """
    __eq__ __ne__ __lt__ __len__ __repr__ __str__ __format__ __array__ __float__ __int__
    __index__ __bool__ __hash__ __iter__ __next__ __getitem__ __contains__ __call__ __reduce__
    __reduce_ex__ __sizeof__ __dir__ __getattr__ __getattribute__ __array_interface__ __copy__
    __array_ufunc__ __array_function__ __torch_function__ __dlpack__ __fspath__ __length_hint__
    __neg__ __abs__ __round__ __instancecheck__ __subclasscheck__ __mro_entries__ __prepare__
""".split()
ATTRIBUTES = "item tolist dim ndim dtype size array shape numpy history values items keys get".split()


@pytest.fixture
def touched():
    """Names of the user's methods that were called."""
    return []


def hostile(touched, *bases, module="__main__", name="Hostile", metaclass=type):
    """Return a class whose every method tells that it was called, and raises."""

    def method(label):
        def called(*_args, **_kwargs):
            touched.append(label)
            raise RuntimeError(label)

        return called

    inside = {label: method(label) for label in METHODS}
    inside |= {label: property(method(label)) for label in (*ATTRIBUTES, "__class__")}
    inside["__dict__"] = property(method("__dict__"))
    inside |= {"__module__": module, "__qualname__": name}
    return metaclass(name, bases or (object,), inside)


def hostile_meta(touched):
    """Return a metaclass that answers every question about its classes itself."""

    def method(label):
        def called(*_args, **_kwargs):
            touched.append(f"meta {label}")
            raise RuntimeError(label)

        return called

    names = (
        "__eq__",
        "__hash__",
        "__instancecheck__",
        "__subclasscheck__",
        "__repr__",
        "__len__",
    )
    inside = {name: method(name) for name in names}
    asked = ("__module__", "__name__", "__mro__", "__dict__", "__bases__")
    inside |= {name: property(method(name)) for name in asked}
    return type("Meta", (type,), inside)


READERS = [
    pytest.param(number_of, id="number_of"),
    pytest.param(series_of, id="series_of"),
    pytest.param(lambda v: list(params_in("p", v)), id="params_in"),
    pytest.param(is_configuration, id="is_configuration"),
    pytest.param(whereabouts, id="whereabouts"),
    pytest.param(lambda v: series_in("losses", v), id="series_in"),
    pytest.param(text_of, id="text_of"),
    pytest.param(shown, id="shown"),
]
WRAPPED = [
    pytest.param(lambda v: v, id="bare"),
    pytest.param(lambda v: [v, v], id="in a list"),
    pytest.param(lambda v: (1.0, v), id="in a tuple"),
    pytest.param(lambda v: {"loss": v, "more": [v]}, id="in a dict"),
    pytest.param(lambda v: SimpleNamespace(loss=v), id="in a namespace"),
]
PRETENDED = [
    ("__main__", "Hostile"), ("numpy", "float64"), ("numpy", "ndarray"), ("numpy.fake", "F"),
    ("pandas", "Series"), ("pandas.core.series", "Series"), ("torch", "Tensor"),
    ("torch.nn.parameter", "Parameter"), ("argparse", "Namespace"), ("types", "SimpleNamespace"),
    ("omegaconf.dictconfig", "DictConfig"), ("keras.callbacks", "History"), ("builtins", "float"),
]  # fmt: skip


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize(("module", "name"), PRETENDED)
def test_no_method_of_a_foreign_object_is_called(touched, read, wrap, module, name):
    value = object.__new__(hostile(touched, module=module, name=name))
    read(wrap(value))
    assert touched == []


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("wrap", WRAPPED)
def test_no_method_of_a_foreign_metaclass_is_called(touched, read, wrap):
    value = object.__new__(hostile(touched, metaclass=hostile_meta(touched)))
    touched.clear()
    read(wrap(value))
    assert touched == []


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "base",
    [float, list, dict, tuple, set, np.ndarray, pd.Series, argparse.Namespace, np.float64],
)
def test_no_method_of_a_subclass_is_called(touched, read, base):
    value = base.__new__(hostile(touched, base), *([1] if base is np.ndarray else []))
    touched.clear()
    if read is not shown or base not in (float, np.float64):
        read([value])
        read(value)
    assert touched == []


def test_a_module_that_calls_itself_torch_is_not_believed(touched, monkeypatch):
    torch = ModuleType("torch")
    torch.Tensor = hostile(touched, module="torch", name="Tensor")
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert number_of(object.__new__(torch.Tensor)) is None
    assert touched == []


def test_a_type_whose_module_is_no_text_is_just_foreign(touched):
    class Plain:
        pass

    Plain.__module__ = object.__new__(hostile(touched))
    assert number_of(Plain()) is None
    assert whereabouts(Plain()).endswith("Plain")
    assert touched == []


def test_an_error_is_told_without_asking_it(touched):
    error = hostile(touched, Exception, name="Rude")
    made = Exception.__new__(error, "words")
    assert brief(made) == "Rude: words"
    assert touched == []


NUMBERS = [
    (0.5, 0.5), (3, 3.0), (np.float32(0.5), 0.5), (np.float64(0.5), 0.5), (np.int8(3), 3.0),
    (np.uint64(7), 7.0), (np.longdouble(2), 2.0), (np.array(0.5), 0.5), (np.array(2), 2.0),
    (True, None), (np.bool_(True), None), (1j, None), (np.complex128(1), None), ("1", None),
    (None, None), (10**400, None), (np.array([0.5]), None), (np.datetime64("2020"), None),
    (np.timedelta64(3), None), (np.array(True), None), (np.void(b"x"), None), (b"1", None),
    (np.str_("1"), None), (np.array("x"), None), (np.array(object()), None), (np.ma.masked, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "number"), NUMBERS, ids=range(len(NUMBERS)))
def test_real_scalars_are_numbers_and_nothing_else_is(value, number):
    assert number_of(value) == number


SERIES = [
    ([1.0, 2], [1.0, 2.0]), ((1, 2), [1.0, 2.0]), ([np.float32(1), 2], [1.0, 2.0]),
    (np.array([1, 2]), [1.0, 2.0]), (pd.Series([1.0, 2.0]), [1.0, 2.0]),
    (pd.Series([1, 2], dtype="Int64"), [1.0, 2.0]), ([], None), ([1.0, "x"], None),
    ([True, False], None), (np.ones((2, 2)), None), (pd.Series(["a"]), None),
    (pd.Series([1.0]).astype("category"), None),
    (np.array([], dtype=float), None), ([1.0, 10**400], None), (range(3), None),
    ([0.5] * (MOST_POINTS + 1), None), (np.ones(MOST_POINTS + 1), None),
    (pd.Series(np.ones(MOST_POINTS + 1)), None), (np.array([1.0, None]), None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "points"), SERIES, ids=range(len(SERIES)))
def test_one_dimension_of_numbers_is_a_series_and_nothing_else_is(value, points):
    assert series_of(value) == points


def test_a_gap_in_a_column_of_whole_numbers_is_not_a_number():
    points = series_of(pd.Series([1, None], dtype="Int64"))
    assert points[0] == 1.0
    assert math.isnan(points[1])


def test_a_history_that_holds_itself_has_an_end():
    history = {"loss": [1.0, 2.0]}
    history["again"] = history
    assert ("loss", [1.0, 2.0]) in series_in("history", history)


def test_a_configuration_that_holds_itself_has_an_end():
    config = {"lr": 0.1}
    config["again"] = config
    found = dict(params_in("cfg", config))
    assert found["cfg.lr"] == 0.1
    assert len(found) < 10


def test_a_configuration_of_lists_in_lists_is_looked_at_for_a_moment_only():
    config = [1, object()]
    for _ in range(4):
        config = {str(n): config for n in range(150)}
    assert len(list(params_in("cfg", config))) <= MOST_PARTS


def test_a_dataclass_is_taken_apart_without_its_properties(touched):
    @dataclass
    class Config:
        lr: float = 0.1
        _hidden: int = 1

        @property
        def costly(self):
            touched.append("costly")

        def __getattribute__(self, name):
            touched.append(name)
            return super().__getattribute__(name)

    made = Config()
    touched.clear()
    assert dict(params_in("cfg", made)) == {"cfg.lr": 0.1}
    assert touched == []


def test_a_dataclass_with_slots_is_taken_apart():
    @dataclass(slots=True)
    class Config:
        lr: float = 0.1

    assert dict(params_in("cfg", Config())) == {"cfg.lr": 0.1}


TEXTS = [
    ("x", "x"), (True, "True"), (None, "None"), (0.1, "0.1"), ([1, "a"], '[1, "a"]'),
    ({"a": {1: 2}}, '{"a": {"1": 2}}'), ({(1, 2): 3}, "{}"), ({1}, "[1]"),
    ([object()], '["<builtins.object>"]'), ("\ud800", "\\ud800"), (["\udfff"], '["\\udfff"]'),
    (1 << 20_000, '"<builtins.int>"'), ([math.inf], "[Infinity]"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=range(len(TEXTS)))
def test_every_value_has_a_text_that_can_be_written(value, text):
    assert text_of(value)[0] == text
    assert text_of(value)[0].encode()


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            LEAVES.filter(lambda key: not (type(key) is float and math.isnan(key))), inner
        )
    ),
)


@given(ANYTHING)
def test_whatever_is_chosen_can_be_read_and_written(value):
    for name, part in params_in("p", value):
        assert name.startswith("p")
        assert text_of(part)[0].encode() is not None
    series_in("losses", value)
    number_of(value)


def test_what_grows_in_another_thread_can_be_read():
    import threading

    growing, stop = {}, threading.Event()

    def grow():
        n = 0
        while not stop.is_set():
            growing[f"k{n % 40}"] = n
            growing.pop(f"k{(n + 20) % 40}", None)
            n += 1

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        for _ in range(300):
            list(params_in("cfg", growing))
            series_in("history", growing)
    finally:
        stop.set()
        thread.join()
