"""What is watched: classes with their readers, code objects, and where a call came from."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import (
    CO_ASYNC_GENERATOR,
    CO_COROUTINE,
    CO_GENERATOR,
    CO_OPTIMIZED,
    CO_VARARGS,
    CO_VARKEYWORDS,
    unwrap,
)
from threading import get_ident
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, cast

from trackbook.capture.running import stack_of
from trackbook.fingerprint import is_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import CodeType, FrameType

    from trackbook.capture.running import RunningCall
    from trackbook.libraries import Library, Reader

OWN, FOR_THE_USER = "trackbook.", ("trackbook.sweeps.", "trackbook.launch.")
"""Modules whose calls are trackbook's own, but for the rooms that call the user's functions."""
RESUMED = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR


@dataclass(frozen=True)
class Site:
    """The statement of the cell that led to a call; None where no cell is on the stack."""

    line: int | None
    file: str | None
    thread: int
    call: int | None = None
    """The number of the outermost watched call; None for a step of the user's own loop."""
    host: int | None = None
    """That of the call which called the user's function that called it: of a search."""


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


def modules_of(libraries: Iterable[Library]) -> set[str]:
    """Return the modules in which cards name something."""
    paths = (
        path for each in libraries for path in (*each.functions, *each.methods, *each.live)
    )
    return {path.partition(":")[0] for path in paths}


def family(cls: type) -> Iterator[type]:
    """Yield a class and every subclass of it that there is."""
    yield cls
    children: list[type] = type.__subclasses__(cls)
    for child in children:
        yield from family(child)


def function_of(attribute: object, name: str = "") -> FunctionType | None:
    """Return the innermost Python function of a decorated one; None if it is no such.

    Args:
        attribute: as the class or the module has it
        name: what it is called there, to know it inside a decorator that hides it
    """
    if isinstance(attribute, (MethodType, staticmethod, classmethod)):
        attribute = attribute.__func__
    function = unwrap(cast("FunctionType", attribute))
    if isinstance(function, FunctionType) and name not in ("", function.__name__):
        function = hidden_in(function, name) or function
    plain = isinstance(function, FunctionType) and not function.__code__.co_flags & RESUMED
    return function if plain else None


def hidden_in(wrapper: FunctionType, name: str) -> FunctionType | None:
    """Return the function of a name that a wrapper made without `functools.wraps` calls."""
    for cell in wrapper.__closure__ or ():
        try:
            inner = cell.cell_contents
        except ValueError:  # nothing is in it yet
            continue
        if type(inner) is FunctionType and inner.__name__ == name:
            return inner
    return None


def is_own(frame: FrameType, names: dict[str, object] | None) -> bool:
    """Tell whether trackbook made a call, and not a cell, whose global names are given.

    It did where one of its frames is met before any that is the user's, going outwards through
    those of libraries; a gate reads arrays in threads of its own, in which no cell stands.
    """
    for each in stack_of(frame.f_back):
        if each.f_globals is names:
            return False
        module = each.f_globals.get("__name__")
        if type(module) is str and module.startswith(OWN):
            return not module.startswith(FOR_THE_USER)
        if module == "__main__" or is_local(each.f_code.co_filename):
            return False
    return False


def site_of(
    frame: FrameType, names: dict[str, object] | None, call: RunningCall | None
) -> Site:
    """Return the statement of a cell, whose global names are given, that led to a call."""
    cell = None
    for each in stack_of(frame):
        if each.f_globals is names and not each.f_code.co_flags & CO_OPTIMIZED:
            cell = each
    return Site(
        line=cell and cell.f_lineno,
        file=cell and cell.f_code.co_filename,
        thread=get_ident(),
        call=call.number if call is not None else None,
        host=call.host.number if call is not None and call.host is not None else None,
    )
