"""What the registry panel asks of whoever holds the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from trackbook.gates import Report, Step
    from trackbook.registry import ApprovalRow, Board, History


class RegistrySource(Protocol):
    """Holder of a registry, asked from several threads.

    A version is called `name@number`. Whatever is not allowed is refused by a
    TrackbookError whose message says it in one line; what is done is told in a sentence.
    """

    def board(self) -> Board:
        """Return the versions as they stand."""

    def history(self, model: str) -> History:
        """Return everything that was decided of a model."""

    def approvals(self, model: str) -> Sequence[ApprovalRow]:
        """Return what was asked for and answered, the newest first."""

    def reports(self, version_id: str) -> Sequence[Report]:
        """Return the gates that a version stood before, the last one first."""

    def reproduced(self, run_id: str) -> str | None:
        """Return the verdict on a run that was executed again; None where it was not."""

    def direction(self, metric: str) -> Literal["max", "min"] | None:
        """Return which way a metric is better; None where that is not known."""

    def examine(
        self,
        reference: str,
        to: str,
        *,
        progress: Callable[[Step], object],
        cancel: threading.Event,
    ) -> Report:
        """Ask a version everything that stands before a state, and move nothing.

        Raises:
            Cancelled: `cancel` was set
        """

    def promote(
        self, reference: str, to: str, *, reason: str, expected_from: str, report: Report
    ) -> str:
        """Move a version up, on the evidence of a report."""

    def demote(self, reference: str, *, reason: str) -> str:
        """Move a version one state down."""

    def deprecate(self, reference: str, *, reason: str) -> str:
        """Say that a version serves for a while only."""

    def archive(self, reference: str, *, reason: str) -> str:
        """Put a version away."""

    def approve(self, reference: str, to: str, comment: str) -> str:
        """Agree that a version may enter a state."""

    def reject(self, reference: str, to: str, comment: str) -> str:
        """Say no to a version that wants to enter a state."""

    def rollback_plan(self, model: str) -> str | None:
        """Return what a rollback would change; None where there is nothing to go back to."""

    def rollback(self, model: str, reason: str) -> str:
        """Take the champion back."""
