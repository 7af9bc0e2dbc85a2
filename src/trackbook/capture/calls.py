"""Watches the calls that library cards name, and tells what their readers found."""

from __future__ import annotations

import threading
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, cast
from weakref import WeakValueDictionary

from trackbook.capture.imports import Imports
from trackbook.capture.running import RunningCalls, process
from trackbook.capture.steps import noted, step_heard
from trackbook.capture.taps import Note, new_tap
from trackbook.capture.watched import (
    Root,
    Site,
    Watched,
    family,
    function_of,
    is_own,
    modules_of,
    site_of,
)  # fmt: skip
from trackbook.libraries import Call, Noted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType, FrameType, FunctionType, ModuleType

    from trackbook.capture.taps import Closed, Opened, Tap
    from trackbook.libraries import Finding, Library, Only, Reader

    Found = Callable[[Call, list[Finding], Site], None]


class CallWatch:
    """Tells each outermost call of a watched function, in its thread, once it returned.

    Calls made inside it, in its own thread or in threads that it starts, are part of it
    and not told. `fault` gets each failure of ours once, by place, and must not raise.
    Processes forked from this one tell nothing.
    """

    started: ClassVar[list[CallWatch]] = []
    """Those of this process that watch."""

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
        """Watch what is imported, and what will be; it takes over from one that tells the same."""
        for other in list(CallWatch.started):
            if other._found == self._found:  # noqa: SLF001  one of us
                other.stop()
        if self._tap is None:
            self._safely("watching library calls", self._begin)
            CallWatch.started.append(self)

    @property
    def libraries(self) -> tuple[Library, ...]:
        """The cards of what it hears."""
        return self._libraries

    def stop(self) -> None:
        """Leave every function as it was."""
        CallWatch.started = [each for each in CallWatch.started if each is not self]
        if self._tap is not None:
            self._tap.stop()
        self._forget()

    def turn_to(self, libraries: Iterable[Library]) -> None:
        """Watch what these cards name from now on; a call that still runs is not told."""
        is_on, self._libraries = self._tap is not None, tuple(libraries)
        self.stop()
        if is_on:
            self.start()

    def refresh(self) -> None:
        """Catch up with modules and classes that came unheard; drop calls that raised."""
        if self._tap is not None:
            self._safely("catching up with library calls", self._catch_up)

    def _forget(self) -> None:
        self._tap: Tap | None = None
        self._silenced: set[str] = set()
        self._roots: dict[int, list[Root]] = {}
        self._silent: set[str] = set()
        self._seen: WeakValueDictionary[int, type] = WeakValueDictionary()
        self._watched: dict[int, Watched] = {}
        self._steps: dict[int, CodeType] = {}
        """Code of what tells how far a training is, or of a new class."""
        self._stepping: list[tuple[type, str, Library, Reader | Only | Noted]] = []
        self._running = RunningCalls(self._watched)
        names = {*modules_of(self._libraries), *self._arrived}
        self._imports = Imports(names, self._imported, self._imported_near)

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
        self._tap, self._forks = new_tap(), process.forks
        starts = cast("FunctionType", threading.Thread.start)
        self._hear(starts, "a thread's start", opened=self._thread_starts)
        self._imports.start(
            lambda function, closed: self._hear(function, "an import", closed=closed)
        )

    def _catch_up(self) -> None:
        self._running.drop_raised()
        self._imports.catch_up()
        for root in [roots[0] for roots in self._roots.values()]:
            for cls in family(root.cls):
                if self._seen.get(id(cls)) is not cls:
                    self._watch_class(cls)
        for base, name, library, reader in self._stepping:
            for cls in family(base):
                self._watch_step(vars(cls).get(name), name, library, reader)

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
            self._watch_steps(module, library)
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

    def _watch_steps(self, module: ModuleType, library: Library) -> None:
        """Listen where a library tells how far it is; a class's method also in its subclasses."""
        for path, reader in library.live.items():
            where, _, names = path.partition(":")
            owner, _, name = names.rpartition(".")
            if where != module.__name__:
                continue
            if not owner:
                self._watch_step(vars(module).get(name), name, library, reader)
                continue
            cls = vars(module).get(owner)
            if isinstance(cls, type):
                self._stepping.append((cls, name, library, reader))
                self._silent.add(library.module)
                for each in family(cls):
                    self._watch_step(vars(each).get(name), name, library, reader)

    def _watch_step(
        self,
        attribute: object,
        name: str,
        library: Library,
        reader: Reader | Only | Noted,
    ) -> None:
        function = function_of(attribute, name)
        if function is None or self._tap is None:
            return
        if id(function.__code__) in self._watched or id(function.__code__) in self._steps:
            return
        how: Mapping[str, Any] = {
            "place": f"reading {library.module}: {name}",
            "around": self._around,
            "running": self._running,
            "told": partial(self._safely, "telling a step", self._tell_step),
            "fault": self._fault,
        }
        if isinstance(reader, Noted):
            note = noted(name, reader, heard=self._tap.heard, **how)
            code = self._tap.note(function, note)
            if reader.sleeps:
                self._running.sleepers.add(partial(self._tap.hush, code))
        else:
            code = self._tap.hear(
                function, opened=None, closed=step_heard(name, reader, **how)
            )
        self._steps[id(code)] = code

    def _imported_near(self, module: ModuleType) -> None:
        # A base class without an `__init_subclass__` of its own tells of no new class.
        if module.__name__.partition(".")[0] in self._silent:
            for each in list(vars(module).values()):
                if issubclass(type(each), type) and module.__name__ == each.__module__:
                    self._watch_class(each)
                    for base, name, library, reader in self._stepping:
                        if name in vars(each) and issubclass(each, base):
                            self._watch_step(vars(each)[name], name, library, reader)

    def _watch_family(self, root: Root) -> None:
        roots = self._roots.setdefault(id(root.cls), [])
        if all(known.library is not root.library for known in roots):
            roots.append(root)  # where two cards name a method, the first reads it
        for cls in family(root.cls):
            self._watch_class(cls)
        made = function_of(root.cls.__init_subclass__)
        if made is None:
            self._silent.add(root.library.module)
        elif self._tap is not None and id(made.__code__) not in self._steps:
            new = partial(self._safely, "a new class", self._class_made)
            code = self._tap.note(made, Note(made.__code__.co_varnames[0], new))
            self._steps[id(code)] = code

    def _class_made(self, cls: type, _result: object) -> None:
        if not self._roots.keys().isdisjoint(map(id, cls.__mro__)):  # few are, of hundreds
            self._watch_class(cls)

    def _watch_class(self, cls: type) -> None:
        self._seen[id(cls)] = cls
        for root in self._roots_of(cls):
            for name in root.readers:
                owner = next((each for each in cls.__mro__ if name in vars(each)), None)
                if owner is not None:
                    self._watch(vars(owner)[name], name, root.library, None)

    def _roots_of(self, cls: type) -> Iterator[Root]:
        return (root for base in cls.__mro__ for root in self._roots.get(id(base), ()))

    def _watch(
        self, attribute: object, name: str, library: Library, reader: Reader | None
    ) -> None:
        function = function_of(attribute, name)
        if function is None or id(function.__code__) in self._watched:
            return
        code = self._hear(function, "a call", opened=self._opened, closed=self._closed)
        if code is not None:
            self._watched[id(code)] = Watched(code, name, library, reader)

    # What is heard

    def go_on(self) -> None:
        """In a forked child that is the session now: hear what is called here."""
        process.forks = self._forks

    def _thread_starts(self, frame: FrameType) -> None:
        if (call := self._running.enclosing(frame)) is not None:
            call.threads.append(frame.f_locals["self"])

    def _opened(self, frame: FrameType) -> None:
        around = self._running.enclosing(frame)
        is_part = around is not None and not self._running.is_hosted(frame, around)
        if is_part or not process.hears(self._forks):
            return
        here, watched = frame.f_locals, self._watched[id(frame.f_code)]
        is_host = watched.name in watched.library.hosts
        given = {key: here[name] for key, name in watched.arguments}
        self._running.begin(frame, given, is_host=is_host, host=around)

    def _closed(self, frame: FrameType, result: object) -> None:
        ended = perf_counter()
        running = self._running.find(frame)
        if running is None:
            return
        try:
            watched = self._watched[id(frame.f_code)]
            call = Call(watched.name, running.given, result, ended - running.started)
            self._read(call, watched, frame)
        finally:
            self._running.end()

    def _tell_step(self, frame: FrameType, call: Call, findings: list[Finding]) -> None:
        site = site_of(frame, self._cell_globals(), self._running.enclosing(frame))
        self._found(call, findings, site)

    def _around(self, frame: FrameType) -> Call | None:
        """Return the call that a step is a part of, as far as it is known by now."""
        running = self._running.enclosing(frame)
        if running is None:
            return None
        return Call(
            name=self._watched[id(running.code)].name,
            given=running.given,
            result=None,
            wall_s=perf_counter() - running.started,
        )

    def _read(self, call: Call, watched: Watched, frame: FrameType) -> None:
        if is_own(frame, self._cell_globals()):
            return
        library, reader = watched.library, watched.reader
        if reader is None:
            owner = call.given["self"]
            kind = type(owner)
            if issubclass(kind, type):  # of a class method
                kind = cast("type", owner)
            roots = self._roots_of(kind)
            root = next((root for root in roots if call.name in root.readers), None)
            if root is None:
                return
            library, reader = root.library, root.readers[call.name]
        place = f"reading {library.module}: {call.name}"
        if place not in self._silenced:
            findings = self._safely(place, lambda: list(reader(call)))
            if findings:
                site = site_of(frame, self._cell_globals(), self._running.find(frame))
                self._safely("telling a call", self._found, call, findings, site)
