"""What stands in a package beside its model's file."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from trackbook.artifacts import inside
from trackbook.errors import Misused
from trackbook.fingerprint import FP_ALGO
from trackbook.packages import mlmodel
from trackbook.packages.card import card_of
from trackbook.packages.package import METADATA, SCHEMA
from trackbook.packages.probes import FILE as PROBES
from trackbook.packages.rows import picked

if TYPE_CHECKING:
    from trackbook.fingerprint import Fingerprint
    from trackbook.packages.flavours import Flavour
    from trackbook.packages.package import Contents
    from trackbook.packages.probes import Probes
    from trackbook.packages.shelf import Draft
    from trackbook.packages.signature import Signature

EXAMPLE_ROWS = 5
RESERVED = ("predict.py", "load_model.py", f"{mlmodel.LOADER}.py")
LOADERS = Path(__file__).parent / "loaders"
NO_CACHE = "__pycache__"
"""A file of this name stands where Python would put compiled code: so running a package from
where it lies adds nothing to it, and nothing that was put there is run."""


class Facts(NamedTuple):
    """What was found out of a model while its package was written."""

    flavour: Flavour
    kind: str
    weights: Fingerprint
    whole: Fingerprint
    signature: Signature | None
    probes: Probes


def fill(draft: Draft, facts: Facts, contents: Contents, example: Any) -> dict[str, Any]:
    """Write all that stands beside the model, and return the model's metadata."""
    put_code(draft, facts.flavour, contents)
    put_data(draft, facts, contents)
    text = None if example is None else mlmodel.example_text(picked(example, EXAMPLE_ROWS))
    put_mlmodel(draft, facts, contents, text, has_names=mlmodel.has_names(example))
    libraries = installed(facts.flavour)
    put_environment(draft, libraries, contents)
    for path, file in contents.files.items():
        draft.copy(path, file)
    return put_metadata(draft, facts, contents, libraries)


def put_code(draft: Draft, flavour: Flavour, contents: Contents) -> None:
    """Write what loads the model without trackbook, and the code that made it."""
    loader = Path(str(flavour.loader.__file__))  # type: ignore[attr-defined]  # it is a module
    own = {
        "predict.py": (LOADERS / "running.py").read_text(encoding="utf-8"),
        "load_model.py": loader.read_text(encoding="utf-8"),
        f"{mlmodel.LOADER}.py": (LOADERS / "shim.py").read_text(encoding="utf-8"),
    }
    taken = sorted(set(contents.code) & set(RESERVED))
    if taken:
        raise Misused(
            f"code/{taken[0]} is what a package brings to load its model: name yours otherwise"
        )
    texts = own | {inside(name): text for name, text in contents.code.items()}
    for name, text in texts.items():
        draft.text(f"code/{name}", text)
    for folder in sorted({PurePosixPath(f"code/{name}").parent for name in texts}):
        draft.text(f"{folder}/{NO_CACHE}", "")


def put_data(draft: Draft, facts: Facts, contents: Contents) -> None:
    """Write what is known of the data, the pinned predictions, and the run's numbers."""
    draft.text("data/train_data_hash.txt", hash_text(contents.data))
    draft.text("data/dataset.json", json_of(contents.data))
    if contents.validation is not None:
        draft.text("data/validation_results.json", json_of(contents.validation))
    if facts.probes.row_count:
        draft.bytes(PROBES, facts.probes.content)
    draft.text("experiments/hyperparameters.json", json_of(contents.hyperparameters))
    draft.text("experiments/metrics.json", json_of(contents.metrics))


def put_mlmodel(
    draft: Draft, facts: Facts, contents: Contents, text: str | None, *, has_names: bool
) -> None:
    """Write what MLflow reads, with the input example's text."""
    if text is not None:
        draft.text(mlmodel.EXAMPLE, text)
        draft.text(mlmodel.SERVING, mlmodel.serving_text(text))
    sizes = [size for path, size in draft.sizes.items() if path.startswith("model/")]
    about = {"name": contents.name, "flavour": facts.flavour.name, "by": "trackbook"}
    draft.text(
        "MLmodel",
        mlmodel.mlmodel_text(
            signature=facts.signature if has_names else None,
            example=text,
            size_bytes=sum(sizes),
            metadata=about,
        ),
    )


def put_environment(draft: Draft, libraries: dict[str, str], contents: Contents) -> None:
    """Write what the model needs to be loaded, in pip's, conda's and Docker's words."""
    requirements = contents.requirements or "".join(
        f"{name}=={found}\n" for name, found in libraries.items()
    )
    draft.text("requirements.txt", requirements)
    draft.text("environment/requirements.txt", requirements)
    conda = contents.conda or mlmodel.conda_text(requirements)
    draft.text("environment/conda.yml", conda)
    draft.text("conda.yaml", conda)
    draft.text("python_env.yaml", mlmodel.python_env_text())
    for name, text in (
        ("requirements.lock", contents.lock),
        ("Dockerfile", contents.dockerfile),
    ):
        if text:
            draft.text(f"environment/{name}", text)
    if contents.environment:
        draft.text("environment/environment.json", json_of(contents.environment))


def put_metadata(
    draft: Draft, facts: Facts, contents: Contents, libraries: dict[str, str]
) -> dict[str, Any]:
    """Write the model card and the metadata, and return these."""
    card = contents.card or card_of(
        contents, flavour=facts.flavour.name, kind=facts.kind, signature=facts.signature
    )
    draft.text("CARD.md", card)
    said: dict[str, Any] = {
        "schema": SCHEMA,
        "name": contents.name,
        "kind": facts.kind,
        "flavour": facts.flavour.name,
        "file": facts.flavour.file,
        "is_unsafe": facts.flavour.is_unsafe,
        "fp_algo": FP_ALGO,
        "weights_fp": facts.weights.digest,
        "weights_fp_why": facts.weights.why,
        "object_fp": facts.whole.digest,
        "object_fp_why": facts.whole.why,
        "signature": facts.signature.text() if facts.signature else "",
        "probe_count": facts.probes.row_count,
        "probe_why": facts.probes.why,
        "tolerance": facts.flavour.tolerance,
        "python": platform.python_version(),
        "libraries": libraries,
    }
    draft.text(METADATA, json_of(said))
    return said


def installed(flavour: Flavour) -> dict[str, str]:
    """Return the versions of what a flavour needs, as far as they are installed here."""
    found = {}
    for name in flavour.needs:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def hash_text(data: Any) -> str:
    """Return fingerprints of data as text: a line for each fact, under each name."""
    lines = []
    for name, facts in data.items():
        lines.append(json.dumps(str(name)))
        pairs = facts.items() if isinstance(facts, dict) else [("digest", facts)]
        lines += [
            f"  {json.dumps(str(key))}: {json.dumps(value, default=str)}"
            for key, value in pairs
        ]
    return "\n".join(lines or ["no data were named"]) + "\n"


def json_of(value: object) -> str:
    """Return plain values as JSON for the eye, in a steady order."""
    try:
        plain = msgspec.to_builtins(value, str_keys=True, enc_hook=plain_of)
        return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise Misused(f"a package takes plain values only: {error}") from None


def plain_of(value: Any) -> object:
    """Return numpy's numbers and arrays, and whatever else, as plain values."""
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
