"""Further facts by plug-ins, asked when a run has ended or a version was registered.

A plug-in is a function that a distribution names in its entry points:
`[project.entry-points."trackbook.collectors"]  costs = "mylab.costs:collect"`. It is given what
was `Seen` and returns a dict of names and values that JSON can hold. The setting `collectors`
says which are asked, and in which order.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from trackbook.capture import aside, attempt
from trackbook.errors import Misused
from trackbook.plugins import plug_ins
from trackbook.records import Collected
from trackbook.table import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from trackbook.book.book import Book
    from trackbook.capture import ActiveRun
    from trackbook.records import Run
    from trackbook.registry import VersionRow

GROUP = "trackbook.collectors"
LIMIT_S = 2.0
"""How long a plug-in may take; one that takes longer is asked no more in this session."""
MOST_FACTS, LONGEST, LONGEST_NAME = 200, 10_000, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a plug-in is given; it is not to change any of it."""

    moment: Literal["run", "version"]
    """`run`: one has ended; `version`: one was registered."""
    project: Path
    run_id: str | None
    run_name: str | None
    experiment: str | None
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    model: object = None
    """Of a version: the model, where it is at hand."""
    version: str | None = None
    """`churn@1.2.0`."""
    version_id: str | None = None
    package: Path | None = None
    """The folder of its package."""


class Collecting:
    """Asks the plug-ins of one process, and writes down what they say."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._retired: set[str] = set()

    def of_run(self, run: ActiveRun) -> None:
        """Ask about a run that ended; for the background."""
        seen = Seen(
            moment="run",
            project=self._book.project,
            run_id=run.run_id,
            run_name=run.name,
            experiment=run.experiment,
            params=dict(run.params),
            metrics=dict(run.metrics),
        )
        self._ask(seen)

    def of_version(
        self, row: VersionRow, model: object, run: Run | None, package: Path
    ) -> None:
        """Ask about a version that was registered; no failure reaches whoever registered it."""
        seen = Seen(
            moment="version",
            project=self._book.project,
            run_id=row.run_id,
            run_name=None if run is None else run.name,
            experiment=None if run is None else run.experiment,
            params={} if run is None else run.params,
            metrics={} if run is None else run.metrics,
            model=model,
            version=row.name,
            version_id=row.version_id,
            package=package,
        )
        attempt("collectors", lambda: self._ask(seen), self._tell)

    def _ask(self, seen: Seen) -> None:
        for point in wanted(self._book.settings.collectors):
            if point.name not in self._retired:
                self._book.put(self._said_by(point, seen), seen.run_id)

    def _said_by(self, point: EntryPoint, seen: Seen) -> Collected:
        """Return what one plug-in says, or why it says nothing."""
        problems: list[str] = []

        def told(_place: str, error: BaseException) -> None:
            problems.append(f"{type(error).__name__}: {error}"[:LONGEST])
            self._tell(f"collector {point.name}", error)

        began = time.monotonic()
        answered = within(
            LIMIT_S, lambda: attempt(point.name, lambda: asked(point, seen), told)
        )
        if answered is None and not problems:
            self._retired.add(point.name)
            told("", Misused(f"no answer within {LIMIT_S:g} s: it is asked no more"))
        facts = (answered or {}) if not problems else {}
        mask = self._book.secrets
        return Collected(
            collector=point.name,
            moment=seen.moment,
            version_id=seen.version_id,
            names=list(facts),
            contents=[
                json.dumps(mask.of_value(name, value)) if type(value) is str else
                mask.in_text(json.dumps(value, allow_nan=False))
                for name, value in facts.items()
            ],
            problem=mask.in_text("; ".join(problems[:1])),
            duration_s=time.monotonic() - began,
        )  # fmt: skip

    def _tell(self, place: str, error: BaseException) -> None:
        """Say that something failed; it goes no further."""
        if self._book.recorder is not None:
            self._book.recorder.fault(place, error)
        else:
            words = f"{place} failed: {type(error).__name__}: {error}"
            self._book.complain(self._book.secrets.in_text(words))


def within(seconds: float, job: Callable[[], Any]) -> Any:
    """Return what a job returns; None where it has not ended in time: it is left behind."""
    said: list[Any] = []
    thread = threading.Thread(
        target=lambda: said.append(job()), name="trackbook-collector", daemon=True
    )
    thread.start()
    thread.join(seconds)
    return said[0] if said else None


def asked(point: EntryPoint, seen: Seen) -> dict[str, object]:
    """Return what a plug-in says, while nothing that it calls is recorded.

    Raises:
        Misused: it wanted to end the process, which a plug-in may not
    """
    try:
        with aside():
            return facts_of(point, seen)
    except SystemExit as error:
        raise Misused("it called sys.exit") from error


def facts_of(point: EntryPoint, seen: Seen) -> dict[str, object]:
    """Return what a plug-in says as plain values.

    Raises:
        Misused: it is no dict of names and values, or too large
    """
    found = point.load()(seen)
    if not isinstance(found, dict) or not all(type(name) is str for name in found):
        raise Misused(f"it returned {type(found).__name__}, not a dict with texts as names")
    if len(found) > MOST_FACTS:
        raise Misused(f"it returned {len(found)} facts: at most {MOST_FACTS} are kept")
    facts = {name[:LONGEST_NAME]: plain(value) for name, value in found.items()}
    for name, value in facts.items():
        if len(json.dumps(value)) > LONGEST:
            raise Misused(f"{name[:40]!r} is longer than {LONGEST:,} characters of JSON")
    return facts


def wanted(patterns: Sequence[str]) -> list[EntryPoint]:
    """Return the plug-ins that are to be asked, in the order of the patterns that they fit.

    Args:
        patterns: names with * and ?; with ! in front, of those that are not asked; the last
            that fits decides; where none says who is asked, all are
    """
    if all(one.startswith("!") for one in patterns):
        patterns = ["*", *patterns]
    chosen: list[tuple[int, EntryPoint]] = []
    for point in installed(tuple(sys.path)):
        fits = [
            at
            for at, one in enumerate(patterns)
            if fnmatchcase(point.name, one.lstrip("!"))
        ]
        if fits and not patterns[fits[-1]].startswith("!"):
            chosen.append((fits[0], point))
    return [point for _, point in sorted(chosen, key=lambda pair: pair[0])]


@lru_cache(maxsize=1)
def installed(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Return every plug-in that is installed, one for each name, in their order."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(plug_ins(GROUP)):
        found.setdefault(point.name, point)
    return tuple(found.values())
