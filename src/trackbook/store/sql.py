"""The named statements of a room's `.sql` file.

A block starts with `-- name: what it returns` and runs to the next one.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from trackbook.errors import NotFound

HEAD = re.compile(r"^-- (?P<name>[a-z_]+): (?P<says>.+)$", re.MULTILINE)


class Queries(dict[str, str]):
    """The named statements of one room."""

    def __missing__(self, name: str) -> str:
        raise NotFound.named("query", name, known=self)


@cache
def queries_of(package: str, file: str = "queries.sql") -> Queries:
    """Return the statements in a package's `.sql` file, by name."""
    return parse(files(package).joinpath(file).read_text(encoding="utf-8"))


def parse(text: str) -> Queries:
    """Split a query file into its blocks; text above the first is a header."""
    heads = list(HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return Queries(
        {h["name"]: text[h.end() : end].strip() for h, end in zip(heads, ends, strict=True)}
    )


def quoted(identifier: str) -> str:
    """Return a quoted identifier; values never pass through here, they are bound."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a quoted text for the few places where SQL takes no bound value (ATTACH)."""
    return "'" + text.replace("'", "''") + "'"
