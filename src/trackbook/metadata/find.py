"""From what people call a thing to what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound
from trackbook.metadata.read import (
    SQL,
    datasets_called,
    experiment_called,
    model_of,
    run_metadata,
    with_versions,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.book import Book
    from trackbook.metadata.things import (
        DatasetMetadata,
        ExperimentMetadata,
        ModelMetadata,
        RunMetadata,
    )

    Described = DatasetMetadata | ExperimentMetadata | ModelMetadata | RunMetadata
    Finder = Callable[["Book", str], Described | None]

SEE = "%track versions, %track data, %track runs"


def describe(book: Book, of: str) -> Described:
    """Return what is known of a thing.

    Args:
        book: the project's
        of: a version (`churn@1.2.0`), a model (its latest version), an experiment, a dataset (its
            name, id, file or fingerprint), or a run as everywhere; `model:churn`,
            `experiment:churn`, `dataset:churn`, `run:churn` where several have one name

    Raises:
        NotFound: there is no such thing
        Misused: it could be several
    """
    book.settle()
    kind, colon, name = of.partition(":")
    if colon and kind in FINDERS:
        return surely(FINDERS[kind](book, name), kind, name)
    if "@" in of[1:] and is_model(book, of.partition("@")[0]):
        return version(book, of)
    found = {
        kind: one
        for kind, finder in FINDERS.items()
        if kind != "run" and (one := finder(book, of)) is not None
    }
    if len(found) > 1:
        ways = ", ".join(f"{kind}:{of}" for kind in found)
        raise Misused(f"{of!r} is a {' and a '.join(found)}: say {ways}")
    if found:
        return next(iter(found.values()))
    try:
        return run(book, of)
    except NotFound as error:
        raise NotFound(
            f"no version, model, dataset, experiment or run named {of!r} ({SEE})"
        ) from error


def surely(found: Described | None, kind: str, name: str) -> Described:
    """Return a thing that is there.

    Raises:
        NotFound: it is not
    """
    if found is None:
        raise NotFound(f"no {kind} named {name!r} ({SEE})")
    return found


def version(book: Book, of: str) -> ModelMetadata:
    """Return a version by a reference: `churn@1.2.0`, `churn@champion`."""
    return model_of(book.store, book.models.version(of).version_id)


def model(book: Book, of: str) -> ModelMetadata | None:
    """Return the latest version of a model, the one behind its `@`, or that of an id."""
    if is_model(book, of.partition("@")[0]):
        return version(book, of)
    ids = [one for (one,) in book.store.rows(SQL["models_called"], of=of).rows]
    return model_of(book.store, ids[0]) if ids else None


def is_model(book: Book, name: str) -> bool:
    """Say whether a model is called so."""
    from unicodedata import normalize

    named = normalize("NFC", name.strip())
    return bool(book.store.rows(SQL["is_model"], name=named).rows)


def dataset(book: Book, of: str) -> DatasetMetadata | None:
    """Return a dataset; of several with one name the one that was seen last."""
    found = datasets_called(book.store, of)
    return with_versions(book.store, found[0]) if found else None


def experiment(book: Book, of: str) -> ExperimentMetadata | None:
    """Return an experiment."""
    return experiment_called(book.store, of)


def run(book: Book, of: str) -> RunMetadata:
    """Return a run."""
    return run_metadata(book.store, book.find(of))


FINDERS: dict[str, Finder] = {
    "model": model,
    "dataset": dataset,
    "experiment": experiment,
    "run": run,
}
