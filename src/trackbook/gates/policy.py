"""What a version must pass to enter a target: the policy, as it is once it is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Literal

from trackbook.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trackbook.gates.evaluation import Evaluation
    from trackbook.gates.waivers import Waiver
    from trackbook.records import Severity

TIME_LIMIT_S = 120.0
DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One check that a target asks for."""

    check: str
    label: str
    """By what a report calls it."""
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "fail"
    time_limit_s: float = TIME_LIMIT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a version may enter, and every check that stands before it, in order."""

    name: str
    wants: Sequence[Want]
    description: str = ""
    on_error: Mapping[str, Severity] = field(default_factory=dict)
    """By pattern of check: whether one that crashed keeps the version out."""
    on_skip: Mapping[str, Severity] = field(default_factory=dict)
    """By pattern of check: whether one that could not be asked keeps the version out."""

    holm: bool = True
    """Whether what its checks test is held together against chance, by Holm's method."""
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    """By label: what a version need not pass for a time. Those of `extends` are not taken over."""

    def after(
        self, what: Literal["error", "skip"], check: str, *, is_grave: bool = False
    ) -> Severity:
        """Return what an error or a skip of a check means: the first pattern that fits.

        Where no rule says it, an error keeps the version out, and so does a grave skip.
        """
        rules = self.on_error if what == "error" else self.on_skip
        for pattern, severity in rules.items():
            if pattern != DEFAULT and fnmatch(check, pattern):
                return severity
        return rules.get(DEFAULT, "fail" if what == "error" or is_grave else "warn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The gates of a project."""

    targets: Mapping[str, Target]
    text: str
    """As it was written."""
    source: str
    """Where it stands: a file, `built-in`, `python`."""
    folder: Path | None = None
    """Where functions that it names are looked for."""
    evaluation: Evaluation | None = None
    """The rows on which versions are measured, where a check names none of its own."""

    @property
    def digest(self) -> str:
        """SHA-256 of its text: of a file what `sha256sum` says."""
        return hashlib.sha256(self.text.encode("utf-8", errors="surrogatepass")).hexdigest()

    def target(self, name: str) -> Target:
        """Return a target by its name."""
        if name not in self.targets:
            see = f"{self.source}: {', '.join(self.targets)}"
            raise NotFound.named("target", name, known=self.targets, see=see)
        return self.targets[name]
