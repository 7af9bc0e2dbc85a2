"""The registry of one project: versions of models, and every decision about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from trackbook.clock import now_us, us_of
from trackbook.errors import Conflict, Misused, Refused
from trackbook.records import Approval, Transition, Version
from trackbook.registry.aliases import aliased, unaliased
from trackbook.registry.approve import answered, requested
from trackbook.registry.board import MOST, board, impact
from trackbook.registry.check import differences, verified
from trackbook.registry.decide import (
    Back,
    Move,
    deleted,
    deployed,
    moved,
    rolled_back,
    target_of,
    undeployed,
)
from trackbook.registry.find import found
from trackbook.registry.history import history
from trackbook.registry.log import SQL, Now, decided, log_of
from trackbook.registry.names import model_name, reference_of, words_of
from trackbook.registry.policy import Policy
from trackbook.registry.register import registered
from trackbook.registry.rows import ApprovalRow, VersionRow, ask
from trackbook.registry.state import Model, told
from trackbook.registry.who import who_is_this

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from trackbook.journal import Journal
    from trackbook.records import Command, Env, Role, State
    from trackbook.registry.board import Board
    from trackbook.registry.chain import Chain
    from trackbook.registry.draft import Draft
    from trackbook.registry.history import History
    from trackbook.registry.policy import Facts, Report
    from trackbook.registry.rows import ImpactRow
    from trackbook.registry.semver import Step
    from trackbook.registry.who import Who
    from trackbook.store import Store

    Verify = Callable[[VersionRow], object]
    """Raises, or returns False, where a version cannot be trusted to serve."""

E = TypeVar("E", Version, Transition, Approval)
PATIENCE_S = 30.0
EVERYTHING = 1 << 40


class Registry:
    """Registers models and moves them; every command is one entry of the log, or nothing.

    A command returns the entry that it wrote, and None where there was nothing to do.
    Wherever a version is asked for: `name@1.2.0`, `name@v3`, `name@latest`, an alias
    (`name@stable`), a slot (`name@champion`, `name@staging/champion`), `name@sha256:ab12…`,
    a version_id behind the `@`, or the name alone for the latest.
    """

    def __init__(
        self,
        journal: Journal,
        store: Store,
        *,
        policy: Policy | None = None,
        who: Who | None = None,
        clock: Callable[[], int] = now_us,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.policy = policy if policy is not None else Policy()
        self._journal = journal
        self._store = store
        self._who = who
        self._clock = clock
        self._patience_s = patience_s

    @property
    def who(self) -> Who:
        """Who decides here."""
        if self._who is None:
            self._who = who_is_this(self._store.folder.parent)
        return self._who

    def register(
        self,
        facts: Facts,
        name: str,
        version: str | None = None,
        *,
        step: Step = "minor",
    ) -> VersionRow:
        """Register a package; the version that it is already, where its bytes are known.

        Args:
            facts: what is known of the package
            name: the model's
            version: its number; the next `step` after the highest when left out
            step: major, minor or patch

        Raises:
            Refused: the number is taken by other bytes, or these bytes have another number
        """
        model = model_name(name)
        known: list[str] = []

        def decide(now: Now) -> Version | None:
            made = registered(now.model, facts, version, step)
            if isinstance(made, Version):
                return made
            known.append(made.fact.version_id)
            return None

        entry = self._decide(model, decide)
        return self._row(entry.version_id if entry is not None else known[0])

    def move(
        self,
        reference: str,
        to: State | str,
        *,
        reason: str = "",
        report: Report | None = None,
        expected_from: str | None = None,
        expected_champion: str | None = None,
        force: bool = False,
        sunset: datetime | None = None,
        successor: str | None = None,
        command: Command = "promote",
    ) -> Transition | None:
        """Move a version to a state, with all that belongs to it, if the rules let it.

        To PRODUCTION it becomes champion of prod; the champion before is deprecated and kept
        as the last good one.

        Args:
            reference: the version
            to: the state
            reason: why; some moves need one
            report: what the gate found
            expected_from: the state that it must be in just now
            expected_champion: what must be champion just now, as behind an `@`; empty for none
            force: go past the rules, which stays on record for ever
            sunset: until when a deprecated version serves
            successor: what to use instead, as behind an `@`
            command: what to call it in the log

        Raises:
            Conflict: somebody else was first
            Refused: with all that speaks against it
        """
        model, at = reference_of(reference)
        move = Move(
            at=at,
            to=to,
            command=command,
            reason=words_of(reason, "reason"),
            report=report,
            expected_from=expected_from,
            expected_champion=expected_champion,
            force=force,
            sunset_us=moment(sunset),
            successor=successor,
        )
        return self._move(model, lambda now: moved(now.model, move, self.policy, now.at_us))

    def promote(
        self, reference: str, to: State | str = "STAGING", **choices: Any
    ) -> Transition | None:
        """Move a version up; choices as for `move`."""
        if to.upper() not in {"STAGING", "PRODUCTION"}:
            raise Misused(f"to promote leads to STAGING or PRODUCTION, not {to[:40]}")
        return self.move(reference, to, **choices)

    def demote(self, reference: str, *, reason: str, **choices: Any) -> Transition | None:
        """Move a version one state down; choices as for `move`."""
        state = self.version_of(reference).state
        down = {"PRODUCTION": "STAGING", "STAGING": "DEVELOPMENT"}.get(state)
        if down is None:
            raise Refused(f"{reference} is {state}: only STAGING and PRODUCTION go down")
        choices.setdefault("expected_from", state)
        return self.move(reference, down, reason=reason, command="demote", **choices)

    def deprecate(
        self,
        reference: str,
        *,
        sunset: datetime,
        successor: str | None = None,
        reason: str = "",
        force: bool = False,
    ) -> Transition | None:
        """Say that a version serves until a day only, and what to use instead."""
        return self.move(
            reference, "DEPRECATED", sunset=sunset, successor=successor, reason=reason,
            force=force, command="deprecate",
        )  # fmt: skip

    def archive(
        self, reference: str, *, reason: str = "", force: bool = False
    ) -> Transition | None:
        """Put a version away: it is found by its number only."""
        return self.move(
            reference, "ARCHIVED", reason=reason, force=force, command="archive"
        )

    def deploy(
        self,
        reference: str,
        env: Env | str,
        role: Role | str,
        *,
        traffic: float = 0.0,
        reason: str = "",
    ) -> Transition | None:
        """Put a version into a slot; a canary gets so many percent of the champion's traffic."""
        model, at = reference_of(reference)
        why = words_of(reason, "reason")
        return self._move(
            model, lambda now: deployed(now.model, at, env, role, traffic, why)
        )

    def undeploy(
        self, name: str, env: Env | str, role: Role | str, *, reason: str = ""
    ) -> Transition | None:
        """Take out of a slot what is in it; of the champion's with a reason only."""
        why = words_of(reason, "reason")
        return self._move(
            model_name(name), lambda now: undeployed(now.model, env, role, why)
        )

    def rollback(
        self,
        name: str,
        *,
        reason: str,
        verify: Verify,
        env: Env | str = "prod",
        to: str | None = None,
        bad_to: State | str = "DEPRECATED",
        alerted_at: datetime | None = None,
    ) -> Transition | None:
        """Take a champion back: slot, aliases, states and an incident in one entry.

        Args:
            name: the model
            reason: what went wrong
            verify: is called with the version that would serve, before anything is decided and
                while nobody waits; what it raises ends the rollback
            env: where
            to: the version to go back to, as behind an `@`; the last good one when left out
            bad_to: the state of the one taken back, DEPRECATED or STAGING
            alerted_at: when the alarm was

        Raises:
            Refused: it was never champion there, or `verify` returned False
            Conflict: another version became champion meanwhile
        """
        model = model_name(name)
        why, alerted_us = words_of(reason, "reason"), moment(alerted_at)
        back = Back(env, why, to, bad_to, alerted_us)
        before = self._told(model)
        target = target_of(before, back).fact.version_id
        if verify(self._row(target)) is False:
            raise Refused(f"{before.label(target)} did not pass: {name} stays as it is")
        seen = before.slots.get(f"{env}/champion")

        def decide(now: Now) -> Draft | None:
            held = now.model.slots.get(f"{env}/champion")
            is_same = (held and held.version_id) == (seen and seen.version_id)
            if not is_same or target_of(now.model, back).fact.version_id != target:
                raise Conflict(
                    f"{model} was moved in {env} while {before.label(target)} was verified:"
                    " look again (%track versions)"
                )
            return rolled_back(now.model, back._replace(to=target))

        return self._move(model, decide)

    def alias(
        self,
        reference: str,
        alias: str,
        *,
        protected: bool | None = None,
        reason: str = "",
        force: bool = False,
    ) -> Transition | None:
        """Let an alias lead to a version; a protected one is moved only by force, with a reason."""
        model, at = reference_of(reference)
        why = words_of(reason, "reason")
        return self._move(
            model,
            lambda now: aliased(
                now.model, at, alias, protected=protected, reason=why, force=force
            ),
        )

    def unalias(
        self, name: str, alias: str, *, reason: str = "", force: bool = False
    ) -> Transition | None:
        """Take an alias away."""
        why = words_of(reason, "reason")
        return self._move(
            model_name(name),
            lambda now: unaliased(now.model, alias, reason=why, force=force),
        )

    def delete(self, reference: str, *, reason: str) -> Transition | None:
        """Delete a version that nothing needs; its number stays taken, the log stays whole."""
        model, at = reference_of(reference)
        why = words_of(reason, "reason")
        return self._move(model, lambda now: deleted(now.model, at, why, now.at_us))

    def request(
        self,
        reference: str,
        to: State | str = "PRODUCTION",
        *,
        report_id: str | None = None,
        comment: str = "",
        expires_at: datetime | None = None,
    ) -> Approval | None:
        """Ask for an approval of these bytes with this gate report; None where it is asked for."""
        model, at = reference_of(reference)

        def decide(now: Now) -> Approval | None:
            made = requested(
                now.model,
                at,
                target=to,
                report_id=report_id,
                comment=comment,
                expires_us=moment(expires_at),
                policy=self.policy,
                at_us=now.at_us,
            )
            return made if isinstance(made, Approval) else None

        return self._decide(model, decide)

    def approve(
        self, reference: str, to: State | str = "PRODUCTION", *, comment: str = ""
    ) -> Approval | None:
        """Approve what was asked for last."""
        return self._answer(reference, "approved", to, comment)

    def reject(
        self, reference: str, to: State | str = "PRODUCTION", *, comment: str
    ) -> Approval | None:
        """Say no to what was asked for last."""
        return self._answer(reference, "rejected", to, comment)

    def versions(self, name: str | None = None) -> list[VersionRow]:
        """Return a model's versions as they stand, or all, the newest first."""
        model = None if name is None else model_name(name)
        return ask(
            self._store, SQL["versions_listed"], VersionRow, model=model, id=None,
            most=EVERYTHING,
        )  # fmt: skip

    def version_of(self, reference: str) -> VersionRow:
        """Return the version that is meant."""
        model, at = reference_of(reference)
        return self._row(found(self._told(model), at).fact.version_id)

    def approvals(
        self, name: str | None = None, *, status: str | None = None
    ) -> list[ApprovalRow]:
        """Return requests for approvals and what became of them, the newest first."""
        model = None if name is None else model_name(name)
        return ask(
            self._store, SQL["approvals_of"], ApprovalRow, model=model, status=status,
            most=EVERYTHING,
        )  # fmt: skip

    def history(self, name: str, *, at: datetime | None = None) -> History:
        """Return what was decided of a model until a moment, and what stood then."""
        return history(self._store, name, at=at)

    def board(self, *, limit: int = MOST) -> Board:
        """Return versions in a column for each state and each slot."""
        return board(self._store, limit=limit)

    def impact(self, dataset: str, *, deployed: bool = True) -> Sequence[ImpactRow]:
        """Return the versions whose runs rest on a dataset: those in a slot, or all."""
        return impact(self._store, dataset, deployed=deployed)

    def verify_chain(self, *, head: str | None = None) -> Chain:
        """Examine the whole log: what was changed, is missing, or was put in, by entry."""
        return verified(self._store, head=head)

    def differences(self) -> list[str]:
        """Return where views and log do not say the same; empty where all is well."""
        return differences(self._store)

    def _answer(
        self,
        reference: str,
        step: Literal["approved", "rejected"],
        to: str,
        comment: str,
    ) -> Approval | None:
        model, at = reference_of(reference)
        return self._decide(
            model,
            lambda now: answered(
                now.model,
                at,
                step=step,
                target=to,
                comment=comment,
                actor=self.who.name,
                policy=self.policy,
                at_us=now.at_us,
            ),
        )

    def _move(self, model: str, decide: Callable[[Now], Draft | None]) -> Transition | None:
        def transition(now: Now) -> Transition | None:
            draft = decide(now)
            return None if draft is None else draft.transition()

        return self._decide(model, transition)

    def _decide(self, model: str, decide: Callable[[Now], E | None]) -> E | None:
        return decided(
            self._store,
            self._journal,
            self.who,
            model,
            decide,
            clock=self._clock,
            patience_s=self._patience_s,
        )

    def _told(self, model: str) -> Model:
        return told(log_of(self._store, model)).get(model) or Model(name=model)

    def _row(self, version_id: str) -> VersionRow:
        (row,) = ask(
            self._store, SQL["versions_listed"], VersionRow, model=None, id=version_id,
            most=1,
        )  # fmt: skip
        return row


def moment(when: datetime | None) -> int | None:
    """Return an aware time as µs since 1970."""
    if when is None:
        return None
    if when.tzinfo is None:
        raise Misused(f"{when} has no time zone: say datetime(…, tzinfo=UTC)")
    return us_of(when)
