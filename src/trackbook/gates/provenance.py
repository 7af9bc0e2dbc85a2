"""Whether what made a version is known, and makes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.gates.answer import Answer, failed, passed

if TYPE_CHECKING:
    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate


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
