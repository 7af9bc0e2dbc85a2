"""Names that a piece of source reads and binds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.code import walk_branches, walk_definitions, walk_expressions
from trackbook.code.measured import last_name
from trackbook.code.parse import tree_of, without_provided, word_set, words_in
from trackbook.code.scope import Scope
from trackbook.code.walk import VISITS, walk_each

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterable

MENTION_MAX_CHARS = 20_000
NOTHING: frozenset[str] = frozenset()

for part in (walk_branches, walk_definitions, walk_expressions):
    VISITS.update(part.VISITS)


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
    calls: tuple[ast.Call, ...] = ()
    """In order, those inside functions and classes left out."""


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
        return names_of(tree.body, transform, rebound) if tree else Names()
    except (RecursionError, MemoryError):
        words = words_in(source)
        return Names(frozenset(words), frozenset(words), everything=True)


def names_of(
    nodes: Iterable[ast.stmt],
    transform: Callable[[str], str] | None,
    rebound: Collection[str] = (),
) -> Names:
    """Return what statements that run one after the other read and bind."""
    scope = Scope(transform)
    walk_each(scope, nodes)
    scope.call_all()
    binds = scope.binds | scope.global_binds
    return Names(
        without_provided(scope.reads | scope.global_reads, binds, rebound),
        frozenset(binds) if binds else NOTHING,
        frozenset(scope.sure) if scope.sure else NOTHING,
        scope.star,
        scope.everything,
        mentioned_in(scope.strings, scope.calls),
        tuple(scope.strings),
        tuple(scope.calls),
    )


def mentioned_in(strings: list[str], calls: list[ast.Call]) -> frozenset[str]:
    """Return the words of strings; of very long ones only those near their beginning.

    A single word is a label (`kind="bar"`) unless something here reads text as code.
    """
    if not strings:
        return NOTHING
    words: set[str] = set()
    reading = any(last_name(call.func) in READING for call in calls)
    for text in strings:
        if reading or not text.isidentifier():
            words |= words_in(text[:MENTION_MAX_CHARS])
    return frozenset(words) if words else NOTHING


READING = word_set("eval exec query sql execute table view from_query read_sql attrgetter")
