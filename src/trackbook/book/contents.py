"""What stands in a package beside its model: all that is known of the run that made it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trackbook.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.book.book import Book
    from trackbook.gates import Used
    from trackbook.lineage import Slice
    from trackbook.packages import Contents, Package
    from trackbook.records import LocalModule, Packaged, Run
    from trackbook.runs import Around

OWN = {"predict.py", "load_model.py", "train.py"}
"""Names inside `code/` that a user's module cannot have."""


def contents_of(book: Book, name: str, run: Run | None) -> Contents:
    """Return what a run's record gives to a package: its code, data, environment, numbers."""
    from trackbook.packages import Contents

    if run is None:
        return Contents(name=name)
    surroundings, cut = around_of(book, run), slice_of_run(book, run)
    code = {} if cut is None else {"train.py": cut.code()}
    found = Contents(
        name=name,
        code=code | modules_of(surroundings),
        data=data_of(book, run),
        hyperparameters=run.params,
        metrics=run.metrics,
    )
    if surroundings is None:
        return found
    return with_environment(found, surroundings, cut)


def packaged_as(name: str, model: object, made: Package) -> Packaged:
    """Return the fact that a model was packaged, with what its package says of it."""
    from pathlib import Path

    from trackbook.libraries import algorithm_of, steps_of
    from trackbook.packages import METADATA, Signature, api_schema_of, metadata_of
    from trackbook.records import Packaged

    said = metadata_of((made.folder / METADATA).read_text(encoding="utf-8"))
    is_file = isinstance(model, Path)
    schema = None
    if made.signature:
        schema = json.dumps(api_schema_of(Signature.of_text(made.signature)))
    return Packaged(
        name=name,
        package_digest=made.package_digest,
        flavour=made.flavour,
        size_bytes=made.size_bytes,
        algorithm=None if is_file else algorithm_of(model),
        steps=[] if is_file else steps_of(model),
        libraries=[f"{key}=={number}" for key, number in said["libraries"].items()],
        api_schema=schema,
    )


def with_environment(found: Contents, around: Around, cut: Slice | None) -> Contents:
    """Return contents with the files that build a run's environment again."""
    from dataclasses import replace

    from trackbook.lineage import document_of
    from trackbook.runs import conda_of, docker_of

    notebook = None
    if cut is not None:
        notebook = (
            json.dumps(
                document_of(cut, [f"# The executions behind {around.run.name}"]), indent=1
            )
            + "\n"
        )
    machine, tree = around.machine, around.checkout
    return replace(
        found,
        requirements=around.requirements(local=False),
        lock="" if around.lock is None else around.requirements(full=True, local=False),
        conda=conda_of(around),
        dockerfile=docker_of(around, notebook=notebook),
        environment={
            "python": around.python,
            "machine": None if machine is None else plain(machine),
            "git_commit": None if tree is None else tree.git_commit,
            "branch": None if tree is None else tree.branch,
            "remote": None if tree is None else tree.remote,
            "changed": [] if tree is None else tree.changed,
        },
    )


def plain(record: object) -> dict[str, object]:
    """Return a record's fields as plain values."""
    import msgspec

    return dict(msgspec.structs.asdict(record))  # type: ignore[arg-type]  # a Record is one


def around_of(book: Book, run: Run) -> Around | None:
    """Return what was around a run; None where nothing of it is on record."""
    from trackbook.runs import around

    try:
        return around(book.store, run)
    except NotFound:
        return None


def slice_of_run(book: Book, run: Run) -> Slice | None:
    """Return the executions that a run rests on; None for a script's."""
    from trackbook.lineage import slice_of

    try:
        return slice_of(book.store, run)
    except NotFound:
        return None


def modules_of(around: Around | None) -> dict[str, str]:
    """Return the texts of a run's local modules, by path."""
    found: dict[str, str] = {}
    for module in around.modules if around is not None else ():
        path = path_of(module)
        found[f"local/{path}" if path in OWN else path] = module.source
    return found


def path_of(module: LocalModule) -> str:
    """Return where a module's file stands, so that it is imported under its name."""
    parts = module.name.split(".")
    if module.path.endswith("__init__.py"):
        return "/".join([*parts, "__init__.py"])
    return "/".join(parts) + ".py"


def data_of(book: Book, run: Run) -> Mapping[str, object]:
    """Return the fingerprints of the data that a run used, by name."""
    from trackbook.lineage import inputs_of

    rows = inputs_of(book.store, run).dicts()
    return {f"{row['role']}: {row['name']}": row for row in rows}


def used_by(book: Book, run: Run) -> list[Used]:
    """Return the data that a run used, as a gate sees them."""
    from trackbook.gates import Used
    from trackbook.lineage import dataset, inputs_of

    found = []
    for row in inputs_of(book.store, run).dicts():
        page = dataset(book.store, str(row["dataset_id"]))
        if page is not None:
            found.append(
                Used(
                    role=str(row["role"]),
                    name=page.name,
                    digest=page.digest or "",
                    row_count=page.row_count,
                    column_names=page.column_names,
                    column_types=page.column_types,
                    column_digests=page.column_digests or (),
                )
            )
    return found


def fingerprints_of(book: Book, run: Run) -> dict[str, str]:
    """Return the fingerprints of a run's data by role."""
    from trackbook.lineage import inputs_of

    return {
        str(row["role"]): str(row["fingerprint"])
        for row in inputs_of(book.store, run).dicts()
    }
