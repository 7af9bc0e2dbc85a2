"""Terms on which a run is executed in its own environment, built again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.lineage import slice_of
from trackbook.records import Reproduction
from trackbook.reproduce.environment import LONGEST_S, NotBuilt, built
from trackbook.reproduce.verdict import Proven, reproduce
from trackbook.runs import around

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.records import Run
    from trackbook.reproduce.rerun import Progress
    from trackbook.reproduce.verdict import Terms
    from trackbook.store import Store


def reproduce_rebuilt(
    store: Store,
    run: Run,
    terms: Terms,
    *,
    progress: Progress,
    say: Callable[[str], None],
    again: Callable[..., Proven] = reproduce,
) -> Proven:
    """Build the environment of a run again, and execute there what it rests on by `again`.

    What cannot be built is a verdict as well: failed, with the package that is to blame.

    Raises:
        NotFound: no packages of the run are on record
    """
    was = around(store, run)
    try:
        env = built(was, say=say, timeout_s=terms.timeout_s or LONGEST_S)
    except NotBuilt as error:
        return unbuilt(store, run, terms, str(error))
    inside = replace(
        terms,
        python=env.python,
        version=env.version,
        environment=f"rebuilt with Python {env.version}",
        remarks=env.remarks,
    )
    return again(store, run, inside, progress=progress)


def unbuilt(store: Store, run: Run, terms: Terms, said: str) -> Proven:
    """Return the verdict on a run whose environment cannot be built."""
    cut = slice_of(store, run, or_none=True)
    found = Reproduction(
        verdict="failed",
        duration_s=0.0,
        differences=[said],
        largest_difference=0.0,
        tolerance=terms.tolerance,
        cause="external",
        blames=[
            "packages that cannot be had any more (without --env those of today are used)"
        ],
        execution_count=len(cut.parts),
        environment="not built",
    )
    return Proven(found, cut, [])
