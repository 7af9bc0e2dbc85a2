"""A version promoted into another project: judged there, carried there, noted on both sides."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.book import Book, for_registry, rules_of
from trackbook.environments.chart import CHART_FILE, must_agree, read_chart, target_of
from trackbook.environments.notes import Way, note_of
from trackbook.environments.telling import coming_from, told_of
from trackbook.errors import Conflict, Misused, Refused

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from trackbook.gates import Report, Step
    from trackbook.records import Origin, Shipment, Transition
    from trackbook.registry import Registry, VersionRow

ENTERS = {"dev": "DEVELOPMENT", "staging": "STAGING", "prod": "PRODUCTION"}
"""The state that a version has in the project of an environment."""
SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A version is to go into another environment."""

    to: str
    """The state that it is to have there."""
    env: str
    reason: str = ""
    expected_from: str | None = None
    """The state that it must be in here."""
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What came of promoting a version into another project."""

    name: str
    env: str
    project: Path
    state: str
    """The state that it has there now."""
    was_there: bool
    """Whether nothing had to be sent."""
    moves: Sequence[Transition]
    """What was decided there."""
    labels: Callable[[str], str]
    """What to call a version there by its id."""
    report: Report | None
    receipt: Shipment
    sent: Shipment


def is_apart(project: Path, env: str) -> bool:
    """Say whether an environment is a project of its own, as seen from a project."""
    return env in read_chart(project).projects


@contextmanager
def opened(project: Path) -> Iterator[Book]:
    """Open another project, and close it in any case."""
    book = Book(project)
    _ = book.journal  # a project in which nothing was written yet has no database to ask
    try:
        yield book
    finally:
        book.close()


def promote(
    book: Book,
    reference: str,
    wish: Wish,
    *,
    progress: Callable[[Step], object] = lambda _step: None,
    cancel: threading.Event | None = None,
) -> Shipped:
    """Promote a version into an environment that is another project.

    The gate of the receiving project decides, and the own one's too where its file has one
    for that state. Whoever dies on the way leaves nothing to be seen there, or what the next
    call completes; a call for what is there already sends nothing.

    Raises:
        Refused: the chain has no such way, a gate or a rule says no, or other bytes are there
        Tampered: a byte of the package was changed, here or on the way
        Conflict: somebody else moved it meanwhile
    """
    chart = read_chart(book.project)
    if wish.env not in chart.projects:
        raise Misused(f"{wish.env[:40]} is no project of its own ({CHART_FILE})")
    row = book.models.version(reference)
    if wish.to.upper() != ENTERS[wish.env]:
        state = ENTERS[wish.env]
        raise Misused(
            f"a version is {state} in {wish.env}: %track promote {row.name}"
            f" {state.lower()} --env {wish.env}"
        )
    if wish.expected_from is not None and wish.expected_from.upper() != row.state:
        raise Conflict(f"{row.name} is {row.state}, not {wish.expected_from.upper()}")
    project = target_of(chart, wish.env, row.name)
    must_agree(chart, wish.env, read_chart(project))
    with opened(project) as there:
        crossing = Crossing(book, there, row, wish, chart.here)
        return crossing.done(progress=progress, cancel=cancel)


class Crossing:
    """One version on its way into another project."""

    def __init__(
        self, book: Book, there: Book, row: VersionRow, wish: Wish, env: str
    ) -> None:
        self.book = book
        self.there = there
        self.row = row
        self.wish = wish
        self.state = wish.to.upper()
        self.coming = coming_from(book, row, env)
        self.told = told_of(book, row, env)
        self.way = Way(
            book=book, there=there, row=row, from_env=env, to_env=wish.env, told=self.told
        )
        self.reason = wish.reason or f"promoted from {env}"

    def done(self, **ask: Any) -> Shipped:
        """Bring the version over, or what is missing of it."""
        receipt = self._receipt()
        if receipt is not None and self._state_there() == self.state:
            moves = self._slot()
            return self._shipped(receipt, moves, None, was_there=True)
        self._must_be_welcome()
        report = self._examined(**ask)
        self._must_be_let_in(report)
        self._carry()
        for record in report.records() if report is not None else ():
            self.there.put(record)
        if receipt is None or receipt.other_hash != self.way.last_hash:
            tell(self.there, self.told)
            receipt = self._arrive(report)
        moved = self._registry().promote(
            self._reference,
            self.state,
            reason=self.reason,
            report=None if report is None else for_registry(self.there, report),
            force=self.wish.force,
        )
        moves = [*([moved] if moved is not None else []), *self._slot()]
        return self._shipped(receipt, moves, report, was_there=False)

    @property
    def _reference(self) -> str:
        return f"{self.row.model}@{self.row.version_id}"

    def _registry(self) -> Registry:
        return self.there.models.registry(self.wish.to)

    def _state_there(self) -> str:
        from trackbook.registry import standing

        found = standing(self.there.store, self.row.model).versions[self.row.version_id]
        return "" if found.is_deleted else found.state

    def _receipt(self) -> Shipment | None:
        """Return the last note of its arrival there, where it arrived before."""
        from trackbook.registry import standing

        for one in reversed(standing(self.there.store, self.row.model).shipments):
            is_it = (one.version_id, one.step) == (self.row.version_id, "received")
            if is_it and one.from_project == self.coming.origin_project:
                return one
        return None

    def _must_be_welcome(self) -> None:
        from trackbook.registry import must_be_welcome, standing

        try:
            must_be_welcome(standing(self.there.store, self.row.model), self.coming)
        except Refused as error:
            raise Refused(
                f"{self.row.name} does not go to {self.wish.env} ({self.there.project}):"
                f" {error}"
            ) from error

    def _examined(self, **ask: Any) -> Report | None:
        """Return what the receiver's gate says, after the own one where there is one."""
        target, models = self.wish.to.lower(), self.book.models
        own, theirs = models.policy(), self.there.models.policy()
        is_said = own.source != "built-in" and own.digest != theirs.digest
        if is_said and target in own.targets:
            self._must_pass(models.examine(self._reference, target, **ask), "its own gate")
        if target not in theirs.targets:
            return None
        report = models.examine(self._reference, target, into=self.there, **ask)
        self._must_pass(report, f"the gate of {self.wish.env}")
        return report

    def _must_pass(self, report: Report, whose: str) -> None:
        if report.passed or self.wish.force:
            return
        said = "; ".join(f"{one.label}: {one.words}" for one in report.blocking[:SHOWN])
        more = len(report.blocking) - SHOWN
        rest = f" and {more} more" if more > 0 else ""
        see = f"gate report {report.report_id}"
        if self.book.models.ask_for_approval(self._reference, self.state, report):
            see = (
                "an approval was asked for here: %track approve"
                f" {self.row.name} {self.wish.to.lower()}"
            )
        raise Refused(
            f"{self.row.name} does not go to {self.wish.env}, for {whose} says: {said}{rest}"
            f" ({see})"
        )

    def _must_be_let_in(self, report: Report | None) -> None:
        from trackbook.registry import foreseen

        foreseen(
            self.there.store,
            self.coming,
            self.state,
            rules_of(self.there.models.policy(), self.wish.to),
            reason=self.reason,
            report=None if report is None else for_registry(self.there, report),
            force=self.wish.force,
        )

    def _carry(self) -> None:
        from trackbook.packages import carried

        digest = self.row.package_digest
        carried(self.book.models.shelf.place_of(digest), digest, self.there.models.shelf)

    def _arrive(self, report: Report | None) -> Shipment:
        from trackbook.registry import received, shipped

        store, journal = self.there.store, self.there.journal
        who = self._registry().who
        received(store, journal, who, self.coming)
        draft = note_of(self.way, "received", self.wish.reason, report)
        return shipped(store, journal, who, draft)[0]

    def _slot(self) -> list[Transition]:
        """Make it champion of the environment there, as it enters it."""
        if self.wish.env == "prod":
            return []  # who enters PRODUCTION is champion of prod
        made = self._registry().deploy(
            self._reference, self.wish.env, "champion", reason=self.reason
        )
        return [made] if made is not None else []

    def _shipped(
        self,
        receipt: Shipment,
        moves: Sequence[Transition],
        report: Report | None,
        *,
        was_there: bool,
    ) -> Shipped:
        """Note here that it was sent, and return all that was done."""
        from trackbook.registry import shipped, standing

        draft = note_of(self.way, "sent", self.wish.reason, report, receipt)
        who = self.book.models.registry(self.wish.to).who
        sent, is_new = shipped(self.book.store, self.book.journal, who, draft)
        return Shipped(
            name=self.row.name,
            env=self.wish.env,
            project=self.there.project,
            state=self._state_there(),
            was_there=was_there and not is_new and not moves,
            moves=moves,
            labels=standing(self.there.store, self.row.model).label,
            report=report,
            receipt=receipt,
            sent=sent,
        )


def tell(book: Book, told: Sequence[Origin]) -> None:
    """Write down what was told of a version, for good, unless it is known word for word."""
    from trackbook.registry import origins_of

    if not told:
        return
    known = {
        (one.origin_id, one.facts) for one in origins_of(book.store, told[0].version_id)
    }
    for one in told:
        if (one.origin_id, one.facts) not in known:
            book.journal.put_for_good(one)
