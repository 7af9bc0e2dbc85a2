"""Writing a model as a package."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from trackbook.errors import Damaged, Misused
from trackbook.fingerprint import FP_ALGO, object_fp_of, weights_fp_of
from trackbook.packages import mlmodel
from trackbook.packages.card import card_of
from trackbook.packages.flavours import flavour_named, flavour_of, own_flavours
from trackbook.packages.package import METADATA, SCHEMA, Contents, Package
from trackbook.packages.probes import FILE as PROBES
from trackbook.packages.probes import Probes, agreement, probes_of
from trackbook.packages.rows import picked
from trackbook.packages.shelf import Shelf
from trackbook.packages.signature import Signature, signature_of

if TYPE_CHECKING:
    from trackbook.fingerprint import Fingerprint
    from trackbook.packages.flavours import Flavour
    from trackbook.packages.shelf import Draft

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
        probes: rows, up to 256 of which are kept with the model's predictions; else of example
        flavour: in what format it is kept; unless given, the first that knows the model
        unsafe_pickle: keep it by pickle, which executes code where it is loaded

    Raises:
        Refused: no safe format keeps the model
        Damaged: what was written does not predict what the model does
    """
    beside = contents or Contents()
    with Shelf(folder).draft() as draft:
        chosen, fitted = put_model(
            draft, model, flavour=flavour, unsafe_pickle=unsafe_pickle
        )
        facts = facts_of(chosen, fitted, example, probes if probes is not None else example)
        put_code(draft, facts.flavour, beside)
        put_data(draft, facts, beside, example)
        put_environment(draft, facts.flavour, beside)
        said = put_metadata(draft, facts, beside)
        for path, file in beside.files.items():
            draft.copy(path, file)
        if facts.probes.row_count:
            prove(draft, facts.flavour)
        digest, place = draft.publish()
        entries = list(draft.entries.values())
    return package_of(digest, place, said, entries)


def put_model(
    draft: Draft, model: object, *, flavour: str | None, unsafe_pickle: bool
) -> tuple[Flavour, object]:
    """Write the model's file, and return its flavour and the model."""
    home = draft.folder / "model"
    if not isinstance(model, Path):
        chosen = flavour_of(model, name=flavour, unsafe_pickle=unsafe_pickle)
        home.mkdir()
        chosen.save(model, home)
        draft.adopt("model")
        return chosen, model
    chosen = flavour_named(flavour) if flavour else flavour_of_file(model)
    if chosen.is_unsafe:
        raise Misused(
            f"{model.name!r} is a pickle: load it yourself, if you trust it, and give the model"
        )
    draft.copy(f"model/{chosen.file}", model)
    if chosen.name == "xgboost":
        draft.text("model/wrapper.json", json.dumps({"class": "Booster"}))
    if chosen.name == "onnx":
        import onnx

        graph = onnx.load_model(model, load_external_data=False)
        return chosen, graph
    return chosen, chosen.loader.load(str(home))


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


def facts_of(flavour: Flavour, model: object, example: Any, probes: Any) -> Facts:
    """Return a model's identities, signature and pinned predictions."""
    signature, pinned = None, Probes(b"", 0, "no rows were given")
    usable = runnable(flavour, model)
    if example is not None:
        few = picked(example, EXAMPLE_ROWS * 20)
        signature = signature_of(example, flavour.loader.predict(usable, few), model=model)
    if probes is not None:
        pinned = probes_of(flavour, usable, probes)
    kind = type(model)
    return Facts(
        flavour,
        f"{kind.__module__}.{kind.__qualname__}",
        weights_fp_of(model),
        object_fp_of(model),
        signature,
        pinned,
    )


def runnable(flavour: Flavour, model: Any) -> object:
    """Return a model that can be asked for predictions: of an ONNX graph, a session."""
    if flavour.name != "onnx" or not hasattr(model, "SerializeToString"):
        return model
    import onnxruntime

    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


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
    for name, text in (own | dict(contents.code)).items():
        draft.text(f"code/{name}", text)
    folders = {str(Path(f"code/{name}").parent) for name in (*own, *contents.code)}
    for folder in sorted(folders):
        draft.text(f"{Path(folder).as_posix()}/{NO_CACHE}", "")


def put_data(draft: Draft, facts: Facts, contents: Contents, example: Any) -> None:
    """Write what is known of the data, the pinned predictions and the input example."""
    draft.text("data/train_data_hash.txt", hash_text(contents.data))
    draft.text("data/dataset.json", json_of(contents.data))
    if contents.validation is not None:
        draft.text("data/validation_results.json", json_of(contents.validation))
    if facts.probes.row_count:
        draft.bytes(PROBES, facts.probes.content)
    text = None if example is None else mlmodel.example_text(picked(example, EXAMPLE_ROWS))
    if text is not None:
        draft.text(mlmodel.EXAMPLE, text)
        draft.text(mlmodel.SERVING, mlmodel.serving_text(text))
    draft.text("experiments/hyperparameters.json", json_of(contents.hyperparameters))
    draft.text("experiments/metrics.json", json_of(contents.metrics))
    sizes = [e.size_bytes for e in draft.entries.values() if e.path.startswith("model/")]
    about = {"name": contents.name, "flavour": facts.flavour.name, "by": "trackbook"}
    draft.text(
        "MLmodel",
        mlmodel.mlmodel_text(
            signature=facts.signature, example=text, size_bytes=sum(sizes), metadata=about
        ),
    )


def put_environment(draft: Draft, flavour: Flavour, contents: Contents) -> None:
    """Write what the model needs to be loaded, in pip's, conda's and Docker's words."""
    requirements = contents.requirements or "".join(
        f"{name}=={found}\n" for name, found in installed(flavour).items()
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


def put_metadata(draft: Draft, facts: Facts, contents: Contents) -> dict[str, Any]:
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
        "libraries": installed(facts.flavour),
    }
    draft.text(METADATA, json_of(said))
    return said


def prove(draft: Draft, flavour: Flavour) -> None:
    """Load what was written and ask it for the pinned predictions."""
    loaded = flavour.loader.load(str(draft.folder / "model"))
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
        lines += [f"  {key}: {json.dumps(value, default=str)}" for key, value in pairs]
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
