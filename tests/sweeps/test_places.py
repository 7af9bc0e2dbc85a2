"""Where params stand in cells, and from which cell on they matter."""

from __future__ import annotations

import pytest

from trackbook.errors import Misused
from trackbook.sweeps.places import bound_anew, fork_of, places_of, replaced

CELLS = [
    "import numpy as np",
    'lr = 0.1\ncfg = {"depth": 3, "w": dict(k=-1)}  # é\nseed = 3',
    "X = np.arange(10)",
    "def score():\n    return X.sum() * lr\n\ndef outer():\n    return score()",
    "Z = X * 2",
    "def late():\n    return outer()",
    "m = late()",
    'acc = m + cfg["depth"]',
]


def test_literals_are_replaced_where_they_stand() -> None:
    places = places_of(CELLS, ["lr", "cfg.depth", "cfg.w.k"])
    params = {"lr": -0.5, "cfg.depth": 'a"b\n', "cfg.w.k": float("inf")}
    made = replaced(CELLS, places, params)
    names: dict[str, object] = {}
    exec(made[1], names)
    assert (names["lr"], names["seed"]) == (-0.5, 3)
    assert names["cfg"] == {"depth": 'a"b\n', "w": {"k": float("inf")}}
    exec(bound_anew(CELLS, places, ["cfg.w.k"], params | {"cfg.w.k": 7}), names)
    assert names["cfg"] == {"depth": 'a"b\n', "w": {"k": 7}}
    assert [made[n] for n in range(8) if n != 1] == [CELLS[n] for n in range(8) if n != 1]


@pytest.mark.parametrize(
    ("name", "changed", "at"),
    [
        ("lr", {}, 6),  # through late, outer and score
        ("cfg.depth", {}, 7),
        ("seed", {}, 8),  # nothing uses it
        ("lr", {2: "X = np.arange(10) * lr"}, 2),
        ("lr", {2: "exec(open('x').read())"}, 2),
        ("lr", {2: "from somewhere import *"}, 2),
        ("lr", {4: "Z = df.query('a > @lr')"}, 4),
        ("lr", {4: "import __main__"}, 4),
        ("lr", {4: "@register\ndef g():\n    return lr"}, 4),
        ("lr", {4: "def g(a=lr): return a"}, 4),
        ("lr", {4: "class A:\n    def f(self):\n        return score()"}, 4),
        ("lr", {0: "def f(): return lr", 2: "X = f()"}, 2),
        ("lr", {0: "class A:\n    def f(self):\n        return lr"}, 1),
        ("lr", {1: "lr = 0.1\nrate = lr * 2"}, 1),
        ("lr", {4: "this is no Python"}, 4),
    ],
)
def test_cells_before_the_first_that_a_param_can_reach_are_shared(
    name, changed, at
) -> None:
    cells = [changed.get(n, cell) for n, cell in enumerate(CELLS)]
    fork = fork_of(cells, places_of(cells, [name]), latest=8)
    assert fork.at == at
    assert list(fork.late) == ([name] if at > 1 else [])


def test_nothing_is_shared_behind_the_opener_or_what_is_not_known() -> None:
    places = places_of(CELLS, ["cfg.depth"])
    assert fork_of(CELLS, places, latest=5).at == 5
    assert fork_of(CELLS, places, latest=8, unknown=[2]).at == 2


@pytest.mark.parametrize("name", ["nix", "X", "cfg.nix", "score", "cfg.w.k.more"])
def test_what_stands_nowhere_as_a_literal_is_refused(name) -> None:
    with pytest.raises(Misused, match=r"bound to no literal|no cell of the run binds"):
        places_of(CELLS, [name])
