"""Predictions that are pinned with a model, to tell whether it behaves the same elsewhere."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import NotFound
from trackbook.packages.rows import Unstorable, count_of, packed, picked, unpacked

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from trackbook.packages.flavours import Flavour

FILE = "data/probe.npz"
MOST_ROWS, FEWEST_ROWS = 256, 32
LARGE_BYTES = 32 << 20
"""Of a model, from which on fewer rows are pinned."""
OUTPUTS, SCORES = "outputs", "scores"


class Probes(NamedTuple):
    """Rows and what a model gave for them."""

    content: bytes
    """As .npz, without pickle: the same bytes for the same rows. Empty without any."""
    row_count: int
    why: str = ""
    """Why there are none."""
    outputs: Any = None
    """What was predicted, as the model gave it."""


class Agreement(NamedTuple):
    """Whether a model predicts what is pinned with it."""

    holds: bool
    words: str
    largest: float = 0.0
    """Largest difference of a number to the pinned one, relative to its size."""


def probes_of(
    flavour: Flavour, model: object, rows: object, *, size_bytes: int = 0
) -> Probes:
    """Return some of the rows, evenly from first to last, with the model's predictions.

    Up to 256; of a model with many bytes up to 32: for each row all of it may be gone through.
    """
    import numpy as np

    few = picked(rows, MOST_ROWS if size_bytes < LARGE_BYTES else FEWEST_ROWS)
    found = asked(flavour, model, few)
    try:
        arrays = packed(few)
        for name, value in found.items():
            arrays |= {f"{name}.{key}": array for key, array in packed(value).items()}
    except Unstorable as error:
        why = f"rows that hold {error} cannot be pinned"
        return Probes(b"", 0, why, found[OUTPUTS])
    out = io.BytesIO()
    np.savez(out, **dict(sorted(arrays.items())))  # type: ignore[arg-type]  # names are ours
    return Probes(out.getvalue(), count_of(few), outputs=found[OUTPUTS])


def asked(
    flavour: Flavour, model: object, rows: object, *, scores: bool = True
) -> dict[str, Any]:
    """Return what a model gives for rows, its scores too where these are asked for."""
    ask = getattr(flavour.loader, "both", None)
    if not scores:
        return {OUTPUTS: flavour.loader.predict(model, rows)}
    if ask is None:
        outputs, extra = (
            flavour.loader.predict(model, rows),
            flavour.loader.scores(model, rows),
        )
    else:
        outputs, extra = ask(model, rows)
    return {OUTPUTS: outputs} | ({} if extra is None else {SCORES: extra})


def agreement(
    flavour: Flavour, model: object, folder: Path, *, tolerance: float | None = None
) -> Agreement:
    """Return whether a loaded model predicts what is pinned in its package's folder.

    Numbers may be apart by the flavour's tolerance, relative to their size; labels may not.

    Raises:
        NotFound: nothing is pinned there
    """
    file = folder / FILE
    if not file.is_file():
        raise NotFound(f"no predictions are pinned in {str(folder)!r}: give probe rows")
    with file.open("rb") as content:
        return agreement_with(content, flavour, model, tolerance or flavour.tolerance)


def agreement_with(
    content: BinaryIO, flavour: Flavour, model: object, tolerance: float
) -> Agreement:
    """Return whether a loaded model predicts what a file of pinned predictions holds."""
    import numpy as np

    with np.load(content, allow_pickle=False) as kept:
        arrays = dict(kept)
    rows = unpacked(part_of(arrays, ""))
    largest = 0.0
    kept = {name: part_of(arrays, f"{name}.") for name in (OUTPUTS, SCORES)}
    found = asked(flavour, model, rows, scores=bool(kept[SCORES]))
    for name, expected in kept.items():
        if not expected:
            continue
        words, apart = compared(unpacked(expected), found.get(name), tolerance)
        largest = max(largest, apart)
        if words:
            return Agreement(False, f"{name}: {words}", largest)
    return Agreement(True, f"{count_of(rows)} pinned predictions hold", largest)


def pinned(folder: Path) -> tuple[Any, Any] | None:
    """Return the rows that are pinned in a package's folder and what was predicted for them.

    None where nothing is pinned. The model is not asked.
    """
    import numpy as np

    file = folder / FILE
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as kept:
        arrays = dict(kept)
    return unpacked(part_of(arrays, "")), unpacked(part_of(arrays, f"{OUTPUTS}."))


def part_of(arrays: dict[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    """Return the arrays under a prefix; with none, those of the rows."""
    if prefix:
        return {
            name.removeprefix(prefix): one
            for name, one in arrays.items()
            if name.startswith(prefix)
        }
    others = (f"{OUTPUTS}.", f"{SCORES}.")
    return {name: one for name, one in arrays.items() if not name.startswith(others)}


def compared(expected: Any, found: Any, tolerance: float) -> tuple[str, float]:
    """Return what is different in predictions, nothing if they agree, and how far at most."""
    import numpy as np

    before, after = as_array(expected), as_array(found)
    if np.array_equal(before, after):
        return "", 0.0
    if before.shape != after.shape:
        return f"the shape was {before.shape} and is {after.shape}", float("inf")
    if not {before.dtype.kind, after.dtype.kind} <= set("fc"):
        apart = int((before != after).sum())
        return (f"{apart} of {before.size} are others" if apart else ""), float(apart > 0)
    if not before.size:
        return "", 0.0
    finite = np.abs(before[np.isfinite(before)])
    usual = finite.mean() if finite.size else 0.0
    # A number near zero among large ones is judged by theirs: it is a rounding of theirs.
    scale = np.maximum(np.abs(before), usual or 1.0)
    with np.errstate(invalid="ignore"):
        gaps = np.abs(after - before) / scale
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    gaps = np.where(same, 0.0, np.where(np.isnan(gaps), np.inf, gaps))
    worst = float(gaps.max())
    if worst <= tolerance:
        return "", worst
    count = int((gaps > tolerance).sum())
    return f"{count} of {before.size} are apart by up to {worst:.2g} of their size", worst


def as_array(value: Any) -> NDArray[Any]:
    """Return predictions as one array."""
    import numpy as np

    whole = value.toarray() if hasattr(value, "toarray") else value
    found = np.asarray(whole.detach().cpu() if hasattr(whole, "detach") else whole)
    return found.astype("U") if found.dtype.kind in "OT" else found
