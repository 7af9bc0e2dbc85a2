"""Finding runs, looking at one, writing them out, throwing them away."""

from __future__ import annotations

from trackbook.runs.around import Around, around
from trackbook.runs.builds import conda_of, docker_of
from trackbook.runs.condition import Condition
from trackbook.runs.export import Exported, export
from trackbook.runs.filter import parse
from trackbook.runs.find import find, find_all, short_ids
from trackbook.runs.gc import Freed, gc
from trackbook.runs.page import RunPage, show
from trackbook.runs.rows import TrashedRow
from trackbook.runs.search import by_ids, count, search, unknown_names
from trackbook.runs.trash import in_trash, restore, trash

__all__ = [
    "Around",
    "Condition",
    "Exported",
    "Freed",
    "RunPage",
    "TrashedRow",
    "around",
    "by_ids",
    "conda_of",
    "count",
    "docker_of",
    "export",
    "find",
    "find_all",
    "gc",
    "in_trash",
    "parse",
    "restore",
    "search",
    "short_ids",
    "show",
    "trash",
    "unknown_names",
]  # fmt: skip
