"""What a panel asks of whoever holds the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.records import Curve, Run


class Source(Protocol):
    """Holder of runs; asked from the panel's thread as well as from the kernel's own."""

    def version(self) -> str:
        """Return a word that is another one when new facts have arrived; cheap."""

    def runs(self, filter: str = "", *, limit: int = 10_000) -> list[Run]:  # noqa: A002  # the verb's own word
        """Return the newest runs first."""

    def curves(
        self,
        run_ids: Sequence[str],
        names: Sequence[str],
        *,
        x: Literal["step", "time"] = "step",
        max_points: int = 1000,
    ) -> list[Curve]:
        """Return the metrics' courses, thinned with their extremes kept."""

    def resources(self, run_ids: Sequence[str]) -> list[Curve]:
        """Return what the runs used of their machine, by seconds since each began."""

    def progress(self, run_ids: Sequence[str]) -> Mapping[str, str]:
        """Return how far running runs are, and what goes wrong in them, in words."""

    def code_diff(self, a: str, b: str) -> str:
        """Return the unified diff from the code of one run to that of another."""
