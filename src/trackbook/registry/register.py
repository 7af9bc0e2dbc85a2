"""Decisions to register: which number a package gets, or which version it is already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.clock import new_id
from trackbook.errors import Misused, Refused
from trackbook.records import Version
from trackbook.registry.chain import UNSEALED
from trackbook.registry.names import digest_of, words_of
from trackbook.registry.semver import key_of, next_after

if TYPE_CHECKING:
    from trackbook.registry.policy import Facts
    from trackbook.registry.semver import Step
    from trackbook.registry.state import Model

LARGEST = 1 << 62


def registered(
    model: Model, facts: Facts, semver: str | None, step: Step
) -> Version | None:
    """Decide on a registration: a new version; None where one holds these bytes already.

    Raises:
        Refused: the number is taken by other bytes, or these bytes have another number
    """
    digest = digest_of(facts.package_digest)
    must_be_sizes(facts)
    if is_known(model, digest, semver):
        return None
    numbers = [one.fact.semver for one in model.versions.values()]
    chosen = semver if semver is not None else next_after(numbers, step)
    must_be_free(model, chosen, digest)
    if facts.parent_id is not None:
        model.standing(facts.parent_id)
    why = facts.why_semver or ("given" if semver is not None else f"the next {step}")
    return Version(
        version_id=new_id(),
        model=model.name,
        seq=len(model.versions) + 1,
        semver=chosen,
        why_semver=words_of(why, "why"),
        package_digest=digest,
        weights_fp=facts.weights_fp,
        object_fp=facts.object_fp,
        object_fp_why=facts.object_fp_why,
        fp_algo=facts.fp_algo,
        flavour=facts.flavour,
        is_unsafe=facts.is_unsafe,
        signature=facts.signature,
        size_bytes=facts.size_bytes,
        file_count=facts.file_count,
        probe_count=facts.probe_count,
        source_run_id=facts.run_id,
        git_commit=facts.git_commit,
        author=words_of(facts.author, "author"),
        description=words_of(facts.description, "description"),
        parent_id=facts.parent_id,
        **UNSEALED,
    )


def is_known(model: Model, digest: str, semver: str | None) -> bool:
    """Say whether these bytes are a version already, refusing them a second number."""
    for one in model.kept:
        if one.fact.package_digest == digest:
            if semver is not None and key_of(semver) != key_of(one.fact.semver):
                raise Refused(
                    f"these bytes are {one.name} already: a version is registered once; an"
                    " alias gives it a further name"
                )
            return True
    return False


def must_be_free(model: Model, semver: str, digest: str) -> None:
    """Refuse a number that other bytes have or had."""
    wanted = key_of(semver)
    for one in model.versions.values():
        if key_of(one.fact.semver) == wanted:
            what = "was deleted, and its number stays taken" if one.is_deleted else "exists"
            raise Refused(
                f"{one.name} {what} (sha256:{one.fact.package_digest[:12]}, not"
                f" {digest[:12]}): a version never changes; register the next number"
            )


def must_be_sizes(facts: Facts) -> None:
    """Refuse numbers that no package has."""
    for name in ("size_bytes", "file_count", "probe_count"):
        value = getattr(facts, name)
        if not 0 <= value < LARGEST:
            raise Misused(f"{name} of a package is {value}: it counts from 0")
