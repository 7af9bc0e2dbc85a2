"""A cell cut into its top-level statements, each with what it does to names."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.code.display_names import display_name
from trackbook.code.effects import SEEDING, is_ambient, risked_by
from trackbook.code.given import Given, given_in
from trackbook.code.literals import EVALUATE, chosen_by, is_dict_call, is_literal
from trackbook.code.magics import effect_of, magic_of
from trackbook.code.measured import is_summary
from trackbook.code.metric_names import is_metric_name, is_weak_name
from trackbook.code.names import facts_of
from trackbook.code.parse import lines_in, tree_of, words_in
from trackbook.code.roles import VISITS, Roles
from trackbook.code.scope import NONE, Scope
from trackbook.code.walk import WALKS, names_bound_by

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


class Statement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One top-level statement of a cell, or of the body of a magic that runs in place.

    Holds nothing that could lead back to it, so the collector need not look.
    """

    line: int
    """Counted from 1 in the transformed source; of the magic, for a nested statement."""
    end_line: int
    nested: bool = False
    """It stands in the body of a magic such as `%%time`."""
    reads: frozenset[str] = NONE
    binds: frozenset[str] = NONE
    sure: frozenset[str] = NONE
    star: bool = False
    """A star import may have bound anything."""
    everything: bool = False
    """It may read any name: `globals()`, `exec` of unknown text and the like."""
    mentions: frozenset[str] = NONE
    """Words in its strings, which `df.query`, SQL or `eval` may take for names."""
    strings: tuple[str, ...] = ()
    """Its texts, which may name files."""
    touches: frozenset[str] = NONE
    """Names whose object may be changed in place: `x[0] = 1`, `x.append(1)`."""
    risked: frozenset[str] = NONE
    """Names that some call could change in place, where nobody can see whether it did."""
    seeds: bool = False
    """It sets a generator of random numbers anew."""
    ambient: bool = False
    """It changes what every later cell may rest on: a seed, an option, the environment."""
    passed: frozenset[str] = NONE
    """Names given to a function, or to a call whose result is dropped: `train(model)`."""
    given: tuple[Given, ...] = ()
    """Calls of plain functions with literals among their arguments: `train(lr=0.1)`."""
    chosen: Mapping[str, object] = msgspec.field(default_factory=dict)
    """Names bound to literals, and the values."""
    constants: frozenset[str] = NONE
    """ALL_CAPS names bound to anything else; they may stand in `computed` as well."""
    computed: frozenset[str] = NONE
    """Names bound to what could be a measured number."""
    summary: bool = False
    """It only sums up what is there, in one expression: `df.score.mean()`."""
    timings: frozenset[str] = NONE
    """Names bound to differences of times."""
    loops: frozenset[str] = NONE
    """Targets of `for`, `with` and `except`, and names only counted up."""
    accumulators: frozenset[str] = NONE
    """Names augmented, or grown in a loop."""
    displayed: str | None = None
    """The metric name of the value that the cell shows, for its last statement."""


def statements_in(
    source: str,
    transform: Callable[[str], str] | None = None,
    *,
    modules: Collection[str] = (),
    rebound: Collection[str] = (),
) -> list[Statement]:
    """Return the top-level statements of a transformed cell, in order.

    `transform` is IPython's, for magics inside the bodies of magics; `modules` are names
    that stand for modules; `rebound` as in `names_in`. Source that does not parse, or is
    too deeply nested to read, gives one statement that reads every word in it.
    """
    try:
        tree = tree_of(source)
        if tree is not None:
            return Cut(source, transform, modules, rebound).statements_of(tree)
        binds: set[str] = set()
    except (RecursionError, MemoryError):
        binds = words_in(source)
    reads = frozenset(words_in(source))
    lines = max(1, source.count("\n") + 1)
    return [
        Statement(
            line=1, end_line=lines, reads=reads, binds=frozenset(binds), everything=True
        )
    ]


class Cut:
    """One cell while it is being cut; what a statement teaches holds for those after it."""

    __slots__ = ("modules", "rebound", "roles", "source", "transform")

    def __init__(
        self,
        source: str,
        transform: Callable[[str], str] | None,
        modules: Collection[str],
        rebound: Collection[str],
    ) -> None:
        self.source = source
        self.transform = transform
        self.modules = set(modules)
        self.rebound = set(rebound)
        self.roles = Roles(source, transform)

    def statements_of(self, tree: ast.Module) -> list[Statement]:
        """Return the cell's statements, those in bodies of magics in place."""
        found: list[Statement] = []
        last = tree.body[-1] if tree.body else None
        for node in tree.body:
            shown = node is last and not self.is_silenced(node)
            nested = self.nested_in(node, shown=shown) if self.roles.magics else []
            found.extend(nested or [self.statement(node, shown)])
        return found

    def nested_in(self, outer: ast.stmt, *, shown: bool) -> list[Statement]:
        """Return the statements that a magic runs in the notebook's names, if it does."""
        magic = magic_of(outer.value) if isinstance(outer, ast.Expr) else None
        if magic is None:
            return []
        effect = effect_of(magic, self.transform)
        if effect.where != "here" or not effect.runs:
            return []
        shown = shown and magic.name in SHOWING and not SILENCED.search(effect.text)
        last = effect.runs[-1]
        inner = [
            self.statement(node, shown and node is last, outer) for node in effect.runs
        ]
        if effect.reads or effect.binds:
            inner.append(self.head(outer, effect.reads, effect.binds))
        return inner

    def head(
        self, node: ast.stmt, reads: frozenset[str], binds: frozenset[str]
    ) -> Statement:
        """Return what the line of a magic itself reads and binds: `%%capture out`."""
        line, end_line = lines_of(node)
        return Statement(
            line=line, end_line=end_line, nested=True, reads=reads, binds=binds, sure=binds
        )

    def statement(
        self, node: ast.stmt, shown: bool, outer: ast.stmt | None = None
    ) -> Statement:
        """Return one statement; `outer` is the magic in whose body it stands."""
        kind, scope = type(node), Scope(self.transform)
        WALKS[kind](scope, node)
        facts = facts_of(scope, self.rebound)
        if "binds" in facts:
            self.rebound |= facts["binds"]
        if kind in IMPORTS:
            self.learn_modules(node)
        elif kind in VISITS:
            self.roles.visit(node)
            self.roles.tell(facts)
        if scope.calls:
            act(scope, facts)
        if is_ambient(node, self.modules):
            facts["ambient"] = True
        if kind in BINDING:
            choose(node, facts)
        if shown:
            facts["displayed"] = self.displayed(node)
        if shown or ("computed" in facts and may_be_weak(node, facts["computed"])):
            facts["summary"] = is_summary(node, self.modules)
        facts["line"], facts["end_line"] = lines_of(outer or node)
        if outer is not None:
            facts["nested"] = True
        return Statement(**facts)

    def displayed(self, node: ast.stmt) -> str | None:
        return (
            display_name(node.value, self.modules) if isinstance(node, ast.Expr) else None
        )

    def learn_modules(self, node: Any) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if name.islower():
                self.modules.add(name)

    def is_silenced(self, node: ast.stmt) -> bool:
        """Tell whether a `;` after the statement keeps its value from being shown."""
        if ";" not in self.source:
            return False
        line = lines_in(self.source)[(node.end_lineno or 1) - 1]
        rest = line.encode("utf-8", "surrogatepass")[node.end_col_offset or 0 :]
        return rest.lstrip().startswith(b";")


def lines_of(node: ast.stmt) -> tuple[int, int]:
    """Return the first line, decorators included, and the last."""
    first = node.lineno
    if type(node) in DECORATED:
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = decorators[0].lineno if decorators else first
    return first, node.end_lineno or first


def may_be_weak(node: ast.stmt, computed: frozenset[str]) -> bool:
    """Tell whether a statement computes what data have as well as models; else nobody asks."""
    if type(getattr(node, "value", None)) is ast.Dict:
        return True
    return any(map(is_metric_name, computed)) and any(
        is_metric_name(name) and is_weak_name(name) for name in computed
    )


def act(scope: Scope, facts: dict[str, Any]) -> None:
    """Add what the calls of a statement do."""
    facts["risked"] = risked_by(scope.calls, scope.called)
    if not SEEDING.isdisjoint(scope.called):
        facts["seeds"] = True
    if scope.plain:
        facts["given"] = given_in(scope.plain)


def choose(node: Any, facts: dict[str, Any]) -> None:
    """Add what a statement binds to literals, and ALL_CAPS names bound to anything else."""
    value = node.value
    if value is None:
        return
    targets = node.targets if type(node) is ast.Assign else [node.target]
    chosen: dict[str, object] = {}
    if type(value) in EVALUATE and (type(value) is not ast.Call or is_dict_call(value)):
        for target in targets:
            chosen |= chosen_by(target, value)
        facts["chosen"] = chosen
    if any(map(str.isupper, facts.get("binds", ()))) and not is_literal(value):
        facts["constants"] = frozenset(
            name
            for target in targets
            if type(target) in NAMING
            for name in names_bound_by(target)
            if name.isupper() and name not in chosen and is_constant_name(name)
        )


def is_constant_name(name: str) -> bool:
    """Tell whether a name is ALL_CAPS; one letter, as in X1, makes no constant."""
    return ALL_CAPS.fullmatch(name) is not None and sum(map(str.isalpha, name)) > 1


DECORATED = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
IMPORTS = frozenset({ast.Import, ast.ImportFrom})
BINDING = frozenset({ast.Assign, ast.AnnAssign})
NAMING = (ast.Name, ast.Tuple, ast.List, ast.Starred)
ALL_CAPS = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
SHOWING = frozenset({"time", "track"})
SILENCED = re.compile(r";\s*(?:#[^\n]*)?\s*\Z")
