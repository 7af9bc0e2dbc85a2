"""Rows that are kept with a package, and whether it still gives what it gave for them."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Damaged
from trackbook.gates.package import MB, in_mb

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.gates.bench import Bench

FILE = "data/probe.npz"
LARGEST = 200 * MB


class Probes(NamedTuple):
    """Rows and what a model gave for them."""

    rows: Any
    outputs: Any
    """As one array."""


def probes_of(bench: Bench) -> Probes | None:
    """Return the rows kept with the package; None where there are none."""
    return bench.once("probes", lambda: found_by(bench))


def found_by(bench: Bench) -> Probes | None:
    """Read the rows: as the candidate says, or else as plain arrays."""
    read = bench.candidate.probes
    found = plain_probes(bench.folder) if read is None else read(bench.folder)
    if found is None:
        return None
    rows, outputs = found[0], as_array(found[1])
    return Probes(rows, outputs) if outputs.size else None


def plain_probes(folder: Path) -> tuple[Any, Any] | None:
    """Return the arrays `inputs` and `outputs` of a package; columns are `inputs.NAME`.

    Raises:
        Damaged: there is a file, and it cannot be read without executing or swelling
    """
    import numpy as np

    file = folder / FILE
    if not file.is_file():
        return None
    try:
        with zipfile.ZipFile(file) as inside:
            size = sum(one.file_size for one in inside.infolist())
        if size > LARGEST:
            raise Damaged(f"{FILE} holds arrays of {in_mb(size)}: keep fewer probes")
        with np.load(file, allow_pickle=False) as kept:
            arrays = dict(kept)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Damaged(f"{FILE} cannot be read: {error}") from error
    if "outputs" not in arrays:
        raise Damaged(f"{FILE} has no outputs: there are {', '.join(arrays) or 'none'}")
    if "inputs" in arrays:
        return arrays["inputs"], arrays["outputs"]
    start = "inputs."
    columns = {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}
    if not columns:
        raise Damaged(f"{FILE} has no inputs: there are {', '.join(arrays)}")
    import pandas as pd

    return pd.DataFrame(columns), arrays["outputs"]


def as_array(value: Any) -> Any:
    """Return predictions as one array, whatever library they are of."""
    import numpy as np

    whole = value.toarray() if hasattr(value, "toarray") else value
    found = np.asarray(whole.detach().cpu() if hasattr(whole, "detach") else whole)
    return found if found.dtype.kind in "biufcUS" else found.astype(str)


class Apart(NamedTuple):
    """How far outputs are from what they were."""

    largest: float | None
    words: str
    """Empty where they are the same."""


def difference(outputs: Any, wanted: Any, rtol: float, atol: float) -> Apart:
    """Return how far outputs are from what they were."""
    import numpy as np

    if outputs is None:
        return Apart(None, "it predicted nothing that can be read")
    if outputs.shape != wanted.shape:
        return Apart(None, f"it predicted {outputs.shape}, it was {wanted.shape}")
    if not (is_numeric(outputs) and is_numeric(wanted)):
        wrong = int(np.sum(outputs.astype(str) != wanted.astype(str)))
        said = f"{wrong} of {wanted.size} outputs are others" if wrong else ""
        return Apart(float(wrong), said)
    same = np.isclose(outputs, wanted, rtol=rtol, atol=atol, equal_nan=True)
    with np.errstate(all="ignore"):
        gaps = np.abs(outputs.astype(complex) - wanted.astype(complex))
    known = gaps[np.isfinite(gaps)]
    largest = float(known.max()) if known.size else 0.0
    wrong = int(np.sum(~same))
    far = f"{wrong} of {wanted.size} outputs differ, by up to {largest:.3g}"
    return Apart(largest, far if wrong else "")


def is_numeric(array: Any) -> bool:
    """Tell whether an array holds numbers."""
    return array.dtype.kind in "biufc"
