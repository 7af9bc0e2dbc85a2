"""What a model said of rows, and in which form it is compared with what is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF, WHOLE = 0.99, 1.01
"""Between which probabilities of one row sum up to one, single precision allowed for."""


class Predictions(NamedTuple):
    """What a model said of rows, one after the other."""

    outputs: NDArray[Any]
    """Labels or numbers, shape (rows,)."""
    scores: NDArray[Any] | None = None
    """Probabilities, shape (rows, classes); None where a model gives none."""
    classes: NDArray[Any] | None = None
    """The label of each column of `scores`, shape (classes,)."""

    def of(self, rows: NDArray[Any]) -> Predictions:
        """Return what was said of some rows."""
        scores = None if self.scores is None else self.scores[rows]
        return Predictions(self.outputs[rows], scores, self.classes)


def probabilities(said: Predictions) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return probabilities that sum up to one, and the label of each column.

    Raises:
        Misused: the model gives none
    """
    import numpy as np

    if said.scores is None or said.classes is None:
        raise Misused("the model gives no probabilities (predict_proba)")
    sums = said.scores.sum(axis=1)
    if said.scores.min() < 0 or not np.all((sums > HALF) & (sums < WHOLE)):
        raise Misused("what the model gives for classes are no probabilities")
    return said.scores / sums[:, None], said.classes


def columns_of(target: NDArray[Any], classes: NDArray[Any]) -> NDArray[Any]:
    """Return the column of each row's true class, shape (rows,).

    Raises:
        Misused: the model does not know one of them
    """
    import numpy as np

    truth, known = alike(target, classes)
    order = np.argsort(known, kind="stable")
    at = order[np.clip(np.searchsorted(known[order], truth), 0, len(known) - 1)]
    strange = known[at] != truth
    if strange.any():
        raise Misused(f"the model knows no class {str(truth[strange][0])[:60]!r}")
    return at


def alike(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return labels of one kind: numbers if all are numbers, or else texts."""
    if all(one.dtype.kind in "biuf" for one in arrays):
        return arrays
    return tuple(one.astype(str) for one in arrays)


def labels(truth: NDArray[Any], said: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return true and predicted labels of one kind.

    Raises:
        Misused: numbers were predicted that can be no labels, such as probabilities
    """
    import numpy as np

    if said.dtype.kind == "f" and truth.dtype.kind != "f" and np.any(said != np.rint(said)):
        raise Misused("the model predicts numbers with fractions, and the truth is labels")
    ours, theirs = alike(truth, said)
    return ours, theirs


def numbers(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return arrays as numbers.

    Raises:
        Misused: they are labels
    """
    import numpy as np

    if not all(one.dtype.kind in "biuf" for one in arrays):
        raise Misused("a measure of numbers, and these are labels")
    found = tuple(one.astype(float) for one in arrays)
    if not all(np.isfinite(one).all() for one in found):
        raise Misused("some of the numbers are missing or infinite")
    return found
