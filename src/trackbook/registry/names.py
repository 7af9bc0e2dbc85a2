"""What models, versions and aliases may be called, and what `name@…` means."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from trackbook.clock import us_of
from trackbook.errors import Misused, Refused
from trackbook.registry.semver import is_semver

if TYPE_CHECKING:
    from datetime import datetime

MODEL = re.compile(r"\w[\w.\- ]*(?:/\w[\w.\- ]*)*")
ALIAS = re.compile(r"[^\W\d][\w.\-]*")
NUMBERED = re.compile(r"v[0-9]+", re.IGNORECASE)
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_MODEL, LONGEST_ALIAS, LONGEST_TEXT = 120, 60, 10_000
ROLES = ("champion", "challenger", "shadow", "canary")
ENVS = ("dev", "staging", "prod")
RESERVED = {
    *ROLES, *ENVS, "latest", "last_good", "production", "development", "deprecated",
    "archived", "sha256", "none",
}  # fmt: skip
"""Names that trackbook gives a meaning of its own, or that would be taken for a state."""


class Reference(NamedTuple):
    """What stands for a version, taken apart."""

    model: str
    at: str
    """What is behind the `@`; `latest` where nothing is."""


def reference_of(text: str) -> Reference:
    """Take apart `name@1.2.0`, `name@champion`, `name@latest`, `name@sha256:ab12…`, `name`."""
    model, at_sign, at = text.strip().partition("@")
    if at_sign and not at:
        raise Misused(f"{text!r} names no version: {model}@latest, or {model}@1.2.0")
    return Reference(model_name(model), at or "latest")


def model_name(text: str) -> str:
    """Return a model's name in one form, refusing what would read as something else."""
    name = unicodedata.normalize("NFC", text)
    if len(name) > LONGEST_MODEL or not MODEL.fullmatch(name) or name != name.strip():
        raise Misused(
            f"{in_quotes(text)} cannot be a model's name: letters, digits, _ . - / and"
            f" spaces between, at most {LONGEST_MODEL}"
        )
    return name


def alias_name(text: str) -> str:
    """Return an alias that users may set.

    Raises:
        Refused: trackbook itself keeps the name, or it reads as a version
    """
    name = unicodedata.normalize("NFC", text)
    folded = name.casefold()
    if folded in RESERVED or NUMBERED.fullmatch(name) or is_semver(name.lstrip("vV")):
        raise Refused(
            f"{name!r} means something already: choose another alias, such as 'stable'"
        )
    if len(name) > LONGEST_ALIAS or not ALIAS.fullmatch(name):
        raise Misused(
            f"{in_quotes(text)} cannot be an alias: a letter first, then letters, digits,"
            f" _ . -, at most {LONGEST_ALIAS}"
        )
    return name


def digest_of(text: str) -> str:
    """Return the 64 hex digits of a digest, with or without `sha256:` before them."""
    digest = text.removeprefix("sha256:").lower()
    if not DIGEST.fullmatch(digest):
        raise Misused(
            f"{in_quotes(text)} is no package digest: 64 hex digits of SHA-256 are needed"
        )
    return digest


def slot_name(env: str, role: str) -> str:
    """Return `env/role`, refusing environments and roles that there are not."""
    if env not in ENVS:
        raise Misused(f"no environment {in_quotes(env)}: there are {', '.join(ENVS)}")
    if role not in ROLES:
        raise Misused(f"no role {in_quotes(role)}: there are {', '.join(ROLES)}")
    return f"{env}/{role}"


def words_of(text: str, what: str) -> str:
    """Return what somebody wrote, refusing what is too long to be read."""
    if len(text) > LONGEST_TEXT:
        raise Misused(
            f"a {what} of {len(text):,} characters: say it in at most {LONGEST_TEXT:,}"
        )
    return text.strip()


def moment(when: datetime | None) -> int | None:
    """Return an aware time as µs since 1970."""
    if when is None:
        return None
    if when.tzinfo is None:
        raise Misused(f"{when} has no time zone: say datetime(…, tzinfo=UTC)")
    return us_of(when)


def in_quotes(text: str) -> str:
    """Return a text that may be anything, short enough for a message."""
    return repr(text if len(text) <= LONGEST_MODEL else text[:LONGEST_MODEL] + "…")
