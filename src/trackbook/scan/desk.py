"""What one scan carries along: its budget, its findings, and what is trusted in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.finding import INCONCLUSIVE, Finding, Scanned, shown
from trackbook.scan.limits import Budget, Spent

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.scan.finding import Severity
    from trackbook.scan.reader import Blob


class Desk:
    """Collects findings, each once; past the limit of findings the scan ends."""

    __slots__ = ("_seen", "allow", "budget", "files", "findings", "look", "mask")

    def __init__(
        self,
        budget: Budget,
        look: Callable[[Blob, Desk], None],
        *,
        allow: frozenset[str] = frozenset(),
        mask: Callable[[str], str] | None = None,
    ) -> None:
        self.budget = budget
        self.look = look
        self.allow = allow
        self.mask = mask
        self.findings: list[Finding] = []
        self.files: list[Scanned] = []
        self._seen: set[tuple[str, str, str]] = set()

    def tell(self, path: str, severity: Severity, code: str, words: str) -> None:
        """Write one finding down, as one line that holds nothing hidden."""
        path, words = shown(path, 300), shown(words, 240)
        if (path, code, words) in self._seen:
            return
        self._seen.add((path, code, words))
        self.findings.append(Finding(path=path, severity=severity, code=code, words=words))
        if len(self.findings) >= self.budget.limits.findings:
            raise Spent(f"there are more than {self.budget.limits.findings} findings")

    def error(self, path: str, code: str, words: str) -> None:
        """Write down what makes the file unsafe."""
        self.tell(path, "error", code, words)

    def unclear(self, path: str, words: str) -> None:
        """Write down what was not understood, which does not count as safe."""
        self.tell(path, "error", INCONCLUSIVE, words)

    def last(self, path: str, words: str) -> None:
        """Write down why the scan ended early, whatever limit was reached."""
        self.findings.append(
            Finding(path=path, severity="error", code=INCONCLUSIVE, words=shown(words, 240))
        )

    def kind(self, blob: Blob, kind: str) -> None:
        """Write down what a blob is."""
        self.files.append(
            Scanned(path=shown(blob.path, 300), kind=kind, size_bytes=blob.size)
        )
