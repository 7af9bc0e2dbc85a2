"""Versions side by side: what is on record of them, and what they do on the same rows."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.gates import Clock, Measured, measure
from trackbook.registry import versions
from trackbook.versus import changes, known, measured, telling, timing
from trackbook.versus.lines import counted
from trackbook.versus.side import side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.book import Book
    from trackbook.registry import VersionRow
    from trackbook.versus.lines import Section
    from trackbook.versus.measured import Judged
    from trackbook.versus.question import Question
    from trackbook.versus.side import Side

FEWEST, MOST = 2, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """Versions side by side; the first is what the others are held against."""

    sides: Sequence[Side]
    sections: Sequence[Section]
    judged: Judged | None
    """None where no version was asked anything."""
    question: Question | None = None

    @property
    def names(self) -> list[str]:
        """What the versions are called."""
        return [side.name for side in self.sides]

    @property
    def headline(self) -> str:
        """Return what it comes to in a sentence."""
        first, *others = self.names
        if not others:
            return first
        lines = [line for section in self.sections for line in section.lines]
        differing = sum(line.differs for line in lines)
        told = f"{differing} of {len(lines)} facts differ"
        if self.judged is None:
            return f"{first} and {' and '.join(others)}: {told}"
        said = [f"{name}: {self._standing(name, self.judged)}" for name in others]
        return f"against {first}, {'; '.join(said)} ({told})"

    def _standing(self, name: str, judged: Judged) -> str:
        """Return in what a version is better or worse than the first, in words."""
        own = [one for one in judged.verdicts if one.version == name]
        kinds = {
            outcome: [one.metric for one in own if one.outcome == outcome]
            for outcome in ("better", "worse", "undecided", "same")
        }
        words = {
            "better": "better in", "worse": "worse in", "undecided": "not told apart in",
            "same": "the same predictions in",
        }  # fmt: skip
        said = [f"{words[one]} {', '.join(names)}" for one, names in kinds.items() if names]
        return ", ".join(said) or "nothing could be compared on the same rows"


def chosen(book: Book, words: Sequence[str]) -> list[VersionRow]:
    """Return the versions that words mean: `NAME@VERSION`, or NAME and then its versions.

    Raises:
        Misused: too few, too many, or one of them twice
    """
    rows: list[VersionRow] = []
    for word in references(words):
        row = book.models.version(word)
        if row.version_id in {one.version_id for one in rows}:
            raise Misused(
                f"{word} is {row.name}, which is named already: name another version"
            )
        rows.append(row)
    if not FEWEST <= len(rows) <= MOST:
        known = [one.name for one in versions(book.store, rows[0].model)] if rows else []
        there = f"; there are {', '.join(known[:MOST])}" if known else ""
        raise Misused(
            f"{counted(len(rows), 'version')} named, and {FEWEST} to {MOST} can be compared:"
            f" compare-versions NAME VERSION VERSION{there}"
        )
    return rows


def references(words: Sequence[str]) -> list[str]:
    """Return references, the model's name put before what stands without one."""
    model, found = "", []
    for at, word in enumerate(words):
        name, sign, _ = word.partition("@")
        if sign:
            model = name
            found.append(word)
        elif model:
            found.append(f"{model}@{word}")
        else:
            model = word
            if at == len(words) - 1:
                raise Misused(
                    f"{word} names no versions: compare-versions {word} VERSION VERSION"
                )
    return found


def side_by_side(book: Book, rows: Sequence[VersionRow]) -> Versus:
    """Return what is on record of versions; nothing is loaded, and nobody is asked."""
    sides = sides_of(book, rows)
    return Versus(sides=sides, sections=on_record(book, sides), judged=None)


def versus(
    book: Book,
    rows: Sequence[VersionRow],
    question: Question,
    *,
    progress: Callable[[str], object] = lambda _: None,
    halt: threading.Event | None = None,
    clock: Clock | None = None,
) -> Versus:
    """Return versions side by side, each asked once, in a process of its own.

    A version that cannot be loaded leaves the others compared.

    Args:
        book: the project
        rows: the versions, the one first against which the others are held
        question: the rows that they are asked, and what is measured
        progress: is told what is being done
        halt: ends what was started when set
        clock: how long each is timed

    Raises:
        Misused: they answer different questions
    """
    sides = sides_of(book, rows)
    same_question(sides)
    stop, watch = halt or threading.Event(), clock or Clock()
    found = measured.fitting(asked(book, sides, question, progress, stop, watch), question)
    judged = measured.judge(sides, found, question, progress)
    about, *others = on_record(book, sides)
    sections = [
        telling.section(sides, found, question, judged),
        timing.latency(found),
        about,
        *others,
    ]
    return Versus(sides=sides, sections=sections, judged=judged, question=question)


def asked(
    book: Book,
    sides: Sequence[Side],
    question: Question,
    progress: Callable[[str], object],
    halt: threading.Event,
    clock: Clock,
) -> list[Measured]:
    """Return what each version says of the rows, one after another, for they are timed."""
    found: list[Measured] = []
    with tempfile.TemporaryDirectory(
        prefix="trackbook-versus-", ignore_cleanup_errors=True
    ) as scratch:
        for at, side in enumerate(sides):
            progress(f"asking {side.name} ({at + 1} of {len(sides)})")
            candidate = book.models.candidate(side.row)
            found.append(
                measure(
                    candidate, question.rows, question.evaluation, scratch=Path(scratch),
                    halt=halt, clock=clock,
                )
            )  # fmt: skip
    return found


def same_question(sides: Sequence[Side]) -> None:
    """Refuse versions whose signatures say that they answer different questions."""
    first = next((one for one in sides if one.signature and one.signature.labels), None)
    if first is None or first.signature is None or first.signature.labels is None:
        return
    for other in sides:
        told = other.signature
        if told is None or other is first or not told.outputs:
            continue
        ours, theirs = first.signature.labels, told.labels
        if theirs and not set(ours) & set(theirs):
            raise Misused(
                f"{first.name} chooses among {few(ours)}, {other.name} among {few(theirs)}:"
                " they answer different questions and cannot be compared"
            )
        if not theirs and told.outputs[0].dtype.startswith("float"):
            raise Misused(
                f"{first.name} gives labels, {other.name} gives numbers: they answer different"
                " questions and cannot be compared"
            )


def few(labels: Sequence[str]) -> str:
    """Return some labels in words."""
    shown = ", ".join(one.partition(":")[2] or one for one in labels[:4])
    return shown if len(labels) <= 4 else f"{shown} and {len(labels) - 4} more"  # noqa: PLR2004  as fit on a line


def sides_of(book: Book, rows: Sequence[VersionRow]) -> list[Side]:
    """Return all that is on record of versions."""
    parents = {
        one.version_id: one.name
        for model in {row.model for row in rows}
        for one in versions(book.store, model)
    }
    return [side_of(book, row, parents) for row in rows]


def on_record(book: Book, sides: Sequence[Side]) -> list[Section]:
    """Return what is on record, without asking any version."""
    return [
        known.about(sides),
        known.params(sides),
        known.recorded(sides, book.direction),
        changes.signature(sides),
        changes.data(book.store, sides),
        changes.code(sides),
        changes.environment(sides),
    ]
