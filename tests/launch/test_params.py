"""Values of params, typed and checked."""

from __future__ import annotations

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch import Typed
from trackbook.launch.params import Declared, checked, valued


def value(kind: str, given: object, folder=None, **more):
    return valued(Declared(name="p", type=kind, **more), given, folder)


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("int", Typed("3"), 3),
        ("int", 3.0, 3),
        ("float", Typed("1e-3"), 1e-3),
        ("float", 1, 1.0),
        ("number", Typed("3"), 3),
        ("number", Typed("0.5"), 0.5),
        ("bool", Typed("yes"), True),
        ("bool", Typed("0"), False),
        ("string", Typed("3"), "3"),
        ("uri", Typed("s3://bucket/key"), "s3://bucket/key"),
        ("list", Typed("[1, 2]"), [1, 2]),
        ("list", (1, 2), [1, 2]),
        ("dict", Typed('{"a": 1}'), {"a": 1}),
        ("any", Typed("3"), 3),
        ("any", Typed("None"), None),
        ("any", Typed("true"), True),
        ("any", Typed("[1]"), [1]),
        ("any", Typed("x=1"), "x=1"),
        ("any", "3", "3"),
    ],
)
def test_a_value_gets_its_type(kind, given, found) -> None:
    made = value(kind, given)
    assert made == found and type(made) is type(found)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("int", Typed("0.5")),
        ("int", True),
        ("int", "3"),
        ("float", Typed("fast")),
        ("float", None),
        ("bool", Typed("maybe")),
        ("bool", 1),
        ("string", 3),
        ("list", Typed("{}")),
        ("dict", Typed("[]")),
        ("uri", Typed("no-scheme")),
        ("string", "a\0b"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(kind, given) -> None:
    with pytest.raises(Misused, match="param 'p' "):
        value(kind, given, is_required=True)


def test_a_path_is_made_whole_and_must_be_there(tmp_path) -> None:
    (tmp_path / "a b.csv").touch()
    assert value("path", Typed("a b.csv"), tmp_path) == str(tmp_path / "a b.csv")
    assert value("path", tmp_path / "a b.csv", tmp_path) == str(tmp_path / "a b.csv")
    with pytest.raises(NotFound, match=r"no file or folder 'c\.csv'"):
        value("path", Typed("c.csv"), tmp_path)
    with pytest.raises(Misused, match="nothing is fetched"):
        value("path", Typed("https://example.org/c.csv"), tmp_path)


def test_what_is_missing_or_unknown_is_named(tmp_path) -> None:
    declared = [Declared(name="alpha", is_required=True), Declared(name="beta", default=2)]
    assert checked(declared, {"alpha": 1}, of="it", folder=tmp_path) == {
        "alpha": 1,
        "beta": 2,
    }
    with pytest.raises(Misused, match="it needs alpha: give -P alpha=VALUE"):
        checked(declared, {}, of="it", folder=tmp_path)
    with pytest.raises(NotFound, match=r"did you mean 'beta'\? \(it takes alpha, beta\)"):
        checked(declared, {"alpha": 1, "betta": 1}, of="it", folder=tmp_path)
    found = checked(declared, {"alpha": 1, "c": 3}, of="it", folder=tmp_path, is_open=True)
    assert found == {"alpha": 1, "beta": 2, "c": 3}


def test_numbers_that_a_search_drew_are_plain_numbers() -> None:
    import numpy as np

    for kind, given in (
        ("any", np.int64(3)),
        ("int", np.int64(3)),
        ("number", np.int32(3)),
    ):
        found = value(kind, given)
        assert found == 3 and type(found) is int
    assert type(value("any", np.float32(0.5))) is float
    assert value("bool", np.bool_(True)) is True
