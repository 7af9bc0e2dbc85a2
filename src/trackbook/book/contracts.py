"""The project's contract: held against runs when they end, and whenever somebody asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.capture import attempt
from trackbook.errors import Busy, Misused, NotFound, Refused
from trackbook.records import Conformance, Tag
from trackbook.settings import CONTRACT_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book.book import Book
    from trackbook.capture import ActiveRun
    from trackbook.contract import Breach, Contract, Facts
    from trackbook.records import Run

MOST_SAID = 3


class Contracts:
    """Reads the contract of a book's project, and says what of runs is not as it asks.

    What comes at a cell's end looks at no more than the file's time of writing and what is in
    memory; tags are filled, and what was found is written, in the background.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._read: tuple[tuple[int, int], Contract | Misused | None] | None = None
        """The file's time and size when it was read last, and what it said."""
        self._ended: dict[str, None] = {}
        """Runs that ended, or were tagged, and were not looked at since."""
        self._written: dict[str, Conformance] = {}
        self._told: dict[str, set[str]] = {}
        """What was said of each run of this session."""
        self._complained: set[str] = set()

    def now(self) -> Contract | None:
        """Return the contract as its file says now; None where there is none.

        Raises:
            Misused: something in it cannot be meant
        """
        try:
            seen = (self._book.project / CONTRACT_FILE).stat()
        except FileNotFoundError:
            return None
        except OSError:
            from trackbook.contract import read_contract

            return read_contract(self._book.project)  # which says what is wrong
        stamp = seen.st_mtime_ns, seen.st_size
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, self._again()
        if isinstance(self._read[1], Misused):
            raise Misused(str(self._read[1]))
        return self._read[1]

    def must_be(self) -> Contract:
        """Return the contract, or say that there is none."""
        found = self.now()
        if found is None:
            raise NotFound(
                f"no {CONTRACT_FILE} in {self._book.project}: write one, or let"
                " trackbook init --template make one"
            )
        return found

    def at_end(self, run: ActiveRun) -> list[str]:
        """Return what to say under a run's cell that was not said of it: a sentence each.

        Nothing of what a later cell may bring or is filled by itself: metrics, and tags that are
        filled from the record; and nothing of a name that trackbook gave.
        """
        recorder = self._book.recorder
        if recorder is None:
            return []
        found = attempt("the contract", lambda: self._at_end(run), recorder.fault)
        told = self._told.setdefault(run.run_id, set())
        fresh = [words for words in found or () if words not in told]
        told.update(fresh)
        return fresh

    def ended(self, run_id: str) -> None:
        """Have a run that ended, or was tagged or named, looked at when the cells are at rest."""
        if self._asked() is not None:
            self._ended[run_id] = None
            self._book.when_idle(self._look)

    def breaches(self, runs: Sequence[Run], *, door: str = "%track") -> list[list[Breach]]:
        """Return what of each run is not as the contract asks, by now."""
        from trackbook.contract import breaches_of, facts_of

        contract = self.must_be()
        facts = facts_of(self._book.store, runs)
        return [breaches_of(contract, one, door=door) for one in facts]

    def sentences(self, run: Run) -> list[str]:
        """Return what of a run is not as the contract asks, if there is one: a sentence each."""
        if self._asked() is None:
            return []
        return [one.sentence for one in self.breaches([run])[0]]

    def fill(self, runs: Sequence[Run]) -> dict[str, dict[str, str]]:
        """Give runs the tags that they lack and that can be known; return them by run."""
        from trackbook.contract import facts_of, filled

        contract, given = self.must_be(), {}
        for facts in facts_of(self._book.store, runs):
            given[facts.run_id] = {} if facts.is_part else filled(contract, facts)
            self._tag(facts.run_id, given[facts.run_id])
        return given

    def must_hold(self, run: Run | None) -> None:
        """Refuse to go on with a run that does not keep a contract that is enforced.

        Raises:
            Refused: it does not, or no run is known; the message says how to mend it
        """
        contract = self.now()
        if contract is None or not contract.enforced:
            return
        if run is None:
            raise Refused(
                f"{CONTRACT_FILE} is enforced and the run that made the model is not known:"
                " say which with --run RUN"
            )
        self.fill([run])
        found = self.breaches([self._book.find(run.run_id)])[0]
        if found:
            said = "; ".join(one.sentence for one in found[:MOST_SAID])
            more = f"; and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
            raise Refused(
                f"{run.name} does not keep {CONTRACT_FILE}, which is enforced: {said}{more}"
                f" (%track lint {run.run_id[-8:]})"
            )

    def _at_end(self, run: ActiveRun) -> list[str]:
        contract = self._asked()
        if contract is None:
            return []
        from trackbook.contract import Facts, breaches_of

        facts = Facts(run_id=run.run_id, name=run.name, tags=run.tags, metrics=run.metrics)
        return [
            one.sentence
            for one in breaches_of(contract, facts)
            if is_for_now(contract, one, run)
        ]

    def _look(self) -> None:
        """Fill tags of the runs that ended, and write what is not as the contract asks."""
        from trackbook.contract import facts_of

        contract, book, ids = self._asked(), self._book, []
        while self._ended:
            ids.append(self._ended.popitem()[0])  # the cells' thread may add one meanwhile
        if contract is None or not ids:
            return
        from trackbook.runs import by_ids

        try:
            runs = [r for r in by_ids(book.store, ids) if r.relation != "child"]
            given = self.fill(runs)
            for facts in facts_of(book.store, runs):
                tags = {**facts.tags, **given.get(facts.run_id, {})}
                self._write(contract, replace(facts, tags=tags))
        except Busy:
            self._ended.update(dict.fromkeys(ids))  # with the next run that ends

    def _write(self, contract: Contract, facts: Facts) -> None:
        """Write how a run stands, unless that is on record."""
        from trackbook.contract import breaches_of

        found = breaches_of(contract, facts)
        fact = Conformance(
            contract_digest=contract.digest,
            enforced=contract.enforced,
            codes=[one.code for one in found],
            abouts=[one.about for one in found],
            sentences=[one.sentence for one in found],
        )
        if self._written.get(facts.run_id) != fact:
            self._book.put(fact, facts.run_id)
            self._written[facts.run_id] = fact

    def _tag(self, run_id: str, tags: dict[str, str]) -> None:
        for name, value in tags.items():
            self._book.put(
                Tag(name=name, value=self._book.secrets.of_value(name, value)), run_id
            )
        recorder = self._book.recorder
        if recorder is not None and run_id in recorder.ledger.runs:
            recorder.ledger.runs[run_id].tags.update(tags)

    def _again(self) -> Contract | Misused | None:
        """Read the file; what is wrong with it is kept, so as not to read it each time."""
        from trackbook.contract import read_contract

        try:
            return read_contract(self._book.project)
        except Misused as error:
            return error

    def _asked(self) -> Contract | None:
        """Return the contract; one that cannot be read is complained of once."""
        try:
            return self.now()
        except Misused as error:
            if str(error) not in self._complained:
                self._complained.add(str(error))
                self._book.complain(
                    f"{error}; no run is held against it until it is mended"
                )
            return None


def is_for_now(contract: Contract, one: Breach, run: ActiveRun) -> bool:
    """Tell whether to say something as soon as a run ends: nobody else will put it right."""
    from trackbook.contract import fields_in

    if one.code == "tag missing":
        rule = contract.tags[one.about]
        named = fields_in(contract, run.name)
        return not (rule.auto or rule.default or one.about in named)
    if one.code.startswith("metric"):
        return run.start.origin in (
            "manual",
            "launch",
        )  # of others a later cell may measure
    return one.code == "tag wrong"
