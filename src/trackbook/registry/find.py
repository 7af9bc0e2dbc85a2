"""From what people call a version to the version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound, Refused
from trackbook.registry.names import ROLES
from trackbook.registry.semver import is_semver, key_of

if TYPE_CHECKING:
    from trackbook.registry.state import Model, Standing

SHORTEST = 4
SHOWN = 5
SEE = "%track versions"


def found(model: Model, at: str) -> Standing:
    """Return the version that stands behind the `@`.

    A number (`1.2.0`), a count (`v3`), `latest` (the highest number that is not archived), an
    alias, `champion` or another role in prod, `staging/champion`, `sha256:ab12…`, an id.

    Raises:
        NotFound: there is none
        Misused: several are meant
        Refused: an alias that leads to an archived version
    """
    if not model.kept:
        raise NotFound(f"no model named {model.name!r}: nothing is registered ({SEE})")
    if at == "latest":
        return latest(model)
    if is_semver(at):
        return numbered(model, at)
    if at.startswith("sha256:"):
        return of_digest(model, at.removeprefix("sha256:").lower())
    if re.fullmatch(r"v[0-9]{1,9}", at):
        for one in model.kept:
            if one.fact.seq == int(at[1:]):
                return one
    if at in model.versions:
        return model.standing(at)
    return named(model, at)


def latest(model: Model) -> Standing:
    """Return the version of the highest number: of those not archived, releases first."""
    usable = [one for one in model.kept if one.state != "ARCHIVED"] or model.kept
    releases = [one for one in usable if key_of(one.fact.semver)[3]] or usable
    return max(releases, key=lambda one: key_of(one.fact.semver))


def numbered(model: Model, semver: str) -> Standing:
    """Return the version of a number."""
    for one in model.kept:
        if key_of(one.fact.semver) == key_of(semver):
            return one
    known = [one.fact.semver for one in model.kept]
    raise NotFound.named(f"version of {model.name}", semver, known=known, see=SEE)


def of_digest(model: Model, part: str) -> Standing:
    """Return the version whose package digest begins with some hex digits."""
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},64}}", part):
        raise Misused(f"sha256:{part[:80]} needs {SHORTEST} to 64 hex digits")
    near = [one for one in model.kept if one.fact.package_digest.startswith(part)]
    if len(near) > 1:
        shown = ", ".join(one.name for one in near[:SHOWN])
        raise Misused(f"sha256:{part} could be {shown}: give more of the digest")
    if not near:
        raise NotFound(f"no version of {model.name} has a digest like {part} ({SEE})")
    return near[0]


def named(model: Model, at: str) -> Standing:
    """Return the version that an alias or a slot leads to."""
    slot = {"production": "prod/champion", "staging": "staging/champion"}.get(at, at)
    if slot in {*ROLES, "last_good"}:
        slot = f"prod/{slot}"
    if slot in model.slots:
        return model.standing(model.slots[slot].version_id)
    if at in model.aliases:
        one = model.standing(model.aliases[at].version_id)
        if one.state == "ARCHIVED":
            raise Refused(
                f"{model.name}@{at} leads to {one.fact.semver}, which is archived: ask for"
                f" {one.name} if you mean it"
            )
        return one
    if "/" in slot:
        raise NotFound(f"nothing is in {slot} of {model.name} ({SEE})")
    known = [*model.aliases, *(one.fact.semver for one in model.kept), "latest"]
    raise NotFound.named(f"version or alias of {model.name}", at[:80], known=known, see=SEE)
