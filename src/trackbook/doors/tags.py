"""Words tied to runs, and whether they are as the project's contract asks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackbook.doors.lines import Words  # noqa: TC001  read as the verb is typed
from trackbook.doors.rows import SHORT
from trackbook.errors import Misused, NotFound
from trackbook.table import Table, Tabular, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.contract import Breach
    from trackbook.records import Run

LATEST = 1


def tag(
    book: Book, tags: list[str], *, run: str | None = None, every: bool = False
) -> Table:
    """Tie words to a run: owner=ann, or just baseline.

    Args:
        tags: NAME=VALUE or NAME; NAME= removes one
        run: the run; the open one, else the latest, when left out
        every: tie them to every run that this notebook opens from here on, instead
    """
    pairs = [pair_of(word) for word in tags]
    if every:
        return tagged_from_here_on(book, pairs, run)
    run_id = book.meant(run)
    give(book, run_id, dict(pairs))
    return Table(["run_id", "tag", "value"], [(run_id, name, text) for name, text in pairs])


def tagged_from_here_on(
    book: Book, pairs: Sequence[tuple[str, str]], run: str | None
) -> Table:
    """Let every run that this session opens have tags; an empty value ends that."""
    if book.recorder is None:
        raise Misused("--every is for a running notebook: %track tag project=churn --every")
    if run is not None:
        raise Misused("--every is for runs to come, and --run for one that is there")
    tags = book.recorder.ledger.tags
    for name, text in pairs:
        if text:
            tags[name] = text
        else:
            tags.pop(name, None)
    rows = [("every run from here on", name, text) for name, text in tags.items()]
    return Table(["of", "tag", "value"], rows)


def pair_of(word: str) -> tuple[str, str]:
    """Return a tag with its value from what was typed."""
    name, equals, value = word.partition("=")
    if not name:
        raise Misused(f"{word!r} names no tag: write NAME=VALUE")
    return name, value if equals else "true"


def give(book: Book, run_id: str, tags: dict[str, str]) -> None:
    """Tie words to a run, and have it held against the contract again."""
    from trackbook.records import Tag

    recorder = book.recorder
    known = recorder.ledger.runs.get(run_id) if recorder is not None else None
    for name, text in tags.items():
        book.put(Tag(name=name, value=book.secrets.of_value(name, text)), run_id)
        if known is not None:
            known.tags[name] = text
    book.contracts.ended(run_id)


def note(book: Book, words: Words, *, run: str | None = None) -> Table:
    """Write a sentence about a run.

    Args:
        words: the sentence
        run: the run; the open one, else the latest, when left out
    """
    from trackbook.records import Note

    run_id = book.meant(run)
    book.put(Note(words=book.secrets.in_text(words)), run_id)
    return Table(["run_id", "note"], [(run_id, words)])


def name(book: Book, name: str = "", *, run: str | None = None) -> Table:
    """Give a run the name that its tags make, by the contract's pattern, or tags from a name.

    Args:
        name: a name by the pattern: the run gets it, and the tags that it stands for
        run: the run; the open one, else the latest, when left out
    """
    contract = book.contracts.must_be()
    run_id = book.meant(run)
    book.settle()
    found = book.find(run_id)
    if found.relation == "child":
        raise Misused(f"{found.name} is a part of another run: name that one")
    fields = contract.fields_of(name) if name else {}
    if fields:
        give(book, run_id, {k: v for k, v in fields.items() if found.tags.get(k) != v})
    else:
        given = book.contracts.fill([found])[run_id]
        name = contract.name_of({**found.tags, **given})
        fields = contract.fields_of(name)
    rename(book, run_id, name)
    rows = [("name", name), *((f"tag {field}", value) for field, value in fields.items())]
    return Table(["of the run", "now"], rows, title=run_id)


def rename(book: Book, run_id: str, name: str) -> None:
    """Give a run another name."""
    from trackbook.records import Amendment

    recorder = book.recorder
    if recorder is not None and run_id in recorder.ledger.runs:
        recorder.ledger.runs[run_id].rename(name)
    else:
        book.put(Amendment(name=name), run_id)
    book.contracts.ended(run_id)


class Linted(Tabular):
    """What of some runs is not as the contract asks."""

    def __init__(
        self, headline: str, found: Sequence[tuple[Run, Sequence[Breach]]]
    ) -> None:
        self.headline = headline
        self.found = found

    @property
    def exit_code(self) -> int:
        """The shell's: 1 where something is wrong."""
        return 1 if len(self.table()) else 0

    def table(self) -> Table:
        """Return one row for each thing that is wrong."""
        rows = [
            (run.name, one.words, one.fix, one.code, one.about, run.run_id)
            for run, breaches in self.found
            for one in breaches
        ]
        return Table(["run", "what", "what_to_do", "code", "about", "run_id"], rows)

    def _shown(self) -> Table:
        rows = [
            (f"{run.name} ({run.run_id[-SHORT:]})", one.words, one.fix)
            for run, breaches in self.found
            for one in breaches
        ]
        return Table(["run", "what", "what to do"], rows)

    def __repr__(self) -> str:
        lines = [self.headline]
        for run, breaches in self.found:
            if breaches:
                lines.append(f"{run.name} ({run.run_id[-SHORT:]})")
                lines += [f"  {one.sentence}" for one in breaches]
        return "\n".join(map(visible, lines))

    def _repr_html_(self) -> str:
        shown = self._shown()._repr_html_() if self.exit_code else ""
        return f"<div><p>{escaped(self.headline)}</p>{shown}</div>"


def lint(
    book: Book,
    runs: list[str] = [],  # noqa: B006  never written to
    *,
    all: bool = False,  # noqa: A002  the word that is typed
    fill: bool = False,
) -> Linted:
    """Say which tags, names and metrics of runs are not as the contract asks, and what to do.

    The shell's exit code is 1 where something is wrong.

    Args:
        runs: runs, or a filter in quotes; the latest when left out
        all: every run that is no part of another
        fill: first give them the tags that can be known: from the record, their names, defaults
    """
    contract = book.contracts.must_be()
    book.settle()
    chosen = chosen_runs(book, runs, every=all)
    if fill:
        book.contracts.fill(chosen)
        chosen = [book.find(run.run_id) for run in chosen]
    door = "%track" if in_notebook() else "trackbook"
    found = list(zip(chosen, book.contracts.breaches(chosen, door=door), strict=True))
    wrong = [run for run, breaches in found if breaches]
    kept = f"{len(found) - len(wrong)} of {len(found)} runs keep the contract"
    mode = "enforced" if contract.enforced else "a warning"
    return Linted(f"{kept} ({mode}, {contract.source})", found)


def chosen_runs(book: Book, runs: Sequence[str], *, every: bool) -> list[Run]:
    """Return the runs that somebody wants to be looked at."""
    from trackbook.runs import search

    if every:
        if runs:
            raise Misused("--all is every run: name none beside it")
        found = search(book.store, limit=None)
        return [run for run in found if run.relation != "child"]
    if runs:
        return book.find_many(runs)
    latest = search(book.store, limit=LATEST, with_children=False)
    if not latest:
        raise NotFound("no runs yet: train something in a notebook")
    return latest


def in_notebook() -> bool:
    """Tell whether the answer is read in a notebook, where `%track` is typed."""
    return "IPython" in sys.modules
