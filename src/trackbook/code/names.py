"""Names that a piece of source reads and binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.code import walk_branches, walk_definitions, walk_expressions
from trackbook.code.parse import tree_of, without_provided, word_set, words_in
from trackbook.code.scope import Scope
from trackbook.code.walk import WALKS, walk_each, walk_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MENTION_MAX_CHARS = 20_000

for part in (walk_branches, walk_definitions, walk_expressions):
    WALKS.update(part.VISITS)
for kind in vars(ast).values():
    if isinstance(kind, type) and issubclass(kind, ast.AST):
        WALKS.setdefault(kind, walk_inside)


class Names(NamedTuple):
    """Top-level names of one piece of source."""

    reads: frozenset[str] = frozenset()
    """Used unless surely bound before; builtins left out."""
    binds: frozenset[str] = frozenset()
    """Bound or deleted at the top level, through `global` in functions too."""
    sure: frozenset[str] = frozenset()
    """Bound on every path to the end."""
    star: bool = False
    """A star import may have bound anything."""
    everything: bool = False
    """It may read any name: `globals()`, `exec` of unknown text and the like."""
    mentions: frozenset[str] = frozenset()
    """Words in its strings, which `df.query`, SQL or `eval` may take for names."""
    strings: tuple[str, ...] = ()
    """Its texts, but for those that are only shown and for keys."""


def names_in(
    source: str,
    transform: Callable[[str], str] | None = None,
    *,
    rebound: Collection[str] = (),
) -> Names:
    """Return what `source` reads and binds when it runs from top to bottom.

    `x = x + 1` reads x, `x = 1; x + 1` does not. A function reads when it is called, or
    at the end. `transform` is IPython's, for the bodies of magics; `rebound` are names of
    builtins that the notebook has bound before (`max = 3`), whose reads count then.
    Source that does not parse reads and binds nothing: Python refused it as well.
    """
    try:
        tree = tree_of(source)
        scope = Scope(transform)
        walk_each(scope, tree.body if tree else ())
        return Names(**facts_of(scope, rebound))
    except (RecursionError, MemoryError):
        words = words_in(source)
        return Names(frozenset(words), frozenset(words), everything=True)


def facts_of(scope: Scope, rebound: Collection[str]) -> dict[str, Any]:
    """Return what was read and bound in a scope, by the names of the fields of `Names`.

    What there is nothing of is left out: most statements have little of most.
    """
    facts: dict[str, Any] = {}
    if scope.late:
        scope.call_all()
    reads, binds = scope.reads, scope.binds
    if scope.global_reads or scope.global_binds:
        reads, binds = reads | scope.global_reads, binds | scope.global_binds
    if reads:
        facts["reads"] = without_provided(reads, binds, rebound)
    if binds:
        facts["binds"] = frozenset(binds)
        facts["sure"] = frozenset(scope.sure)
    if scope.strings:
        facts["mentions"] = mentioned_in(scope.strings, scope.called)
        facts["strings"] = tuple(scope.strings)
    if scope.star:
        facts["star"] = True
    if scope.everything:
        facts["everything"] = True
    return facts


def mentioned_in(strings: list[str], called: list[str]) -> frozenset[str]:
    """Return the words of strings; of very long ones only those near their beginning.

    A single word is a label (`kind="bar"`) unless something here reads text as code.
    """
    words: set[str] = set()
    reading = not READING.isdisjoint(called)
    for text in strings:
        if reading or not text.isidentifier():
            words |= words_in(text[:MENTION_MAX_CHARS])
    return frozenset(words)


READING = word_set("eval exec query sql execute table view from_query read_sql attrgetter")
