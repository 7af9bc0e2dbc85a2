"""What versions say of the same rows, each in a fresh process of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError
from trackbook.gates.evaluation import features_for
from trackbook.gates.loading import MEMORY_MB, fault_of, load
from trackbook.statistics import Predictions

if TYPE_CHECKING:
    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate, Champion
    from trackbook.gates.evaluation import Evaluation, Rows


class Unmeasured(TrackbookError):
    """A version did not say of every row what it takes it for."""


def said_by(
    version: Candidate | Champion, bench: Bench, rows: Rows, asked: Evaluation
) -> Predictions:
    """Return what a version says of rows; it is asked once for all checks of a gate.

    It is loaded and asked as `load.clean_process` does it: verified, scanned, without
    network or secrets, with so much memory, until the check's time is over.

    Raises:
        Unmeasured: it was not loaded, or gave no usable answer
        Misused: the rows are not what it takes
    """
    key = ("said", version.package_digest, str(version.folder), rows.sha256, asked)
    return bench.once(key, lambda: answered(version, bench, rows, asked))


def answered(
    version: Candidate | Champion, bench: Bench, rows: Rows, asked: Evaluation
) -> Predictions:
    """Ask a version in a fresh process."""
    name = f"version {version.version}"
    if version.folder is None:
        raise Unmeasured(f"the package of {name} is not at hand: it cannot be asked")
    features = features_for(version, rows, asked)
    candidate = replace(
        bench.candidate, folder=version.folder, package_digest=version.package_digest
    )
    # With a memory of its own: what was found of one package says nothing of another.
    own = replace(bench, candidate=candidate, memory={})
    found = load(own, MEMORY_MB, rows=features)
    fault = fault_of(found)
    if fault is not None:
        raise Unmeasured(f"{name} could not be asked: {fault}")
    outputs = outputs_of(found.outputs, len(rows.table), name)
    return with_scores(outputs, found.scores, version.signature, rows.target)


def outputs_of(found: Any, count: int, name: str) -> Any:
    """Return one output per row, or say what came instead."""
    import numpy as np

    if found is None:
        raise Unmeasured(f"{name} predicted nothing that can be read")
    flat = found.ravel() if found.shape == (count, 1) else found
    if flat.shape != (count,):
        raise Unmeasured(
            f"{name} predicted {found.shape} for {count} rows: one each is needed"
        )
    if flat.dtype.kind not in "biufU":
        raise Unmeasured(f"{name} predicted {flat.dtype}, neither labels nor numbers")
    odd = int(np.sum(~np.isfinite(flat))) if flat.dtype.kind == "f" else 0
    if odd:
        raise Unmeasured(f"{name} predicted no number for {odd} of {count} rows")
    return flat


def with_scores(
    outputs: Any, scores: Any, signature: str | None, target: Any
) -> Predictions:
    """Return outputs together with scores, if these are one per class, and it is known which."""
    import numpy as np

    if (
        scores is None
        or scores.ndim != 2  # noqa: PLR2004  rows and classes
        or len(scores) != len(outputs)
        or scores.dtype.kind != "f"
        or not np.isfinite(scores).all()
    ):
        return Predictions(outputs)
    classes = labels_in(signature, outputs.dtype)
    if classes is None and outputs.dtype.kind == target.dtype.kind:
        classes = np.unique(np.concatenate([outputs, target]))
    if classes is None or len(classes) != scores.shape[1]:
        return Predictions(outputs)
    return Predictions(outputs, scores, classes)


def labels_in(signature: str | None, dtype: Any) -> Any:
    """Return the labels that a signature names, of the outputs' type; None without."""
    import numpy as np

    try:
        named = json.loads(signature or "{}").get("labels")
    except (ValueError, AttributeError, RecursionError):
        return None
    if not isinstance(named, list) or not named:
        return None
    texts = np.array([str(one) for one in named])
    if dtype.kind == "b":
        return texts == "True"
    try:
        return texts if dtype.kind == "U" else texts.astype(dtype)
    except ValueError:
        return None
