"""Two identities of a fitted model: of the object, and of what it learned alone.

Both are the same after a save and a load, in another process, under another hash seed, after
a prediction and with another number of threads; `content_of`, which must be quick, promises
less.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from trackbook.fingerprint.content import Walk
from trackbook.fingerprint.exact import EXACT
from trackbook.fingerprint.graph_file import Span
from trackbook.fingerprint.learned import Learned, learned_in
from trackbook.fingerprint.marks import place_of

FP_ALGO = "tb-fp/2"
"""Changes with whatever changes a fingerprint of the same model."""
TENSORS = {("torch", "Tensor"), ("torch.nn.parameter", "Parameter")}


class Fingerprint(NamedTuple):
    """An identity, or why there is none."""

    digest: str | None
    """64 hex digits."""
    why: str = ""


def object_fp_of(model: object) -> Fingerprint:
    """Return the identity of a model with its hyper-parameters, `n_jobs` and the like left out."""
    return walked(model, Walk(EXACT))


def weights_fp_of(model: object) -> Fingerprint:
    """Return the identity of what a model learned: arrays and numbers, by their names."""
    return weights_of(learned_in(model), Walk(EXACT))


def fingerprints_of(model: object) -> tuple[Fingerprint, Fingerprint]:
    """Return both identities, of the weights and of the object; each array is hashed once."""
    walk, learned = Walk(EXACT), learned_in(model)
    weights = weights_of(learned, walk)
    other = Walk(EXACT) if walk.why else beside(walk)  # what is missing is missing twice
    other.grown = learned.grown
    return weights, walked(model, other)


def weights_of(learned: Learned, walk: Walk) -> Fingerprint:
    """Return the identity of what a model learned, gone through by a walk."""
    if learned.why:
        return Fingerprint(None, learned.why)
    if not learned.leaves:
        return Fingerprint(None, "nothing learned was found in it: no array and no number")
    return walked(learned.leaves, walk)


def walked(value: object, walk: Walk) -> Fingerprint:
    """Return the identity of what is gone through."""
    walk.take(value)
    return Fingerprint(None, walk.why) if walk.why else Fingerprint(walk.hasher.hexdigest())


def beside(walk: Walk) -> Walk:
    """Return a walk that knows the arrays and tensors that another has seen.

    Nothing else: the digest of what holds itself depends on where it was entered.
    """
    found = Walk(EXACT)
    found.kept = [one for one in walk.kept if holds_nothing(one)]
    found.digests = {id(one): walk.digests[id(one)] for one in found.kept}
    return found


def holds_nothing(value: Any) -> bool:
    """Tell whether a value is some bytes, a tensor, or an array of numpy's without objects."""
    kind = type(value)
    of_numpy = getattr(sys.modules.get("numpy"), "ndarray", None)
    return (
        kind in (bytes, Span)
        or place_of(kind) in TENSORS
        or (kind is of_numpy and not value.dtype.hasobject)
    )
