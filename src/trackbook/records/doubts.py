"""What speaks against a run: the kind, and the plain values from which it is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003  msgspec reads them
from typing import Literal, NamedTuple

import msgspec

from trackbook.records.base import Record, kind

DoubtCode = Literal[
    "edited",
    "deleted",
    "gone",
    "executed again",
    "out of order",
    "passed over",
    "from nowhere",
    "diverged",
    "stalled",
]


@kind("doubt")
class Doubt(Record, frozen=True, kw_only=True):
    """A doubt about a run, as it stood when the run ended; stamped with the run."""

    code: DoubtCode
    words: str
    """One sentence."""
    names: list[str]
    """The variables that it is about."""
    about: str = ""
    """The execution that it is about."""


class Made(NamedTuple):
    """A variable as an execution left it, as far as it can be compared with another time."""

    mark: bytes | None = None
    """Equal values have equal ones; None where that cannot be known."""
    value: object = ...
    """A short plain value itself; an ellipsis for any other."""
    length: int | None = None
    """Rows or items, of what has a length."""


class Ran(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One execution of a cell, as far as doubts ask for it."""

    execution_id: str
    cell_key: str
    cell_id: str | None
    source: str
    source_hash: str
    count: int | None
    began_us: int
    injected: bool = False
    """A runner put the cell in; the notebook has none like it."""
    uses: Mapping[str, frozenset[str]] = {}
    """By which variables it used earlier executions."""
    made: Mapping[str, Made] = {}
    """Variables that it bound or changed."""
    sure: frozenset[str] = frozenset()
    """Those that it bound anew whatever they were before."""
    seeds_for: frozenset[str] = frozenset()
    """Earlier executions that it used for the random numbers or settings that they left."""
    strangers: Mapping[str, str] = {}
    """Variables that it used and no cell of this session made, and where they are from."""


class CodeCell(NamedTuple):
    """One code cell of a notebook as it stands in the document."""

    cell_id: str | None
    source: str
    number: int | None = None
    """Of its last execution, as the document shows it."""


class Sheet(NamedTuple):
    """A notebook's code cells in order, as somebody who knows them last saw them."""

    cells: Sequence[CodeCell]
    seen_us: int
    """When: a file's time of writing, or now for a front end's word."""
    live: bool = False
    """A front end says so: it is what stands on screen, with no delay between."""
    once: frozenset[str] = frozenset()
    """Ids of all cells that it was ever seen with."""
