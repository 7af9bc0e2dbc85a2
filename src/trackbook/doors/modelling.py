"""Models in Python: `log_model`, `register`, `load`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from trackbook.doors.models import (
    Meant,
    meant_by,
    namespace,
    of_object,
    packaged,
    register_model,
)
from trackbook.doors.session import active, active_run, current_book

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.book import Book
    from trackbook.capture import ActiveRun
    from trackbook.doors.said import Said
    from trackbook.packages import Package


def log_model(
    model: Any,
    name: str,
    *,
    register: bool | str = False,
    example: Any = None,
    flavour: str | None = None,
    unsafe_pickle: bool = False,
    description: str = "",
) -> Package | Said:
    """Keep a fitted model with its run, as a package that loads without trackbook too.

    Args:
        model: the model
        name: what it is called
        register: make it a version as well; under another name, if a name is given
        example: rows that it is called with: they tell its signature, and some are pinned
            with their predictions
        flavour: in what format it is kept; the safest that knows it when left out
        unsafe_pickle: keep it by pickle where nothing else can; loading that executes code
        description: of the version, what it is for

    Returns:
        The package; of a version what was registered.

    Raises:
        Refused: no safe format keeps the model, and pickle was not asked for
    """
    book = current_book()
    meant = of_run(book, model)
    keeping = {"example": example, "flavour": flavour, "unsafe_pickle": unsafe_pickle}
    if register is False:
        return packaged(book, meant, name, **keeping)
    called = register if isinstance(register, str) else name
    return register_model(book, meant, called, description=description, **keeping)


def of_run(book: Book, model: object) -> Meant:
    """Return a model with its run: the one that trained it, else the one that is open."""
    meant = of_object(book, model)
    return meant if meant.run is not None else inside(book, model, active())


def inside(book: Book, model: object, run: ActiveRun) -> Meant:
    """Return a model with the run that is open around it."""
    book.settle()
    return Meant(model, book.find(run.run_id), None)


def register(
    model: Any,
    name: str,
    *,
    version: str | None = None,
    bump: Literal["major", "minor", "patch"] | None = None,
    run: str | None = None,
    example: Any = None,
    flavour: str | None = None,
    description: str = "",
    unsafe_pickle: bool = False,
    git_tag: bool = False,
) -> Said:
    """Register a model: an immutable version, its number proposed from what changed.

    Args:
        model: a fitted model; or a run, by its id, name, `last`, `best:accuracy`
        name: what the model is called, churn or team/churn
        version: its number, such as 1.2.0; the evidence's when left out
        bump: how large the step from the last version is, whatever the evidence says
        run: the run that made it, where that cannot be told; else the one that is open
        example: rows that it is called with; the run's data when left out
        flavour: in what format it is kept; the safest that knows it when left out
        description: what it is for
        unsafe_pickle: keep it by pickle where nothing else can; loading that executes code
        git_tag: tie an annotated tag NAME@vVERSION to the run's git commit
    """
    book = current_book()
    book.settle()
    if isinstance(model, str):
        meant = meant_by(book, model, namespace(), run)
    else:
        given = book.find(run) if run is not None else None
        meant = of_object(book, model, run=given)
        around = active_run()
        if meant.run is None and around is not None:
            meant = inside(book, model, around)
    return register_model(
        book, meant, name, version=version, bump=bump, description=description,
        git_tag=git_tag, example=example, flavour=flavour, unsafe_pickle=unsafe_pickle,
    )  # fmt: skip


def load(
    version: str, *, unsafe_pickle: bool = False, build: Callable[..., Any] | None = None
) -> Any:
    """Return the model of a version: `load("churn@champion")`; verified and scanned first.

    Args:
        version: NAME@1.2.0, NAME@champion, NAME@ALIAS, or NAME for the latest
        unsafe_pickle: load a pickle all the same, which executes what is in it
        build: makes a torch module of your own class, into which the numbers are loaded

    Raises:
        NotFound: there is no such version
        Damaged: its bytes are not those that were registered
        Refused: the scan found something dangerous; or it is a pickle
    """
    return current_book().models.load(version, unsafe_pickle=unsafe_pickle, build=build)
