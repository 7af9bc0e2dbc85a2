"""A check of the user's own: a function of the project, called in a process of its own."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import Misused, TrackbookError
from trackbook.gates.answer import Answer, plain, skipped
from trackbook.gates.child import run_child
from trackbook.gates.package import MB

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

SCRIPT = Path(__file__).with_name("call_check.py")
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
MEMORY_MB, LARGEST = 4_000, 1_000_000


class CheckFailed(TrackbookError):
    """A check of the user's own did not come to an answer."""


def checked_name(name: str) -> Callable[..., Answer]:
    """Return the check that calls `module:function`, or say that no such name can be."""
    if not NAME.fullmatch(name):
        raise Misused(f"{name!r} names no function: write module:function")

    def call(candidate: Candidate, bench: Bench, **params: object) -> Answer:
        return called(name, candidate, bench, params)

    return call


def called(
    name: str, candidate: Candidate, bench: Bench, params: Mapping[str, object]
) -> Answer:
    """Call a function of the project with facts and parameters; return what it says.

    It is called as `function(facts, **params)`, the facts a dict of plain values, and
    returns True or False, or a dict of `passed` (None: skipped), `words`, `value`, `threshold`,
    `evidence`.
    """
    work = Path(tempfile.mkdtemp(prefix="check-", dir=bench.scratch))
    asked = work / "asked.json"
    paths = [str(bench.project.resolve())] if bench.project is not None else []
    order = {"check": name, "facts": facts_of(candidate), "params": params, "paths": paths}
    asked.write_text(json.dumps(order, default=plain), encoding="utf-8")
    ended = run_child(
        SCRIPT,
        [str(asked), str(work / "answer.json")],
        work,
        seconds=bench.seconds_left,
        memory_bytes=MEMORY_MB * MB,
        halt=bench.halt,
    )
    if ended.why != "ended":
        limits = {"time": f"after {ended.seconds:.0f} s", "memory": f"over {MEMORY_MB} MB"}
        raise CheckFailed(f"{name} was ended: {limits.get(ended.why, 'stopped')}")
    if ended.code != 0:
        raise CheckFailed(f"{name} raised: {ended.last_line}")
    return answer_in(work / "answer.json", name)


def answer_in(file: Path, name: str) -> Answer:
    """Return what a function said, as it was written down."""
    if not file.is_file() or file.is_symlink() or file.stat().st_size > LARGEST:
        raise CheckFailed(f"{name} gave no answer of at most {LARGEST} bytes")
    said = json.loads(file.read_bytes())
    if isinstance(said, bool):
        words = "said yes" if said else "said no"
        return Answer(outcome="passed" if said else "failed", words=words)
    if isinstance(said, dict) and "passed" in said and said["passed"] is None:
        return skipped(str(said.get("words") or "could not be asked"))
    if not isinstance(said, dict) or not isinstance(said.get("passed"), bool):
        raise CheckFailed(
            f"{name} returned {str(said)[:80]!r}: return a bool, or a dict with passed"
        )
    evidence = said.get("evidence")
    good = said["passed"]
    return Answer(
        outcome="passed" if good else "failed",
        words=str(said.get("words") or ("said yes" if good else "said no")),
        value=said.get("value"),
        threshold=said.get("threshold"),
        evidence=evidence if isinstance(evidence, dict) else {"evidence": evidence},
    )


def facts_of(candidate: Candidate) -> dict[str, object]:
    """Return what is known of a candidate as plain values."""
    names = (
        "model", "version", "version_id", "package_digest", "size_bytes", "flavour",
        "is_unsafe", "signature", "reproduction", "git_commit", "git_dirty", "author",
    )  # fmt: skip
    facts = {name: getattr(candidate, name) for name in names}
    facts |= {
        "folder": str(candidate.folder.resolve()),
        "metrics": dict(candidate.metrics),
        "metadata": dict(candidate.metadata),
        "data": dict(candidate.data),
        "champion": None,
    }
    champion = candidate.champion
    if champion is not None:
        facts["champion"] = {
            "version": champion.version,
            "package_digest": champion.package_digest,
            "signature": champion.signature,
            "metrics": dict(champion.metrics),
            "data": dict(champion.data),
        }
    return facts
