"""What a sweep tries, by its name or as it is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.book import Book
    from trackbook.sweeps import Known, Target


def target_of(book: Book, text: str, entry: str | None = None) -> Target:
    """Return what a target's name means; `project:train` is an entry point of a project.

    Raises:
        NotFound: nothing of that name is there
        Misused: it has no entry points
    """
    from trackbook.sweeps import Launchable, RunSlice, function_named

    book.settle()
    project, _, point = text.rpartition(":")
    if entry is None and point and is_project(project):
        text, entry = project, point
    path = Path(text).expanduser()
    if entry is not None and not is_project(text):
        raise Misused(f"{text!r} is no project with entry points: leave -e out")
    if path.suffix in (".ipynb", ".py", ".sh") or is_project(text):
        return Launchable(path, entry)
    module, colon, function = text.partition(":")
    if colon and all(
        part.isidentifier() for part in (*module.split("."), *function.split("."))
    ):
        return function_named(text)
    return RunSlice(book.store, book.find(text))


def is_project(text: str) -> bool:
    """Say whether a name is that of a folder with an MLproject file, or of that file."""
    path = Path(text).expanduser()
    return (path / "MLproject").is_file() or (path.name == "MLproject" and path.is_file())


def same_target(
    book: Book, known: Known, target: str | Callable[..., object] | None
) -> Target:
    """Return what a sweep tried, from what is given now or by its name."""
    from trackbook.sweeps import Function

    if callable(target):
        if known.target_kind != "function":
            raise Misused(
                f"sweep {known.name!r} tries {known.target}, which is no function"
            )
        return Function(target, known.target)
    if known.target_kind == "study":
        raise Misused(
            f"sweep {known.name!r} is a study of Optuna's: its own storage goes on"
        )
    if known.target.startswith("__main__:") or "<" in known.target:
        raise Misused(
            f"sweep {known.name!r} tries {known.target}, which stands in no module: pass it,"
            f" trackbook.sweep(function, resume={known.run_id[-8:]!r})"
        )
    return target_of(book, known.target)


def found(book: Book, reference: str) -> Known:
    """Return the sweep that a reference means."""
    from trackbook.sweeps import known_sweep

    run = book.find(reference)
    return known_sweep(book.store, run.run_id, run.name)
