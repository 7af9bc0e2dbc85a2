"""Generators of random numbers that all code of a process shares: read, compared, seeded."""

from __future__ import annotations

import functools
import json
import random
import sys
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable

    P = ParamSpec("P")
    R = TypeVar("R")

Thrown = tuple[Any, ...]
"""The state of a generator of random numbers: numbers, a name, and arrays of numbers."""


WITH_DICE = ("numpy.random", "torch")
"""Modules that bring a generator of their own, thrown by no one yet when they arrive."""


def dice_now(arrived: str | None = None) -> dict[str, Thrown]:
    """Return the state of each shared generator of random numbers.

    `arrived` is a module whose import has just ended and is not marked as such yet.
    """
    found: dict[str, Thrown] = {"random": random.getstate()}
    numpy = imported("numpy.random", arrived)
    if numpy is not None:
        found["numpy"] = numpy.get_state()
    torch = imported("torch", arrived)
    if torch is not None and hasattr(torch, "default_generator"):
        found["torch"] = (torch.default_generator.get_state().numpy(),)
    return found


def imported(name: str, arrived: str | None) -> Any:
    """Return a module that is there as a whole; torch half imported crashes who asks it."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    halfway = getattr(spec, "_initializing", False) and name != arrived
    return None if halfway else module


def same_dice(a: Thrown, b: Thrown) -> bool:
    """Say whether two states of a generator are one."""
    if len(a) != len(b):
        return False
    # The position behind the numbers moves first: from the end a change shows soonest.
    for one, other in zip(reversed(a), reversed(b), strict=True):
        if one is not other and bytes_of(one) != bytes_of(other):
            return False
    return True


def bytes_of(part: Any) -> object:
    """Return an array as its bytes, and anything else as it is."""
    return part.tobytes() if hasattr(part, "tobytes") else part


def as_json(state: Thrown) -> str:
    """Return a generator's state as JSON: numbers only, so that reading it runs nothing."""
    plain = [p.tolist() if hasattr(p, "tolist") else p for p in state]
    return json.dumps(plain)


def seed_all(seed: int) -> dict[str, str]:
    """Seed every shared generator that is there; return what was done, or cannot be, of each.

    Libraries that are not imported yet are left alone: importing them takes seconds.
    """
    if type(seed) is not int or not 0 <= seed < 1 << 32:
        raise Misused(f"a seed is an integer from 0 to 4294967295, not {seed!r}")
    random.seed(seed)
    done = {"random": "seeded"}
    for name, plant in PLANTING.items():
        module = sys.modules.get(name)
        done[name] = (
            plant(module, seed) if module is not None else "not imported: not seeded"
        )
    done["hashes of texts"] = "set when Python starts: PYTHONHASHSEED=0"
    return done


def seeded(function: Callable[P, R], seed: int) -> Callable[P, R]:
    """Return a function that runs with seeded generators and leaves them as they were."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        before = dice_now()
        seed_all(seed)
        try:
            return function(*args, **kwargs)
        finally:
            for of, state in before.items():
                SETTERS[of](state)

    return call


def plant_numpy(numpy: Any, seed: int) -> str:
    """Seed numpy's global generator."""
    numpy.random.seed(seed)
    return "seeded; default_rng() takes a seed of its own"


def plant_torch(torch: Any, seed: int) -> str:
    """Seed torch on every device."""
    torch.manual_seed(seed)
    return "seeded; torch.use_deterministic_algorithms(True) makes its kernels exact"


def plant_tensorflow(tensorflow: Any, seed: int) -> str:
    """Seed TensorFlow's global generator."""
    tensorflow.random.set_seed(seed)
    return "seeded"


def plant_jax(_jax: Any, seed: int) -> str:
    """Say how JAX is seeded, which has no shared generator."""
    return f"has no shared generator: jax.random.key({seed})"


def set_numpy(state: Thrown) -> None:
    """Put numpy's global generator back."""
    sys.modules["numpy"].random.set_state(state)


def set_torch(state: Thrown) -> None:
    """Put torch's generator back."""
    torch: Any = sys.modules["torch"]
    torch.default_generator.set_state(torch.from_numpy(state[0]))


PLANTING: dict[str, Callable[[Any, int], str]] = {
    "numpy": plant_numpy,
    "torch": plant_torch,
    "tensorflow": plant_tensorflow,
    "jax": plant_jax,
}
SETTERS: dict[str, Callable[[Thrown], None]] = {
    "random": random.setstate,
    "numpy": set_numpy,
    "torch": set_torch,
}
