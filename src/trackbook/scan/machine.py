"""Follows a pickle opcode by opcode without making anything: which names it uses, and how.

The stack and the memo hold what names can be made from (texts, tuples, names) and opaque
marks for all else, so that a name is known exactly as the unpickler would know it.
"""

from __future__ import annotations

import _compat_pickle
from typing import TYPE_CHECKING

from trackbook.scan.allowed import FILLED, WRAPPER, allowed_names, is_dangerous
from trackbook.scan.calls import is_as_pickled
from trackbook.scan.dtypes import size_of
from trackbook.scan.effects import EFFECTS
from trackbook.scan.finding import shown
from trackbook.scan.limits import Unclear
from trackbook.scan.opcodes import ARGUMENTS
from trackbook.scan.values import Made, Name

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Reader

STOP = ord(".")
OPS_A_LOOK = 4096
FIRST_WITHOUT_OLD_NAMES = 3


class Machine:
    """One pickle as it is followed."""

    def __init__(
        self, reader: Reader, desk: Desk, path: str, *, torch: bool = False
    ) -> None:
        self.reader = reader
        self.desk = desk
        self.path = path
        self.torch = torch
        self.stack: list[object] = []
        self.marks: list[list[object]] = []
        self.memo: dict[int, object] = {}
        self.names: dict[tuple[str, str], Name] = {}
        self.proto = 0
        self.frame_end = 0
        self.calls = 0
        """How often something was called, made or given a state."""
        self.wraps = False
        """Whether the pickle names joblib's array wrapper."""
        self.read_array: Callable[[Machine, Made], None] | None = None
        self.unlisted: list[str] = []

    def run(self) -> None:
        """Follow the pickle to its STOP; raise Unclear where it is not understood."""
        try:
            self._run()
        except IndexError:
            raise Unclear("is no whole pickle: takes from an empty stack") from None

    def _run(self) -> None:
        reader, effects, arguments = self.reader, EFFECTS, ARGUMENTS
        count = 0
        while True:
            code = reader.byte()
            if code == STOP:
                break
            effect = effects.get(code)
            if effect is None:
                raise Unclear(f"has a byte 0x{code:02x} where an opcode belongs")
            read = arguments.get(code)
            effect(self, None if read is None else read(reader))
            if self.frame_end and reader.at >= self.frame_end:
                self._leave_frame()
            count += 1
            if count >= OPS_A_LOOK:
                self.desk.budget.spend(count)
                count = 0
        self.desk.budget.spend(count)
        self.stack.pop()
        if self.frame_end and reader.at != self.frame_end:
            raise Unclear("has bytes behind its end, in the same frame")

    def _leave_frame(self) -> None:
        if self.reader.at != self.frame_end:
            raise Unclear("has an opcode across the end of a frame")
        self.frame_end = 0

    def name(self, module: str, name: str) -> Name:
        """Return what a pickle names; what is not on the list is a finding."""
        if self.proto < FIRST_WITHOUT_OLD_NAMES:
            # As the unpickler does it: names of Python 2 become those of today.
            module, name = _compat_pickle.NAME_MAPPING.get(
                (module, name), (_compat_pickle.IMPORT_MAPPING.get(module, module), name)
            )
        known = self.names.get((module, name))
        if known is None:
            full = f"{module}.{name}"
            use = "call" if full in self.desk.allow else allowed_names().get(full, "")
            known = self.names[module, name] = Name(full, use)
            if not use:
                self.tell_unlisted(full)
            self.wraps |= full == WRAPPER
        return known

    def tell_unlisted(self, full: str) -> None:
        """Write down a name that no pickle of a model needs."""
        self.unlisted.append(full)
        if is_dangerous(full):
            self.desk.error(
                self.path,
                "pickle-danger",
                f"loading it reaches {shown(full)}: it runs code",
            )
        else:
            self.desk.error(
                self.path,
                "pickle-name",
                f"loading it imports {shown(full)}, which is not on the list of what models"
                " need (allow it by name if it is yours)",
            )

    def misuse(self, what: str) -> None:
        """Write down that the pickle does with something what no pickler does."""
        self.desk.error(self.path, "pickle-call", what)

    def pop_mark(self) -> list[object]:
        """Return the items since the last mark."""
        items, self.stack = self.stack, self.marks.pop()
        if self.wraps:
            self.keep_wrapper_apart(items)
        return items

    def keep_wrapper_apart(self, items: list[object]) -> None:
        """Refuse joblib's wrapper anywhere but where one is made: bytes follow each."""
        if any(isinstance(item, (Name, Made)) and item.full == WRAPPER for item in items):
            raise Unclear("hands joblib's array wrapper around")

    def made_of(self, cls: object, args: object, *, called: bool) -> Made:
        """Return the object that a class or function gives."""
        self.calls += 1
        if not isinstance(cls, Name):
            self.misuse("calls something that it made itself, not something it names")
            return Made("")
        if cls.use == "name" or (called and cls.use == "make"):
            self.misuse(
                f"calls {shown(cls.full)}, which pickles of models only name or fill"
            )
        elif not is_as_pickled(cls.full, args):
            self.misuse(f"calls {shown(cls.full)} with other arguments than a pickler does")
        if cls.full == "copyreg._reconstructor":
            return self.reconstructed(args)
        return Made(cls.full, args)

    def reconstructed(self, args: object) -> Made:
        """Return what protocols 0 and 1 make: an empty object of a class."""
        first = args[0] if isinstance(args, tuple) and args else None
        if not isinstance(first, Name):
            raise Unclear("makes an object of a class that it does not name")
        return self.made_of(first, None, called=False)

    def fill(self, target: object) -> None:
        """Judge that items are put into something, which calls methods of it."""
        if isinstance(target, Name):
            self.misuse(f"puts items into {shown(target.full)} itself")
        elif isinstance(target, Made) and target.full not in FILLED | self.desk.allow:
            self.misuse(f"puts items into a {shown(target.full or 'thing it made')}")

    def build(self, state: object) -> None:
        """Judge that something is given a state; read the array behind a wrapper."""
        self.calls += 1
        target = self.stack[-1]
        if isinstance(target, Name):
            self.misuse(f"changes {shown(target.full)} itself, for everybody who uses it")
        elif isinstance(target, Made):
            target.state = state
            if target.full == "numpy.dtype":
                size_of(target)
            if target.full == WRAPPER:
                if self.read_array is None:
                    raise Unclear("holds arrays of joblib where none are expected")
                self.read_array(self, target)

    def persistent(self, what: object) -> None:
        """Judge a reference to something outside: torch has its tensors there."""
        fine = (
            self.torch
            and isinstance(what, tuple)
            and len(what) > 1
            and isinstance(what[0], str)
            and what[0] == "storage"
            and isinstance(what[1], Name)
        )
        if not fine:
            self.desk.unclear(
                self.path, "refers to things outside the pickle (a persistent id)"
            )
        self.stack.append(Made("storage"))
