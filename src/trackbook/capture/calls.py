"""Watches the calls that library cards name, and tells what their readers found."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import partial
from inspect import (
    CO_ASYNC_GENERATOR,
    CO_COROUTINE,
    CO_GENERATOR,
    CO_OPTIMIZED,
    CO_VARARGS,
    CO_VARKEYWORDS,
    unwrap,
)
from time import perf_counter
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from trackbook.capture.imports import Imports
from trackbook.capture.running import RunningCalls, asides, stack_of
from trackbook.capture.taps import new_tap
from trackbook.libraries import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType, FrameType, ModuleType

    from trackbook.capture.taps import Closed, Opened, Tap
    from trackbook.libraries import Finding, Library, Reader

    Found = Callable[[Call, list[Finding], "Site"], None]

RESUMED = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


@dataclass(frozen=True)
class Site:
    """The statement of the cell that led to a call; None where no cell is on the stack."""

    line: int | None
    file: str | None
    thread: int


class CallWatch:
    """Tells each outermost call of a watched function, in its thread, once it returned.

    Calls made inside it, in its own thread or in threads that it starts, are part of it
    and not told. `fault` gets each failure of ours once, by place, and must not raise.
    Processes forked from this one tell nothing.
    """

    def __init__(
        self,
        libraries: Iterable[Library],
        *,
        found: Found,
        fault: Callable[[str, BaseException], None],
        cell_globals: Callable[[], dict[str, object] | None],
        arrived: Mapping[str, Callable[[str], object]] | None = None,
    ) -> None:
        """Make a watch that hears nothing yet.

        Args:
            libraries: the cards of what is to be heard
            found: gets what a call showed
            fault: gets our own failures
            cell_globals: gives the namespace that cells run in
            arrived: what to do as soon as a module of a name has been imported
        """
        self._libraries = tuple(libraries)
        self._arrived = arrived or {}
        self._found = found
        self._fault = fault
        self._cell_globals = cell_globals
        self._forget()

    def start(self) -> None:
        """Watch what is imported, and what will be."""
        if self._tap is None:
            self._safely("watching library calls", self._begin)

    def stop(self) -> None:
        """Leave every function as it was."""
        if self._tap is not None:
            self._tap.stop()
        self._forget()

    def refresh(self) -> None:
        """Catch up with modules and classes that came unheard; drop calls that raised."""
        if self._tap is not None:
            self._safely("catching up with library calls", self._catch_up)

    def _forget(self) -> None:
        self._tap: Tap | None = None
        self._silenced: set[str] = set()
        self._roots: dict[int, Root] = {}
        self._seen: WeakValueDictionary[int, type] = WeakValueDictionary()
        self._watched: dict[int, Watched] = {}
        self._running = RunningCalls(self._watched)
        names = {*_modules_of(self._libraries), *self._arrived}
        self._imports = Imports(names, self._imported)

    def _safely(self, place: str, act: Callable[..., object], *args: object) -> object:
        # Here a failure of ours ends: beyond it lies the user's call. Not by `attempt`:
        # at the recursion limit that one frame more would raise outside of any `try`.
        try:
            return act(*args)
        except Exception as error:  # noqa: BLE001 - see above
            if place not in self._silenced:
                self._silenced.add(place)
                self._fault(place, error)
        return None

    # Where to listen

    def _begin(self) -> None:
        self._tap, self._pid = new_tap(), os.getpid()
        starts = cast("FunctionType", threading.Thread.start)
        self._hear(starts, "a thread's start", opened=self._thread_starts)
        self._imports.start(
            lambda function, closed: self._hear(function, "an import", closed=closed)
        )

    def _catch_up(self) -> None:
        self._imports.catch_up()
        for root in list(self._roots.values()):
            for cls in _family(root.cls):
                if self._seen.get(id(cls)) is not cls:
                    self._watch_class(cls)
        self._running.drop_raised()

    def _hear(
        self,
        function: FunctionType,
        place: str,
        *,
        opened: Opened | None = None,
        closed: Closed | None = None,
    ) -> CodeType | None:
        if self._tap is None:
            return None
        return self._tap.hear(
            function,
            opened=partial(self._safely, place, opened) if opened else None,
            closed=partial(self._safely, place, closed) if closed else None,
        )

    def _imported(self, module: ModuleType) -> None:
        if module.__name__ in self._arrived:
            self._arrived[module.__name__](module.__name__)
        for library in self._libraries:
            for path, reader in library.functions.items():
                where, _, name = path.partition(":")
                if where == module.__name__:
                    every = vars(module).get("__all__", ())
                    for each in every if name == "*" else (name,):
                        self._watch(vars(module).get(each), each, library, reader)
            for path, readers in library.methods.items():
                where, _, name = path.partition(":")
                cls = vars(module).get(name)
                if where == module.__name__ and isinstance(cls, type):
                    self._watch_family(Root(cls, library, readers))

    def _watch_family(self, root: Root) -> None:
        self._roots[id(root.cls)] = root
        for cls in _family(root.cls):
            self._watch_class(cls)
        made = _function_of(root.cls.__init_subclass__)
        if made is not None:
            self._hear(made, "a new class", closed=self._class_made)

    def _class_made(self, frame: FrameType, _result: object) -> None:
        self._watch_class(frame.f_locals[frame.f_code.co_varnames[0]])

    def _watch_class(self, cls: type) -> None:
        self._seen[id(cls)] = cls
        for root in self._roots_of(cls):
            for name in root.readers:
                owner = next((each for each in cls.__mro__ if name in vars(each)), None)
                if owner is not None:
                    self._watch(vars(owner)[name], name, root.library, None)

    def _roots_of(self, cls: type) -> Iterator[Root]:
        roots = (self._roots.get(id(base)) for base in cls.__mro__)
        return (root for root in roots if root is not None)

    def _watch(
        self, attribute: object, name: str, library: Library, reader: Reader | None
    ) -> None:
        function = _function_of(attribute)
        if function is None or id(function.__code__) in self._watched:
            return
        code = self._hear(function, "a call", opened=self._opened, closed=self._closed)
        if code is not None:
            self._watched[id(code)] = Watched(code, name, library, reader)

    # What is heard

    def go_on(self) -> None:
        """In a forked child that is the session now: hear what is called here."""
        self._pid = os.getpid()

    def _thread_starts(self, frame: FrameType) -> None:
        call = self._running.enclosing(frame)
        if call is not None:
            call.threads.append(frame.f_locals["self"])

    def _opened(self, frame: FrameType) -> None:
        if self._running.enclosing(frame) is not None or os.getpid() != self._pid:
            return
        if asides and threading.get_ident() in asides:
            return
        here = frame.f_locals
        names = self._watched[id(frame.f_code)].arguments
        self._running.begin(frame, {key: here[name] for key, name in names})

    def _closed(self, frame: FrameType, result: object) -> None:
        ended = perf_counter()
        running = self._running.find(frame)
        if running is None:
            return
        try:
            watched = self._watched[id(frame.f_code)]
            wall_s = ended - running.started
            self._read(
                Call(name=watched.name, given=running.given, result=result, wall_s=wall_s),
                watched,
                frame,
            )
        finally:
            self._running.end()

    def _read(self, call: Call, watched: Watched, frame: FrameType) -> None:
        library, reader = watched.library, watched.reader
        if reader is None:
            roots = self._roots_of(type(call.given["self"]))
            root = next((root for root in roots if call.name in root.readers), None)
            if root is None:
                return
            library, reader = root.library, root.readers[call.name]
        place = f"reading {library.module}: {call.name}"
        if place not in self._silenced:
            findings = self._safely(place, lambda: list(reader(call)))
            if findings:
                site = self._site(frame)
                self._safely("telling a call", self._found, call, findings, site)

    def _site(self, frame: FrameType) -> Site:
        names, cell = self._cell_globals(), None
        for each in stack_of(frame):
            if each.f_globals is names and not each.f_code.co_flags & CO_OPTIMIZED:
                cell = each
        return Site(
            line=cell and cell.f_lineno,
            file=cell and cell.f_code.co_filename,
            thread=threading.get_ident(),
        )


@dataclass(frozen=True, slots=True)
class Root:
    """A class that a card names: its methods and those of its subclasses are watched."""

    cls: type
    library: Library
    readers: Mapping[str, Reader]


@dataclass(frozen=True, slots=True)
class Watched:
    """A code object to be told about; of a method, the reader hangs on the object."""

    code: CodeType
    name: str
    library: Library
    reader: Reader | None

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """Names to tell and names in the frame: a method's first is always `self`."""
        code = self.code
        stars = bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
        count = code.co_argcount + code.co_kwonlyargcount + stars
        pairs = [(name, name) for name in code.co_varnames[:count]]
        if self.reader is None and pairs:
            pairs[0] = ("self", pairs[0][1])
        return pairs


def _modules_of(libraries: Iterable[Library]) -> set[str]:
    paths = (path for each in libraries for path in (*each.functions, *each.methods))
    return {path.partition(":")[0] for path in paths}


def _family(cls: type) -> Iterator[type]:
    yield cls
    children: list[type] = type.__subclasses__(cls)
    for child in children:
        yield from _family(child)


def _function_of(attribute: object) -> FunctionType | None:
    """Return the innermost Python function of a decorated one; None if it is no such."""
    if isinstance(attribute, (MethodType, staticmethod, classmethod)):
        attribute = attribute.__func__
    function = unwrap(cast("FunctionType", attribute))
    plain = isinstance(function, FunctionType) and not function.__code__.co_flags & RESUMED
    return function if plain else None
