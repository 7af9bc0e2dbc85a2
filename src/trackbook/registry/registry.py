"""The registry of one project: versions of models, and every decision about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from trackbook.clock import now_us
from trackbook.errors import Misused, Refused
from trackbook.records import Approval, Transition, Version
from trackbook.registry.aliases import aliased, unaliased
from trackbook.registry.approve import Answer, Wish, answered, requested
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
from trackbook.registry.log import Now, decided
from trackbook.registry.names import digest_of, model_name, moment, reference_of, words_of
from trackbook.registry.policy import Policy
from trackbook.registry.read import standing, version_of, with_id
from trackbook.registry.register import registered
from trackbook.registry.who import who_is_this

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from trackbook.journal import Journal
    from trackbook.records import Command, Env, Role, State
    from trackbook.registry.draft import Draft
    from trackbook.registry.policy import Facts, Report
    from trackbook.registry.rows import VersionRow
    from trackbook.registry.semver import Step
    from trackbook.registry.who import Who
    from trackbook.store import Store

    Verify = Callable[[VersionRow], object]
    """Raises, or returns False, where a version cannot be trusted to serve."""

E = TypeVar("E", Version, Transition, Approval)
PATIENCE_S = 30.0


class Registry:
    """Registers models and moves them; every command is one entry of the log, or nothing.

    A command returns the entry that it wrote, and None where there was nothing to do.
    Wherever a version is asked for, it is called as `version_of` reads it.
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
        masked: Callable[[str], str] = str,
    ) -> None:
        self.policy = policy if policy is not None else Policy()
        self._journal = journal
        self._store = store
        self._who = who
        self._clock = clock
        self._patience_s = patience_s
        self._masked = masked

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
        entry = self._decide(model, lambda now: registered(now.model, facts, version, step))
        if entry is not None:
            return with_id(self._store, entry.version_id)
        return version_of(self._store, f"{model}@sha256:{digest_of(facts.package_digest)}")

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
            reference, to: the version, and the state
            reason, report: why, and what the gate found; some moves need them
            expected_from: the state that it must be in just now
            expected_champion: what must be champion just now, as behind an `@`; empty for none
            force: go past the rules, which stays on record for ever
            sunset, successor: until when a deprecated version serves, and what follows it

        Raises:
            Conflict: somebody else was first
            Refused: with all that speaks against it
        """
        model, at = reference_of(reference)
        move = Move(
            at=at,
            to=to,
            command=command,
            reason=self._words(reason, "reason"),
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
        state = version_of(self._store, reference).state
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
        why = self._words(reason, "reason")
        return self._move(
            model, lambda now: deployed(now.model, at, env, role, traffic, why)
        )

    def undeploy(
        self, name: str, env: Env | str, role: Role | str, *, reason: str = ""
    ) -> Transition | None:
        """Take out of a slot what is in it; of the champion's with a reason only."""
        why = self._words(reason, "reason")
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
        why = self._words(reason, "reason")
        back = Back(env, why, to, bad_to, moment(alerted_at))
        seen = standing(self._store, model)
        target = target_of(seen, back)
        if verify(with_id(self._store, target.fact.version_id)) is False:
            raise Refused(f"{target.name} did not pass: {name} stays as it is")
        return self._move(model, lambda now: rolled_back(now.model, back, seen))

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
        why = self._words(reason, "reason")
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
        why = self._words(reason, "reason")
        return self._move(
            model_name(name),
            lambda now: unaliased(now.model, alias, reason=why, force=force),
        )

    def delete(self, reference: str, *, reason: str) -> Transition | None:
        """Delete a version that nothing needs; its number stays taken, the log stays whole."""
        model, at = reference_of(reference)
        why = self._words(reason, "reason")
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
        said = self._words(comment, "comment")
        wish = Wish(at, to, report_id, said, moment(expires_at))
        return self._decide(
            model, lambda now: requested(now.model, wish, self.policy, now.at_us)
        )

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

    def _answer(
        self,
        reference: str,
        step: Literal["approved", "rejected"],
        to: str,
        comment: str,
    ) -> Approval | None:
        model, at = reference_of(reference)
        answer = Answer(at, to, step, self._words(comment, "comment"), self.who.name)
        return self._decide(
            model, lambda now: answered(now.model, answer, self.policy, now.at_us)
        )

    def _words(self, text: str, what: str) -> str:
        return words_of(self._masked(text), what)

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
