"""Hears functions by local events of `sys.monitoring` (PEP 669): Python 3.12 and later."""

from __future__ import annotations

import sys
from threading import get_ident
from typing import TYPE_CHECKING

from trackbook.capture.running import process
from trackbook.capture.taps import Ears, innermost
from trackbook.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, FrameType, FunctionType

    from trackbook.capture.taps import Closed, Note, Opened

if sys.version_info >= (3, 12):
    from sys import monitoring

    SLOTS = (4, 3)  # 0, 1, 2 and 5 are spoken for by debuggers, coverage and profilers

    class MonitoredTap:
        """Hears chosen functions; other code runs at full speed."""

        def __init__(self) -> None:
            free = [slot for slot in SLOTS if monitoring.get_tool(slot) is None]
            if not free:
                holders = " and ".join(str(monitoring.get_tool(slot)) for slot in SLOTS)
                raise Busy(
                    f"library calls are not watched: {holders} hold Python's monitoring "
                    "slots 4 and 3; unload one, then %reload_ext trackbook"
                )
            self._slot = free[0]
            self.ears: dict[int, Ears] = {}
            self._notes: dict[int, Note] = {}
            """Those of the ears: few, and looked up most often."""
            events = monitoring.events
            monitoring.use_tool_id(self._slot, "trackbook")
            monitoring.register_callback(self._slot, events.PY_START, self._started)
            monitoring.register_callback(
                self._slot, events.PY_RETURN, returning(self._notes, self.ears)
            )

        def hear(
            self, function: FunctionType, *, opened: Opened | None, closed: Closed | None
        ) -> CodeType:
            return self._listen(Ears(function.__code__, opened, closed))

        def note(self, function: FunctionType, note: Note) -> CodeType:
            return self._listen(Ears(function.__code__, note=note))

        def hush(self, code: CodeType, is_quiet: bool) -> None:
            ears = self.ears.get(id(code))
            if ears is not None:
                start = monitoring.events.PY_START if ears.opened else 0
                end = monitoring.events.PY_RETURN if ears.closed or ears.note else 0
                events = start if is_quiet else start | end
                monitoring.set_local_events(self._slot, code, events)

        def heard(self) -> FrameType:
            return innermost(sys._getframe(1), self.ears)  # noqa: SLF001 - the only way to a frame

        def _listen(self, ears: Ears) -> CodeType:
            code = ears.code
            self.ears[id(code)] = ears
            if ears.note is None:
                self._notes.pop(id(code), None)
            else:
                self._notes[id(code)] = ears.note
            self.hush(code, False)
            return code

        def stop(self) -> None:
            for ears in self.ears.values():
                monitoring.set_local_events(self._slot, ears.code, 0)
            self.ears.clear()
            self._notes.clear()
            monitoring.register_callback(self._slot, monitoring.events.PY_START, None)
            monitoring.register_callback(self._slot, monitoring.events.PY_RETURN, None)
            monitoring.free_tool_id(self._slot)

        def _started(self, code: CodeType, _offset: int) -> None:
            ears = self.ears.get(id(code))
            if ears is not None and ears.opened:
                try:
                    ears.opened(sys._getframe(1))  # noqa: SLF001 - the only way to a frame
                except RecursionError:
                    return  # the user's recursion may have room for one more frame, not for us

    def returning(
        notes: Mapping[int, Note], ears: Mapping[int, Ears]
    ) -> Callable[[CodeType, int, object], None]:
        """Return what is called where a function returns that is heard."""
        frame_above = sys._getframe  # noqa: SLF001 - the only way to a frame

        def returned(code: CodeType, _offset: int, result: object) -> None:
            note = notes.get(id(code))
            if note is None:
                heard = ears.get(id(code))
                try:
                    if heard is not None and heard.closed is not None:
                        heard.closed(frame_above(1), result)
                except RecursionError:
                    return  # as above
                return
            # As `Note` says, and as `swapped.noting` does: a call more is dear here.
            try:
                if note.unless is not None and note.unless():
                    return
                is_plain = (
                    process.heard == note.forks
                    and not note.calls
                    and (note.threads is None or get_ident() in note.threads)
                )
                if (
                    (not is_plain and not note.hears())
                    or (note.when is not None and not note.when())
                    or (note.deaf and get_ident() in note.deaf)
                ):
                    return
                value = frame_above(1).f_locals.get(note.argument)
                found = note.ask(value, result)
                if found and note.told is not None:
                    note.told(value, result, found)
            except RecursionError:
                return  # as above
            except Exception as error:  # noqa: BLE001 - beyond it lies the user's call
                note.failed(error)

        return returned
