"""The names of one scope: a cell, a statement, or a function or class inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable

NONE: frozenset[str] = frozenset()


class Scope:
    """What has been read and bound so far while a scope is walked in the order it runs.

    A name counts as read unless it is surely bound before: on every path, whatever raises.
    """

    __slots__ = (
        "binds", "called", "calls", "everything", "global_binds", "global_reads", "globals_",
        "hidden", "in_class", "in_function", "late", "nonlocals", "plain", "reads",
        "star", "strings", "sure", "transform",
    )  # fmt: skip

    def __init__(
        self, transform: Callable[[str], str] | None = None, *, in_class: bool = False
    ) -> None:
        self.transform = transform
        self.in_class = in_class
        self.in_function = False
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.sure: set[str] = set()
        self.late: dict[str, set[str]] = {}
        """What each function defined here will read once it is called."""
        self.hidden: frozenset[str] = frozenset()
        """Names that belong to the comprehension now being walked."""
        self.globals_ = self.nonlocals = NONE
        self.global_reads = NONE
        """Read from the notebook past every enclosing function."""
        self.global_binds = NONE
        self.star = False
        self.everything = False
        self.strings: list[str] = []
        self.calls: list[ast.Call] = []
        """Those of this scope itself, as they come."""
        self.called: list[str] = []
        """The last name of what each of them calls."""
        self.plain: list[ast.Call] = []
        """Those that call what a name stands for."""

    def load(self, name: str) -> None:
        if name in self.hidden:
            return
        if name not in self.sure:
            self.reads.add(name)
        if name in self.late:
            self.call(name)

    def load_free(self, names: Iterable[str]) -> None:
        """Read names from inside a function, which sees no class body around it."""
        for name in names:
            if self.in_class and name not in self.hidden:
                self.reads.add(name)
            else:
                self.load(name)

    def call(self, name: str) -> None:
        """Read what a function reads, and what the functions it calls read."""
        called = {name}
        waiting = [name]
        while waiting:
            for free in self.late.get(waiting.pop(), ()):
                if self.in_class or free not in self.sure:
                    self.reads.add(free)
                if free in self.late and free not in called:
                    called.add(free)
                    waiting.append(free)

    def call_all(self) -> None:
        """Read what functions that were defined but not called yet would read."""
        for name in self.late:
            self.call(name)

    def store(self, name: str) -> None:
        if name not in self.hidden:
            self.binds.add(name)
            self.sure.add(name)

    def forget(self, name: str) -> None:
        self.binds.add(name)
        self.sure.discard(name)

    def inner(self, *, in_class: bool = False) -> Scope:
        """Return an empty scope for a function or class defined in this one."""
        inner = Scope(self.transform, in_class=in_class)
        inner.in_function = not in_class
        inner.strings = self.strings
        return inner

    def close(self, inner: Scope) -> set[str]:
        """Take over what a function's scope passes on, and return its free names."""
        inner.call_all()
        self.take_over(inner)
        self.global_reads |= inner.reads & inner.globals_
        outward = inner.globals_ | inner.nonlocals
        return (inner.reads - (inner.binds - outward)) - inner.globals_

    def close_class(self, inner: Scope) -> set[str]:
        """Take over what a class body read as it ran; return what its methods will read."""
        self.take_over(inner)
        # A name that a class body binds itself it looks for past functions.
        self.global_reads |= inner.reads & (inner.globals_ | inner.binds)
        self.load_free(inner.reads - inner.globals_)
        return set().union(*inner.late.values())

    def take_over(self, inner: Scope) -> None:
        self.everything |= inner.everything
        self.star |= inner.star
        self.global_reads |= inner.global_reads
        self.global_binds |= inner.global_binds | (inner.binds & inner.globals_)
