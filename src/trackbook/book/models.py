"""The project's models: packages of them, their versions, and what a version must pass."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trackbook.book.candidates import candidate_of, for_registry, rules_of
from trackbook.book.contents import contents_of, packaged_as
from trackbook.errors import Misused, Refused

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime

    from trackbook.book.book import Book
    from trackbook.gates import Candidate, Policy, Report, Step
    from trackbook.packages import Package, Proposal, Shelf
    from trackbook.records import Run, Transition
    from trackbook.registry import Registry, VersionRow

    Progress = Callable[[Step], object]

Bump = Literal["major", "minor", "patch"]
APPROVALS = "compliance.approvals"
SERVING = ("package.intact", "security.scan", "load.clean_process")
"""What a version must pass before it serves again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How a model is put into a package."""

    example: Any = None
    """Rows that it is called with: they tell its signature."""
    probes: Any = None
    """Rows whose predictions are pinned; those of the example when left out."""
    flavour: str | None = None
    unsafe_pickle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A version that somebody asked for, new or there already."""

    version: VersionRow
    package: Package
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What came of moving a version up."""

    transition: Transition | None
    """None where it was there already."""
    report: Report | None = field(default=None)


class Models:
    """What can be done with the models of one project."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def shelf(self) -> Shelf:
        """Where packages lie."""
        from trackbook.packages import Shelf

        return Shelf(self._book.folder)

    def policy(self) -> Policy:
        """Return the project's gates, as their file says now."""
        from trackbook.gates import read_policy

        return read_policy(self._book.folder.parent)

    def registry(self, target: str = "production") -> Registry:
        """Return the registry, held to what the policy asks for before a target."""
        from trackbook.registry import Registry

        book = self._book
        return Registry(
            book.journal,
            book.store,
            policy=rules_of(self.policy(), target),
            masked=book.secrets.in_text,
        )

    def version(self, reference: str) -> VersionRow:
        """Return the version that a reference means: `name@1.2.0`, `name@champion`."""
        from trackbook.registry import version_of

        self._book.settle()
        return version_of(self._book.store, reference)

    def package(
        self, model: object, name: str, *, run: Run | None, keeping: Keeping
    ) -> Package:
        """Write a model as a package, with all that is known of its run."""
        from trackbook.capture import aside
        from trackbook.packages import write

        book = self._book
        with aside():
            made = write(
                model,
                book.folder,
                contents=contents_of(book, name, run),
                example=keeping.example,
                probes=keeping.probes,
                flavour=keeping.flavour,
                unsafe_pickle=keeping.unsafe_pickle,
            )
        fact = packaged_as(name, model, made)
        book.put(fact, run.run_id if run is not None else None)
        return made

    def packaged(self, digest: str) -> Package:
        """Return a package that was written before, its bytes verified."""
        from trackbook.packages import read

        return read(self.shelf.place_of(digest), digest)

    def register(
        self,
        package: Package,
        name: str,
        *,
        run: Run | None,
        version: str | None = None,
        bump: Bump | None = None,
        description: str = "",
        model: object = None,
    ) -> Registered:
        """Give a package a version: a number of one's own, or the one that the evidence says."""
        from trackbook.registry import Facts, versions

        if version and bump:
            raise Misused("either a version or a bump: a number of your own needs no step")
        self._book.settle()
        self._book.contracts.must_hold(run)
        known = versions(self._book.store, name)
        is_new = package.package_digest not in {row.package_digest for row in known}
        proposal = proposed(package, known)
        step = bump or (proposal.bump if proposal.bump in ("major", "patch") else "minor")
        why = proposal.why if bump in (None, proposal.bump) else f"{bump} was asked for"
        facts = Facts(
            package_digest=package.package_digest,
            flavour=package.flavour,
            weights_fp=package.weights_fp,
            object_fp=package.object_fp,
            object_fp_why=package.object_fp_why,
            fp_algo=package.fp_algo,
            is_unsafe=package.is_unsafe,
            signature=package.signature,
            size_bytes=package.size_bytes,
            file_count=package.file_count,
            probe_count=package.probe_count,
            run_id=run.run_id if run is not None else None,
            git_commit=run.git_commit if run is not None else None,
            author=(run.user or "") if run is not None else "",
            description=self._book.secrets.in_text(description),
            why_semver="" if version else why,
        )
        row = self.registry().register(facts, name, version, step=step)
        if is_new:
            self._book.collecting.of_version(row, model, run, package.folder)
        return Registered(version=row, package=package, is_new=is_new)

    def load(
        self, reference: str, *, unsafe_pickle: bool = False, build: Any = None
    ) -> Any:
        """Return the model of a version: verified, scanned, and only then loaded."""
        from trackbook.packages import load
        from trackbook.scan import scan_folder

        row = self.version(reference)
        if row.warning:
            warnings.warn(row.warning, stacklevel=3)
        return load(
            self.shelf.place_of(row.package_digest),
            row.package_digest,
            scan=scan_folder,
            unsafe_pickle=unsafe_pickle,
            build=build,
        )

    def candidate(self, row: VersionRow) -> Candidate:
        """Return a version with all that is known of it, to be asked or examined."""
        return candidate_of(self._book, self.shelf, row)

    def examine(
        self,
        reference: str,
        target: str,
        *,
        into: Book | None = None,
        progress: Progress = lambda _step: None,
        cancel: threading.Event | None = None,
    ) -> Report:
        """Ask a version everything that stands before a target, and write the report down.

        Where it is to go into another project, that one's policy and champion count.
        """
        from trackbook.gates import evaluate

        row = self.version(reference)
        judge = into if into is not None else self._book
        report = evaluate(
            candidate_of(self._book, self.shelf, row, rivals=judge),
            judge.models.policy(),
            target.lower(),
            progress=progress,
            cancel=cancel,
        )
        for record in report.records():
            self._book.put(record)
        return report

    def promote(
        self,
        reference: str,
        to: str,
        *,
        reason: str = "",
        expected_from: str | None = None,
        force: bool = False,
        report: Report | None = None,
        progress: Progress = lambda _step: None,
        cancel: threading.Event | None = None,
    ) -> Promotion:
        """Move a version up, after its gate let it through; ask for approvals that it lacks.

        Raises:
            Refused: the gate says no, or a rule of the registry does
            Conflict: somebody else moved it meanwhile
        """
        row, state = self.version(reference), to.upper()
        expected = expected_from or row.state
        if row.state == state:
            return Promotion(transition=None)
        if report is None and to.lower() in self.policy().targets:
            report = self.examine(row.name, to, progress=progress, cancel=cancel)
        if report is not None and not report.passed and not force:
            raise Refused(self._kept_out(row, state, report))
        transition = self.registry(to).promote(
            row.name,
            state,
            reason=reason,
            report=None if report is None else for_registry(self._book, report),
            expected_from=expected,
            force=force,
        )
        return Promotion(transition=transition, report=report)

    def ask_for_approval(self, reference: str, to: str, report: Report) -> bool:
        """Ask for an approval where nothing else keeps a version out; say whether it is so."""
        if not self.only_approvals_lack(report):
            return False
        self.registry(to).request(reference, to.upper(), report_id=report.report_id)
        return True

    def only_approvals_lack(self, report: Report) -> bool:
        """Say whether a version is kept out by nothing but missing approvals."""
        return not report.passed and all(one.check == APPROVALS for one in report.blocking)

    def _kept_out(self, row: VersionRow, state: str, report: Report) -> str:
        """Say what keeps a version out; ask for approvals where only they are missing."""
        blocking = report.blocking
        said = "; ".join(f"{one.label}: {one.words}" for one in blocking[:4])
        more = f" and {len(blocking) - 4} more" if len(blocking) > 4 else ""  # noqa: PLR2004
        see = f"%track gate {row.name} {state.lower()} shows all"
        if self.ask_for_approval(row.name, state, report):
            see = f"an approval was asked for: %track approve {row.name} {state.lower()}"
        return f"{row.name} stays {row.state}: {said}{more} ({see})"

    def rollback(
        self,
        name: str,
        *,
        reason: str,
        env: str = "prod",
        to: str | None = None,
        alerted_at: datetime | None = None,
    ) -> Transition | None:
        """Take a champion back, once the version before it was verified, scanned and loaded."""
        return self.registry().rollback(
            name, reason=reason, verify=self._serves, env=env, to=to, alerted_at=alerted_at
        )

    def _serves(self, row: VersionRow) -> None:
        """Refuse a version that cannot serve."""
        from trackbook.gates import Gate, evaluate, gates

        policy = gates(Gate("rollback", checks=SERVING))
        report = evaluate(candidate_of(self._book, self.shelf, row), policy, "rollback")
        if not report.passed:
            said = "; ".join(f"{one.label}: {one.words}" for one in report.blocking)
            raise Refused(f"{row.name} cannot serve again: {said}; nothing was changed")


def proposed(package: Package, known: list[VersionRow]) -> Proposal:
    """Return which number a package should have beside the versions that there are."""
    from trackbook.packages import (
        Evidence,
        Semver,
        Signature,
        compatibility_of,
        proposed_version,
    )

    last = max(known, key=lambda row: Semver.of(row.version).key, default=None)
    if last is None:
        return proposed_version(None, Evidence(package_digest=package.package_digest))
    both = last.signature and package.signature
    evidence = Evidence(
        package_digest=package.package_digest,
        last_digest=last.package_digest,
        weights_fp=package.weights_fp,
        last_weights_fp=last.weights_fp if last.fp_algo == package.fp_algo else None,
        compatibility=compatibility_of(
            Signature.of_text(last.signature), Signature.of_text(package.signature)
        )
        if both
        else None,
    )
    return proposed_version(last.version, evidence)
