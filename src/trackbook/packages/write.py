"""Writing a model as a package."""

from __future__ import annotations

import json
from contextlib import contextmanager, nullcontext
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Damaged, Misused, TrackbookError
from trackbook.fingerprint import GraphFile, fingerprints_of
from trackbook.packages.cores import one_core_left
from trackbook.packages.fill import Facts, fill
from trackbook.packages.flavour_graph import graph_of, session_of
from trackbook.packages.flavours import flavour_named, flavour_of, loaded_from, own_flavours
from trackbook.packages.package import Contents, Package
from trackbook.packages.probes import Probes, agreement_with, probes_of
from trackbook.packages.rows import picked
from trackbook.packages.shelf import Shelf
from trackbook.packages.signature import signature_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from trackbook.packages.flavours import Flavour
    from trackbook.packages.reread import Saving
    from trackbook.packages.shelf import Draft
    from trackbook.packages.signature import Signature

ASKED_ROWS = 100
"""Of the example, to see what the model gives."""
MOST_SAID = 300
"""Letters of what a model's own error says."""


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
        probes: rows, up to 256 of which are kept with the model's predictions, 32 where it has
            32 MB or more; else of example
        flavour: in what format it is kept; unless given, the first that knows the model
        unsafe_pickle: keep it by pickle, which executes code where it is loaded

    Raises:
        Refused: no safe format keeps the model
        Damaged: what was written does not predict what the model does
    """
    beside = contents or Contents()
    with Shelf(folder).draft() as draft:
        put = put_model(draft, model, flavour, unsafe_pickle=unsafe_pickle)
        rows = example if probes is None else probes
        with one_core_left(put.flavour.name) if put.saving else nullcontext():
            said = filled(draft, put, model, beside, example, rows)
        del put  # it may hold the file
        digest, place = draft.publish()
        entries = draft.entries
    return package_of(digest, place, said, entries)


def filled(
    draft: Draft, put: Put, model: object, contents: Contents, example: Any, rows: Any
) -> dict[str, Any]:
    """Ask and identify a model, prove its file, write what stands beside, return its metadata."""
    if isinstance(put.model, GraphFile):
        # A graph cannot be asked; what was written of it can, and is proved by that.
        finding = draft.beside.submit(fingerprints_of, put.model)
        put.wait()
        put.enter(draft)
        asked = None if rows is None else session_in(draft, put.model, put)
        signature, pinned = answers(draft, put, asked, example, rows)
        identities = finding.result()
        kind = type(put.model.model)
    else:
        signature, pinned = answers(draft, put, put.model, example, rows)
        # Not beside: where a model is many objects, two threads take longer than one for both.
        identities = fingerprints_of(put.model)
        written(draft, put, pinned if put.model is model else None)
        kind = type(put.model)
    name = f"{kind.__module__}.{kind.__qualname__}"
    facts = Facts(put.flavour, name, *identities, signature, pinned)
    return fill(draft, facts, contents, example)


def written(draft: Draft, put: Put, pinned: Probes | None) -> None:
    """Enter a model's file once it is written, and ask it for pinned predictions."""
    put.wait()
    if put.saving is not None and put.saving.is_quiet:
        put.enter(draft)
    if pinned is None or not pinned.row_count:
        put.enter(draft)
        return
    # Before the disk is asked to make it safe: that holds up whoever writes a file.
    loaded = put.read_back(draft)
    put.enter(draft)
    prove(put.flavour, loaded, pinned)


class Put(NamedTuple):
    """A model whose file is written, or of which the arrays are being written beside."""

    flavour: Flavour
    model: object
    """Itself; of a graph what can be told of its file."""
    saving: Saving | None = None
    written: Future[None] | None = None

    def size_bytes(self, draft: Draft) -> int:
        """Return how many bytes the model has, about."""
        return self.saving.size_bytes if self.saving else sum(draft.sizes.values())

    def wait(self) -> None:
        """Wait until all of it is written."""
        if self.written is not None:
            self.written.result()

    def enter(self, draft: Draft) -> None:
        """Enter what was written beside."""
        if self.written is not None:
            draft.adopt("model")

    def read_back(self, draft: Draft) -> object:
        """Return the model as it was written."""
        if self.saving is not None:
            return self.saving.reread()
        return loaded_from(self.flavour, home_of(draft))


def put_model(
    draft: Draft, model: object, flavour: str | None, *, unsafe_pickle: bool
) -> Put:
    """Write the model's file, and return its flavour and the model."""
    home = draft.folder / "model"
    if not isinstance(model, Path):
        chosen = flavour_of(model, name=flavour, unsafe_pickle=unsafe_pickle)
        home.mkdir()
        saving = chosen.save(model, home)
        known = saving.graph if saving and saving.graph is not None else model
        if saving and saving.finish:
            return Put(chosen, known, saving, draft.beside.submit(finish, draft, saving))
        draft.adopt("model")
        return Put(chosen, known, saving)
    chosen = flavour_named(flavour) if flavour else flavour_of_file(model)
    if chosen.is_unsafe:
        raise Misused(
            f"{model.name!r} is a pickle: load it yourself, if you trust it, and give the model"
        )
    draft.copy(f"model/{chosen.file}", model)
    if chosen.name == "xgboost":
        draft.text("model/wrapper.json", json.dumps({"class": "Booster"}))
    if chosen.name == "onnx":
        return Put(chosen, graph_of(home / chosen.file))
    return Put(chosen, chosen.loader.load(home_of(draft)))


def finish(draft: Draft, saving: Saving) -> None:
    """Write what is left of a model, and begin to hash it: whoever asks it needs longer."""
    if saving.finish:
        draft.hash_ahead("model", saving.finish() or {})


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


def session_in(draft: Draft, graph: GraphFile, put: Put) -> object:
    """Return what runs a graph that was written into a draft."""
    home = home_of(draft)
    lying = graph if put.saving is None else graph_of(Path(home) / put.flavour.file)
    return session_of(lying, home)


def answers(
    draft: Draft, put: Put, asked: object, example: Any, rows: Any
) -> tuple[Signature | None, Probes]:
    """Return what a model says to an example, as a signature, and to the rows to be pinned."""
    pinned = Probes(b"", 0, "no rows were given")
    with asking(type(put.model).__name__):
        if rows is not None:
            pinned = probes_of(put.flavour, asked, rows, size_bytes=put.size_bytes(draft))
        if example is None:
            return None, pinned
        if example is rows:
            return signature_of(example, pinned.outputs, model=asked), pinned
        found = put.flavour.loader.predict(asked, picked(example, ASKED_ROWS))
    return signature_of(example, found, model=asked), pinned


@contextmanager
def asking(kind: str) -> Iterator[None]:
    """Say in one line what a model of that kind does not do with the rows that it is given."""
    try:
        yield
    except TrackbookError:
        raise
    except Exception as error:
        raise Misused(
            f"this {kind} fails on the rows it was given: {said_by(error)}; give some that it"
            " takes (example=), or none: it has no signature and no pinned predictions then"
        ) from error


def said_by(error: Exception) -> str:
    """Return an error's type and the first line of what it says."""
    line = str(error).strip().partition("\n")[0][:MOST_SAID]
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


def home_of(draft: Draft) -> str:
    """Return the folder of the model's file."""
    return str(draft.folder / "model")


def prove(flavour: Flavour, loaded: object, pinned: Probes) -> None:
    """Ask the model as it was written for the pinned predictions."""
    found = agreement_with(BytesIO(pinned.content), flavour, loaded, flavour.tolerance)
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
