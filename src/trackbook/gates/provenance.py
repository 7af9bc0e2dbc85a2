"""Whether what made a version is known, and makes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.gates.answer import Answer, failed, passed, skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate


PARTS = ("run", "data", "code", "environment")
"""What a version comes from."""


def complete(
    candidate: Candidate, _bench: Bench, *, require: tuple[str, ...] = PARTS
) -> Answer:
    """The run that made the version is on record, with its data, its code and its environment."""
    reach = candidate.reach
    if reach is None:
        return skipped("what can be reached of its past was not given")
    missing = {part: reach.get(part, "not on record") for part in require}
    missing = {part: why for part, why in missing.items() if why}
    there = [part for part in require if part not in missing]
    evidence = {"there": there, "missing": missing}
    if missing:
        reasons: dict[str, list[str]] = {}
        for part, why in missing.items():
            reasons.setdefault(why, []).append(part)
        said = "; ".join(f"{', '.join(parts)}: {why}" for why, parts in reasons.items())
        return failed(f"not reached: {said}", len(there), len(require), **evidence)
    said = f"{', '.join(there)} can be reached"
    return passed(said, len(there), len(require), **evidence)


def no_part(params: Mapping[str, object]) -> str | None:
    """Say which part of a version's past there is none of."""
    asked = params.get("require", PARTS)
    names = asked if isinstance(asked, (list, tuple)) else ()
    odd = [name for name in names if name not in PARTS]
    if odd or not names:
        return f"require is {list(names)!r}: there are {', '.join(PARTS)}"
    return None


def verified(
    candidate: Candidate,
    _bench: Bench,
    *,
    accept: tuple[str, ...] = ("identical", "within tolerance"),
) -> Answer:
    """The run that made the model was executed again and gave the same."""
    verdict = candidate.reproduction
    if verdict is None:
        return failed("its run was never executed again: %track reproduce", None, accept)
    said = f"its run, executed again, was {verdict}"
    return (passed if verdict in accept else failed)(said, verdict, accept)


def git_clean(candidate: Candidate, _bench: Bench, *, diff_will_do: bool = True) -> Answer:
    """The code was committed when the run ended, or what differed was recorded."""
    commit = candidate.git_commit
    if not commit:
        return failed("its code was in no git commit", None)
    short = commit[:12]
    if candidate.git_dirty is None:
        return failed(f"whether its code was as in commit {short} is not known", commit)
    if not candidate.git_dirty:
        return passed(f"its code is commit {short}", commit)
    if candidate.has_diff and diff_will_do:
        return passed(f"its code is commit {short} and a recorded difference", commit)
    return failed(f"its code was not as in commit {short}: commit it and run again", commit)
