"""Writing a model as a package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import Damaged, Misused
from trackbook.fingerprint import GraphFile, fingerprints_of
from trackbook.packages.fill import Facts, fill
from trackbook.packages.flavour_graph import graph_of, session_of
from trackbook.packages.flavour_torch import Torch
from trackbook.packages.flavours import flavour_named, flavour_of, loaded_from, own_flavours
from trackbook.packages.package import Contents, Package
from trackbook.packages.probes import Probes, agreement, probes_of
from trackbook.packages.rows import picked
from trackbook.packages.shelf import Shelf
from trackbook.packages.signature import signature_of

if TYPE_CHECKING:
    from trackbook.packages.flavours import Flavour
    from trackbook.packages.shelf import Draft
    from trackbook.packages.signature import Signature

ASKED_ROWS = 100
"""Of the example, to see what the model gives."""


def write(
    model: object,
    folder: Path,
    *,
    contents: Contents | None = None,
    example: Any = None,
    probes: Any = None,
    flavour: str | None = None,
    unsafe_pickle: bool = False,
) -> Package:
    """Write a model into `folder/packages`, in a folder named by its digest, and return it.

    It appears there whole or not at all; the same model with the same contents is the same
    package, and is written once.

    Args:
        model: a fitted model; or the path of a model's file, as its own library wrote it
        folder: where packages lie, `.trackbook` of a project
        contents: what stands beside the model
        example: rows that the model is called with: its signature is told by them, and the
            first five go into the package
        probes: rows, up to 256 of which are kept with the model's predictions, 64 where it has
            32 MB or more; else of example
        flavour: in what format it is kept; unless given, the first that knows the model
        unsafe_pickle: keep it by pickle, which executes code where it is loaded

    Raises:
        Refused: no safe format keeps the model
        Damaged: what was written does not predict what the model does
    """
    beside = contents or Contents()
    with Shelf(folder).draft() as draft:
        chosen, fitted = put_model(draft, model, flavour, unsafe_pickle=unsafe_pickle)
        rows = example if probes is None else probes
        facts = facts_of(draft, chosen, fitted, example, rows)
        proves = fitted is model and facts.probes.row_count > 0
        loaded = reloaded(draft, chosen, model) if proves else None
        said = fill(draft, facts, beside, example)
        if proves:
            prove(draft, chosen, loaded)
        digest, place = draft.publish()
        entries = draft.entries
    return package_of(digest, place, said, entries)


def put_model(
    draft: Draft, model: object, flavour: str | None, *, unsafe_pickle: bool
) -> tuple[Flavour, object]:
    """Write the model's file, and return its flavour and the model."""
    home = draft.folder / "model"
    if not isinstance(model, Path):
        chosen = flavour_of(model, name=flavour, unsafe_pickle=unsafe_pickle)
        home.mkdir()
        chosen.save(model, home)
        draft.adopt("model")
        return chosen, graph_of(home / chosen.file) if chosen.name == "onnx" else model
    chosen = flavour_named(flavour) if flavour else flavour_of_file(model)
    if chosen.is_unsafe:
        raise Misused(
            f"{model.name!r} is a pickle: load it yourself, if you trust it, and give the model"
        )
    draft.copy(f"model/{chosen.file}", model)
    if chosen.name == "xgboost":
        draft.text("model/wrapper.json", json.dumps({"class": "Booster"}))
    if chosen.name == "onnx":
        return chosen, graph_of(home / chosen.file)
    return chosen, chosen.loader.load(home_of(draft))


def flavour_of_file(file: Path) -> Flavour:
    """Return the flavour of a model's file, by its ending."""
    endings = {Path(one.file).suffix: one for one in own_flavours().values()}
    endings[".json"] = endings[".ubj"]
    if file.suffix not in endings:
        raise Misused(
            f"{file.name!r} is no model's file that is known:"
            f" {', '.join(sorted(endings))}; give the model itself, or flavour="
        )
    return endings[file.suffix]


def facts_of(
    draft: Draft, flavour: Flavour, model: object, example: Any, rows: Any
) -> Facts:
    """Return a model's identities, signature and pinned predictions."""
    if isinstance(model, GraphFile):
        # A graph cannot be asked; what was written of it can, and is proved by that.
        finding = draft.beside.submit(fingerprints_of, model)
        asked = None if rows is None else session_of(model, home_of(draft))
        signature, pinned = answers(draft, flavour, asked, example, rows)
        weights, whole = finding.result()
        kind = type(model.model)
    else:
        signature, pinned = answers(draft, flavour, model, example, rows)
        # Not beside: where a model is many objects, two threads take longer than one for both.
        weights, whole = fingerprints_of(model)
        kind = type(model)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return Facts(flavour, name, weights, whole, signature, pinned)


def answers(
    draft: Draft, flavour: Flavour, asked: object, example: Any, rows: Any
) -> tuple[Signature | None, Probes]:
    """Return what a model says to an example, as a signature, and to the rows to be pinned."""
    signature, pinned = None, Probes(b"", 0, "no rows were given")
    if example is not None:
        few = picked(example, ASKED_ROWS)
        signature = signature_of(example, flavour.loader.predict(asked, few), model=asked)
    if rows is not None:
        pinned = probes_of(flavour, asked, rows, size_bytes=sum(draft.sizes.values()))
    return signature, pinned


def home_of(draft: Draft) -> str:
    """Return the folder of the model's file."""
    return str(draft.folder / "model")


def reloaded(draft: Draft, flavour: Flavour, model: object) -> object:
    """Return the model as it was written."""
    build = flavour.builder_of(model) if isinstance(flavour, Torch) else None
    return loaded_from(flavour, home_of(draft), build)


def prove(draft: Draft, flavour: Flavour, loaded: object) -> None:
    """Ask the model as it was written for the pinned predictions."""
    found = agreement(flavour, loaded, draft.folder)
    if not found.holds:
        raise Damaged(
            f"as {flavour.name}, the model predicts otherwise than in memory: {found.words};"
            " nothing was written: keep it in another format (flavour=), or without probes"
        )


def package_of(digest: str, place: Path, said: dict[str, Any], entries: Any) -> Package:
    """Return a package by its metadata and its files."""
    known = ("weights_fp", "weights_fp_why", "object_fp", "object_fp_why", "fp_algo", "flavour",
             "is_unsafe", "signature", "probe_count", "probe_why")  # fmt: skip
    return Package(
        package_digest=digest,
        folder=place,
        size_bytes=sum(entry.size_bytes for entry in entries),
        file_count=len(entries) + 1,
        **{name: said[name] for name in known},
    )
