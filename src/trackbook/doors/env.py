"""What was around a run, and files that build it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.doors.files import put_file
from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.book import Book
    from trackbook.records import Run
    from trackbook.runs import Around
    from trackbook.table import Table

FILES = {
    "requirements": "requirements.txt",
    "conda": "environment.yml",
    "docker": "Dockerfile",
}
DICE = "random numbers of "


def env(
    book: Book,
    run: str = "last",
    *,
    requirements: bool = False,
    conda: bool = False,
    docker: bool = False,
    full: bool = False,
    to: str | None = None,
    overwrite: bool = False,
) -> Table:
    """Show what was around a run, or write a file that builds its environment.

    Args:
        run: the run
        requirements: write a requirements.txt for pip
        conda: write an environment.yml
        docker: write a Dockerfile, with the local modules and the run's slice in it
        full: all that was installed, not only the packages in use
        to: the file to write; its usual name when left out
        overwrite: replace a file that is there
    """
    from trackbook.runs import around
    from trackbook.table import Table

    asked = {"requirements": requirements, "conda": conda, "docker": docker}
    chosen = [what for what, wanted in asked.items() if wanted]
    if len(chosen) > 1:
        raise Misused(f"one file at a time: --{chosen[0]} or --{chosen[1]}")
    book.settle()
    found = around(book.store, book.find(run))
    if not chosen:
        if to is not None:
            raise Misused("--to needs --requirements, --conda or --docker")
        rows = [*facts(found), *dice(book, found.run), *packages(found, full)]
        return Table(["fact", "value"], rows, title=f"Around {found.run.name}")
    text = text_of(book, found, chosen[0], full=full)
    file = Path(to or FILES[chosen[0]])
    put_file(file, text, overwrite=overwrite)
    pins = found.pins(full=full, local=not docker)
    counts = (str(file), len(pins.lines), len(pins.remarks))
    return Table(["file", "packages", "remarks"], [counts], note="; ".join(pins.remarks))


def text_of(book: Book, found: Around, what: str, *, full: bool) -> str:
    """Return the text of a file that builds what was around a run."""
    from trackbook.runs import conda_of, docker_of

    if what == "requirements":
        return found.requirements(full=full)
    if what == "conda":
        return conda_of(found, full=full)
    return docker_of(found, notebook=notebook_of(book, found.run), full=full)


def facts(found: Around) -> Iterator[tuple[str, str]]:
    """Yield what is known of the machine, the work tree and the local modules."""
    machine, tree = found.machine, found.checkout
    yield "run", found.run.run_id
    yield "python", found.python
    if machine is not None:
        yield "system", f"{machine.os}, {machine.libc}"
        yield (
            "processor",
            f"{machine.cpu}: {machine.cpus_usable:g} of {machine.cpu_count} usable",
        )
        if machine.memory_bytes:
            limit = machine.memory_limit_bytes
            allowed = f", limit {limit / 1e9:.1f} GB" if limit else ""
            yield "memory", f"{machine.memory_bytes / 1e9:.1f} GB{allowed}"
        yield "gpus", "; ".join(machine.gpus) or "none"
        yield "threads", ", ".join(machine.threads) or "nothing set"
    if tree is not None:
        yield "git", f"{tree.git_commit or 'no commit'} on {tree.branch or 'no branch'}"
        yield "remote", tree.remote or "none"
        yield "changed files", ", ".join(tree.changed) or "none"
        yield "untracked .py files", ", ".join(tree.untracked) or "none"
    for module in found.modules:
        yield (
            f"module {module.name}",
            f"{module.path}, {len(module.source.splitlines())} lines",
        )


def packages(found: Around, full: bool) -> Iterator[tuple[str, str]]:
    """Yield how many packages there are, or all of them."""
    lock = found.lock
    yield "packages in use", str(len(found.environment.packages))
    yield "packages installed", str(len(lock.packages)) if lock else "not on record"
    shown = lock.packages if full and lock else found.environment.packages if full else ()
    for package in shown:
        name, _, version = package.partition("==")
        yield name, version
    if full and found.checkout is not None and found.checkout.diff:
        yield "diff", found.checkout.diff


def dice(book: Book, run: Run) -> Iterator[tuple[str, str]]:
    """Yield which generators of random numbers the run's slice threw, seeded and not."""
    from trackbook.lineage import slice_of

    try:
        parts = slice_of(book.store, run).parts
    except NotFound:  # a script's run has no cells
        return
    thrown: set[str] = set()
    seeded: set[str] = set()
    for part in parts:
        changed = {c.removeprefix(DICE) for c in part.changes or () if c.startswith(DICE)}
        if "import" in part.source and "rand" not in part.source:
            continue  # some library throws the dice as it is imported: nothing of the run's
        thrown |= changed
        seeded |= set(part.seeds)
    yield "seeded", ", ".join(sorted(thrown & seeded)) or "none"
    yield "thrown and never seeded", ", ".join(sorted(thrown - seeded)) or "none"


def notebook_of(book: Book, run: Run) -> str | None:
    """Return the run's slice as the text of a notebook; None where it has no cells."""
    from trackbook.lineage import document_of, slice_of

    try:
        cut = slice_of(book.store, run)
    except NotFound:
        return None
    return json.dumps(document_of(cut, [f"# {cut.headline}"]), indent=1) + "\n"
