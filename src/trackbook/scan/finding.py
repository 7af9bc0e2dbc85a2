"""What a scan has to say: findings, what was looked at, and whether that is safe."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
Verdict = Literal["safe", "inconclusive", "unsafe"]
INCONCLUSIVE = "inconclusive"
"""The code of findings that say: this was not understood, so it does not count as safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that speaks against a file; words are one line, whatever the file holds."""

    path: str
    """Where: a path below what was scanned; `!` leads into an archive."""
    severity: Severity
    code: str
    words: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.path}: {self.words} [{self.code}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A file that was looked at, or a member of an archive, and what it is by its bytes."""

    path: str
    kind: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scan found; it is a trip-wire: what protects is a format that runs nothing."""

    findings: tuple[Finding, ...]
    files: tuple[Scanned, ...]
    duration_s: float

    @property
    def is_safe(self) -> bool:
        """Whether nothing is an error; what was not understood is one."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """The scan in one word; inconclusive: nothing bad was seen, not all was understood."""
        codes = {f.code for f in self.findings if f.severity == "error"}
        if not codes:
            return "safe"
        return "inconclusive" if codes == {INCONCLUSIVE} else "unsafe"

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of everything that was looked at."""
        return frozenset(file.kind for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """Return the scan as plain values, for JSON."""
        return {
            "verdict": self.verdict,
            "is_safe": self.is_safe,
            "duration_s": self.duration_s,
            "findings": [asdict(finding) for finding in self.findings],
            "files": [asdict(file) for file in self.files],
        }


def shown(text: object, most: int = 80) -> str:
    """Return a hostile text as part of one line: nothing in it moves a cursor or hides."""
    words = str(text)
    cut = words if len(words) <= most else words[: most - 1] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
