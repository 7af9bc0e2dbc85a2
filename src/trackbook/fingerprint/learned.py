"""What a model learned, without how it was asked to learn: arrays and numbers by their paths.

What a library adds to its classes from one release to the next is no part of it, nor are
hyper-parameters: a forest that was trained alike has the same under two releases.
"""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.fingerprint.attributes import attributes_of, members_of
from trackbook.fingerprint.forests import NODES, Grown, forest_in, is_same, stems_of
from trackbook.fingerprint.leaves import LEAVES
from trackbook.fingerprint.marks import DICT_OF, MRO_OF, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.fingerprint.forests import Forest

MOST_OBJECTS = 3_000_000
CONTAINERS = (list, tuple, set, frozenset)
PLAIN = (int, float, complex, str, bytes, bytearray)


def learned_in(model: object) -> Learned:
    """Return what a model learned; empty where nothing was found."""
    found = Learned()
    try:
        found.look("", model)
    except RecursionError:
        found.why = "it is nested too deep"
    return found


class Learned:
    """One model while it is gone through."""

    def __init__(self) -> None:
        self.leaves: dict[str, object] = {}
        """By path, `estimators_.0.tree_.threshold`."""
        self.why = ""
        """Why it is not everything; nothing where it is."""
        self.grown: dict[int, Grown] = {}
        """Forests, by the address of what holds their trees."""
        self._within: set[int] = set()
        self._count = 0
        self._kinds: dict[int, Kind] = {}

    def look(self, path: str, value: Any) -> None:
        """Find what an object learned, that is reached by a path."""
        kind = type(value)
        known = self.kind_of(value)
        self._count += 1
        if self._count > MOST_OBJECTS:
            self.why = "it holds too many objects"
        elif known.opener is not None:
            for name, leaf in known.opener(value).items():
                self.leaves[f"{path}.{name}"] = leaf
        elif known.is_array:
            self.array(path, value)
        elif id(value) not in self._within:
            self._within.add(id(value))
            if issubclass(kind, (dict, *CONTAINERS)):
                self.contents(path, value)
            elif not issubclass(kind, (type, types.FunctionType, types.ModuleType)):
                self.attributes(path, value)
            self._within.discard(id(value))

    def kind_of(self, value: Any) -> Kind:
        """Return what is to be known of an object's class."""
        kind = type(value)
        known = self._kinds.get(id(kind))
        if known is None:
            known = self._kinds[id(kind)] = Kind.of(kind)
        return known

    def array(self, path: str, value: Any) -> None:
        if value.dtype.hasobject and not value.dtype.names:
            forest = forest_in(value)
            if forest is not None:
                self.forest(path, forest, value)
            else:
                self.contents(path, value.ravel().tolist())
        else:
            self.leaves[path] = value

    def contents(self, path: str, value: Any) -> None:
        """Look at what is in a container: numbers and texts in it count."""
        forest = forest_in(value) if isinstance(value, list) else None
        if forest is not None:
            self.forest(path, forest, value)
            return
        if isinstance(value, dict):
            pairs = [(text_of(key), item) for key, item in dict.items(value)]
        elif isinstance(value, set | frozenset):
            self.leaves[path] = value
            return
        else:
            pairs = [(str(at), item) for at, item in enumerate(value)]
        pairs = [(name, plain_of(item)) for name, item in pairs]
        if all(isinstance(item, PLAIN) or item is None for _, item in pairs):
            # One leaf and not thousands: a vocabulary, the names of classes.
            self.leaves |= {path: dict(pairs)} if pairs else {}
            return
        for name, item in pairs:
            if isinstance(item, PLAIN):
                self.leaves[f"{path}.{name}"] = item
            else:
                self.look(f"{path}.{name}", item)

    def forest(self, path: str, forest: Forest, holder: object) -> None:
        """Look at trees: their nodes, and what else the first of them learned.

        Of the others, what they learned otherwise than the first.
        """
        stems = stems_of(forest)
        self.grown[id(holder)] = Grown(holder, forest, stems)
        self.leaves[f"{path}.tree_"] = stems.learned()
        first: dict[str, object] = {}
        for at, tree in enumerate(forest.trees[:1] if forest.is_alike else forest.trees):
            whole, self.leaves = self.leaves, {}
            self.attributes("", tree, but=NODES)
            found, self.leaves = self.leaves, whole
            first = first or found
            self.leaves |= {
                f"{path}.{at}{name}": leaf
                for name, leaf in found.items()
                if found is first or not is_same(leaf, first.get(name))
            }

    def attributes(self, path: str, value: Any, *, but: str = "") -> None:
        """Look at an object's attributes, hyper-parameters left out."""
        known = self.kind_of(value)
        for name, item in sorted((attributes_of(value, known.members) or {}).items()):
            if is_about_training(name) or name == but:
                continue
            if name in known.given:
                self.parts(f"{path}.{name}", item)
            elif is_number(item):
                if name not in known.scalars:
                    self.leaves[f"{path}.{name}"] = plain_of(item)
            elif item is not None and not isinstance(item, PLAIN) and item is not value:
                self.look(f"{path}.{name}", item)

    def parts(self, path: str, value: Any) -> None:
        """Look at the estimators in a hyper-parameter: the steps of a pipeline."""
        if isinstance(value, list | tuple):
            for at, item in enumerate(value):
                self.parts(f"{path}.{at}", item)
        elif self.kind_of(value).is_estimator:
            self.look(path, value)


class Kind(NamedTuple):
    """What is to be known of a class, once for all of its objects."""

    kind: type
    """Kept, that no other gets its address."""
    opener: Callable[[Any], dict[str, object]] | None
    is_array: bool
    is_estimator: bool
    given: frozenset[str]
    scalars: frozenset[str]
    members: list[tuple[str, Any]]

    @classmethod
    def of(cls, kind: type) -> Kind:
        """Return it."""
        module, name = place_of(kind)
        opener = LEAVES.get((module.partition(".")[0], name)) if is_genuine(kind) else None
        given, scalars = hyper_parameters_of(kind)
        has_params = "get_params" in names_in(kind)
        return cls(
            kind, opener, is_array(kind), has_params, given, scalars, members_of(kind)
        )


def names_in(kind: type) -> set[str]:
    """Return the names that a class and its bases define."""
    return {name for base in MRO_OF(kind) for name in DICT_OF(base)}


def is_genuine(kind: type) -> bool:
    """Tell whether a class is the one that its module has by that name."""
    module, name = place_of(kind)
    return getattr(sys.modules.get(module), name, None) is kind


def hyper_parameters_of(kind: type) -> tuple[frozenset[str], frozenset[str]]:
    """Return the attributes that are no learning, and those that are none if they are numbers.

    By scikit-learn's convention, what an estimator's constructor takes; of other classes,
    numbers that the constructor takes, unless it takes the whole object (a dataclass).
    """
    inside = names_in(kind)
    taken: frozenset[str] = frozenset()
    for base in MRO_OF(kind):
        made = DICT_OF(base).get("__init__")
        if type(made) is types.FunctionType:
            code = made.__code__
            count = code.co_argcount + code.co_kwonlyargcount
            taken |= frozenset(code.co_varnames[:count])
            if "get_params" not in inside:
                break
    if "get_params" in inside:
        return taken | BOOKKEEPING, frozenset()
    return BOOKKEEPING, frozenset() if "__dataclass_fields__" in inside else taken


BOOKKEEPING = frozenset({
    "feature_names_in_", "feature_names_in", "cv_results_", "evals_result_", "best_params_",
    "kwargs", "_other_params", "_param_names", "_random_state", "random_state_", "rng_", "rng",
    "_rng", "optimizer", "train_score_", "validation_score_", "loss_curve_", "oob_score_",
    "oob_improvement_", "training",
    "_metadata_request", "_estimator_type", "best_score_", "scorer_", "estimators_samples_",
})  # fmt: skip
"""What is kept beside: names of columns, curves, scores, dice, what a search tried."""


def is_about_training(name: str) -> bool:
    """Tell whether an attribute says how the training went, not what came of it."""
    return name.rstrip("_").endswith(("_time", "_duration", "_hooks")) or name.startswith(
        "__"
    )


def is_number(value: Any) -> bool:
    """Tell whether a value is a real number that may have been learned; counts are none."""
    return isinstance(value, float) or any(
        place_of(base) == ("numpy", "floating") for base in MRO_OF(type(value))
    )


def is_array(kind: type) -> bool:
    """Tell whether a type is numpy's array or one made of it."""
    return any(place_of(base) == ("numpy", "ndarray") for base in MRO_OF(kind))


def plain_of(value: Any) -> Any:
    """Return one of numpy's numbers as Python's; anything else as it is."""
    return value.item() if is_scalar(type(value)) else value


def is_scalar(kind: type) -> bool:
    """Tell whether a type is one of numpy's numbers."""
    return any(place_of(base) == ("numpy", "generic") for base in MRO_OF(kind))


def text_of(key: object) -> str:
    """Return a key as part of a path."""
    return key if isinstance(key, str) else f"{type(key).__name__}:{key!r}"
