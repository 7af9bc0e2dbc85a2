"""Semantic versions: their order (semver.org 2.0.0), and which comes next, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from trackbook.errors import Misused

if TYPE_CHECKING:
    from trackbook.packages.compatibility import Compatibility

NUMBER = r"(0|[1-9][0-9]*)"
PART = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
SEMVER = re.compile(
    rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-({PART}(?:\.{PART})*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?"
)
LONGEST = 255
Bump = Literal["major", "minor", "patch"]


@dataclass(frozen=True, slots=True)
class Semver:
    """A version such as 1.4.0-rc.1+build.5."""

    major: int
    minor: int
    patch: int
    before: str = ""
    """What makes it a pre-release, `rc.1`."""
    build: str = ""

    @classmethod
    def of(cls, text: str) -> Semver:
        """Return a text as a version.

        Raises:
            Misused: it is none
        """
        found = SEMVER.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            raise Misused(
                f"{text[:60]!r} is no semantic version: write one such as 1.4.0 or 2.0.0-rc.1"
            )
        major, minor, patch, before, build = found.groups()
        return cls(int(major), int(minor), int(patch), before or "", build or "")

    def __str__(self) -> str:
        before = f"-{self.before}" if self.before else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{before}{build}"

    @property
    def key(self) -> tuple[object, ...]:
        """What versions are ordered by: a pre-release before its release, builds alike."""
        parts = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part)
            for part in self.before.split(".")
            if part
        )
        return (self.major, self.minor, self.patch, not self.before, parts)

    def after(self, bump: Bump) -> Semver:
        """Return the next version; a pre-release's next one may be its release."""
        released = replace(self, before="", build="")
        if bump == "major":
            is_due = not (self.before and self.minor == self.patch == 0)
            return Semver(self.major + 1, 0, 0) if is_due else released
        if bump == "minor":
            is_due = not (self.before and self.patch == 0)
            return Semver(self.major, self.minor + 1, 0) if is_due else released
        return released if self.before else replace(released, patch=self.patch + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a new package and of the version before it."""

    package_digest: str
    last_digest: str = ""
    weights_fp: str | None = None
    last_weights_fp: str | None = None
    compatibility: Compatibility | None = None
    """From the last version's signature to this one's; None where one of them has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A version that a package could get."""

    semver: str
    bump: Bump | Literal["first", "none"]
    why: str
    is_duplicate: bool = False
    """The bytes are those of the last version, whose number it is."""


def proposed_version(last: str | None, evidence: Evidence) -> Proposal:
    """Return which version a package should be called, and why.

    A broken signature is a major step, an extended one or a retrained model a minor one, and
    the same model packaged anew a patch.
    """
    if last is None:
        return Proposal(semver="1.0.0", bump="first", why="the first version")
    if evidence.package_digest == evidence.last_digest:
        return Proposal(
            semver=str(Semver.of(last)),
            bump="none",
            why=f"the same bytes as {last}: package {evidence.package_digest[:12]}",
            is_duplicate=True,
        )
    bump, why = step_of(evidence)
    return Proposal(semver=str(Semver.of(last).after(bump)), bump=bump, why=why)


def step_of(evidence: Evidence) -> tuple[Bump, str]:
    """Return how large the step to the new package is, and why."""
    found = evidence.compatibility
    if found is not None and found.verdict == "broken":
        return "major", "the signature is broken: " + "; ".join(found.reasons)
    said = "" if found is not None else ", and there are no two signatures to compare"
    if found is not None and found.verdict == "extended":
        return "minor", "the signature is extended: " + "; ".join(found.reasons)
    if evidence.weights_fp is None or evidence.last_weights_fp is None:
        return "minor", f"what was learned cannot be compared{said}"
    if evidence.weights_fp != evidence.last_weights_fp:
        return "minor", (
            f"retrained: weights {evidence.last_weights_fp[:12]} became"
            f" {evidence.weights_fp[:12]}{said}"
        )
    return (
        "patch",
        f"repackaged: the weights are the same, {evidence.weights_fp[:12]}{said}",
    )
