"""What goes into a package besides the model, and what is known of one that was written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

METADATA = "model/metadata.json"
SCHEMA = "trackbook-model/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What stands in a package beside its model; all of it may be left out."""

    name: str = "model"
    code: Mapping[str, str] = field(default_factory=dict)
    """Texts by path inside `code/`: `train.py`, the cells in the order in which they ran,
    and local modules that the model needs."""
    data: Mapping[str, object] = field(default_factory=dict)
    """Fingerprints of the data it was trained on, by name: plain values."""
    validation: object = None
    """Results of the gates that let it through: plain values."""
    requirements: str = ""
    """A requirements.txt; empty for what the model's flavour needs, as installed here."""
    lock: str = ""
    conda: str = ""
    dockerfile: str = ""
    environment: Mapping[str, object] = field(default_factory=dict)
    hyperparameters: Mapping[str, object] = field(default_factory=dict)
    metrics: Mapping[str, object] = field(default_factory=dict)
    card: str = ""
    """A model card in Markdown; empty for a short one from what is known."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Further files by path inside the package: `lineage.json`, `model/preprocessor.skops`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package: a model's bytes and what is known of them."""

    package_digest: str
    """SHA-256 over the list of its files; 64 hex digits."""
    folder: Path
    weights_fp: str | None
    """Of what was learned; None where that cannot be told."""
    weights_fp_why: str
    object_fp: str | None
    """Of the object with its hyper-parameters; None where that cannot be told."""
    object_fp_why: str
    fp_algo: str
    flavour: str
    is_unsafe: bool
    signature: str
    """JSON; empty without an input example."""
    size_bytes: int
    file_count: int
    probe_count: int
    """Rows whose predictions are kept with it."""
    probe_why: str = ""
    """Why there are none."""


def metadata_of(text: str) -> dict[str, Any]:
    """Return a package's metadata.

    Raises:
        Damaged: they are of another form than this trackbook knows
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"the metadata of a package cannot be read: {error}") from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise Damaged(
            f"a package does not say {SCHEMA} in its metadata: a newer trackbook wrote it, or none"
        )
    return found
