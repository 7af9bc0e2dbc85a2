"""The front matter of a model card: what the Hugging Face hub reads of it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from trackbook.packages import yaml_of
from trackbook.papers.words import LIBRARIES, line_of

if TYPE_CHECKING:
    from trackbook.papers.dossier import Dossier

UNKNOWN = "unknown"
"""The hub's own word for a license that nobody told."""
NOT_NAMED = "not on record"
LICENSES = {
    "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause",
    "cc-by-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-sa-4.0", "cc0-1.0", "epl-2.0",
    "eupl-1.2", "gpl-2.0", "gpl-3.0", "isc", "lgpl-2.1", "lgpl-3.0", "mit", "mpl-2.0", "odbl",
    "openrail", "unknown", "unlicense", "wtfpl", "zlib",
}  # fmt: skip
"""Those that the hub knows by these words."""
ON_HUB = re.compile(
    r"(?:hf://|https://huggingface\.co/)datasets/"
    r"([A-Za-z0-9_][A-Za-z0-9_.-]{0,94}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,94})(?:[@/].*)?"
)
"""Where data lie that the hub can link to; a variable's name is no dataset of the hub's."""
PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
"""What the hub takes as the name of a dataset and of a license; it refuses a card with others."""
JUDGED = ("validation", "test")
LONGEST_TAG = 60


def front_of(dossier: Dossier) -> str:
    """Return the front matter: texts stand in quotes, so that none is read as YAML."""
    run, row = dossier.run, dossier.version
    said: dict[str, object] = dict(license_of(dossier))
    library = LIBRARIES.get(row.flavour)
    if library is not None:
        said["library_name"] = library
    said["tags"] = tags_of(dossier)
    found = [ON_HUB.fullmatch(one.data.location or "") for one in dossier.data]
    data = unique([one[1] for one in found if one is not None])
    if data:
        said["datasets"] = data
    if run is not None and run.metrics:
        said["metrics"] = [line_of(name) for name in sorted(run.metrics)]
        said["model-index"] = [{"name": line_of(row.name), "results": [results(dossier)]}]
    return f"---\n{yaml_of(said)}---\n"


def license_of(dossier: Dossier) -> dict[str, str]:
    """Return the license that a tag of the run tells, in the hub's words, or that none is known."""
    told = line_of(dossier.run.tags.get("license", "")) if dossier.run is not None else ""
    if not told:
        return {"license": UNKNOWN}
    if told.lower() in LICENSES:
        return {"license": told.lower()}
    named = {"license_name": told.lower()} if PLAIN_NAME.fullmatch(told.lower()) else {}
    return {"license": "other", **named}


def tags_of(dossier: Dossier) -> list[str]:
    """Return words by which it is found: its flavour, its state, the tags of its run."""
    row, run = dossier.version, dossier.run
    own = [] if run is None else [
        name if value == "true" else f"{name}:{value}"
        for name, value in sorted(run.tags.items())
        if name != "license"
    ]  # fmt: skip
    found = ["trackbook", row.flavour, row.state.lower(), *own]
    return unique([line_of(one)[:LONGEST_TAG] for one in found])


def results(dossier: Dossier) -> dict[str, object]:
    """Return what was measured, and on what as far as that is told; the hub takes numbers only."""
    metrics = dossier.run.metrics if dossier.run is not None else {}
    return {
        "task": {"type": task_of(dossier)},
        "dataset": judged_on(dossier),
        "metrics": [
            {"type": line_of(name), "name": line_of(name), "value": value}
            for name, value in sorted(metrics.items())
            if math.isfinite(value)
        ],
    }


def task_of(dossier: Dossier) -> str:
    """Return the task that the signature shows: labels of rows of a table; else other."""
    found = dossier.signature
    is_told = found is not None and found.form == "table" and found.labels
    return "tabular-classification" if is_told else "other"


def judged_on(dossier: Dossier) -> dict[str, str]:
    """Return the data that the run was judged on, where only one part can be meant."""
    sets = [one for one in dossier.data if one.role in JUDGED]
    if len({one.role for one in sets}) != 1:
        return {"type": UNKNOWN, "name": NOT_NAMED}
    name = ", ".join(unique([line_of(one.data.name) for one in sets]))
    return {"type": "local", "name": name, "split": sets[0].role}


def unique(values: list[str]) -> list[str]:
    """Return texts without those that came before, and none that is empty."""
    return [one for one in dict.fromkeys(values) if one]
