"""A package loaded in a fresh process, where a script of ours tries it on rows of ours."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trackbook.gates.child import run_child
from trackbook.gates.loading import (
    MEMORY_MB,
    NEVER,
    Loaded,
    Told,
    fault_of,
    told_in,
    unfit,
)
from trackbook.gates.package import MB, tampered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench


class Trial(NamedTuple):
    """What came of a trial."""

    loaded: Loaded
    work: Path
    """Where the script wrote what it found; empty where it was never started."""

    @property
    def fault(self) -> str | None:
        """Why it did not come to an end; None where it did."""
        return fault_of(self.loaded)

    def note(self, name: str) -> Mapping[str, object]:
        """Return what the script wrote as JSON under a name; it may have lied."""
        return told_in(self.work / name, dict[str, object]) or {}


def tried(
    bench: Bench,
    script: Path,
    order: Mapping[str, object],
    *,
    variables: Mapping[str, str] | None = None,
) -> Trial:
    """Load the package as `load.clean_process` does, and have a script do what is ordered.

    The script finds the order as `order.pkl` in the folder in which it works.
    """
    work = Path(tempfile.mkdtemp(prefix="trial-", dir=bench.scratch))
    refused = unfit(bench)
    if refused:
        return Trial(Loaded(MEMORY_MB, NEVER, None, None, refused), work)
    (work / "order.pkl").write_bytes(pickle.dumps(dict(order)))
    ended = run_child(
        script,
        [str(bench.folder.resolve()), str(work)],
        work,
        seconds=bench.seconds_left,
        memory_bytes=int(MEMORY_MB * MB),
        halt=bench.halt,
        network="closed",
        variables=variables,
    )
    told = told_in(work / "loaded.json", Told)
    changed = tampered(bench) or ""
    return Trial(Loaded(MEMORY_MB, ended, told, None, changed=changed), work)
