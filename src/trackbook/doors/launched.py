"""A Python program executed as it would be by itself, with trackbook recording it.

`python -m trackbook.doors.launched train.py …` is what `trackbook run train.py` starts. The
program's `__name__`, `sys.argv`, `sys.path`, traceback and exit code are as without us.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from trackbook.capture import GUARD, CallWatch
from trackbook.doors.session import recorder
from trackbook.doors.watching import all_cards, brought_cards
from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from trackbook.capture import Recorder


def main(words: list[str]) -> None:
    """Execute a program as `__main__`: a file, or -m and a module."""
    is_module = words[0] == "-m"
    name, *rest = words[1:] if is_module else words
    sys.argv = [name, *rest]
    sys.path[0] = str(Path.cwd() if is_module else Path(name).resolve().parent)
    sys.excepthook = without_us
    leave_alone(os.environ.pop(GUARD, ""))
    with Recorded():
        if is_module:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        else:
            as_main(Path(name).absolute())  # as Python itself has it


def leave_alone(said: str) -> None:
    """Keep folders as they are from here on, where a run is reproduced."""
    if said:
        from trackbook.reproduce import guard

        guard(*json.loads(said))


def as_main(file: Path) -> None:
    """Execute a file as `__main__`, which stays so: threads and pickles look for it there."""
    code = compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
    main = ModuleType("__main__")
    main.__file__ = str(file)
    main.__dict__.update(__builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = main
    exec(code, main.__dict__)  # noqa: S102  # that is what was asked for


class Recorded:
    """While a `with` statement lasts, libraries are heard; then the run knows how it ended.

    The run ends with the process, after the threads that the program leaves behind.
    """

    def __init__(self) -> None:
        self._recorder: Recorder | None = None

    def __enter__(self) -> Self:
        try:
            found = self._recorder = recorder()
        except TrackbookError as error:
            print(f"trackbook: {error}", file=sys.stderr)  # noqa: T201
            return self
        cards = all_cards(brought_cards(found.fault))
        found.rests = [card.rest for card in cards if card.rest]
        CallWatch(
            cards,
            found=found.found,
            fault=found.fault,
            cell_globals=lambda: vars(sys.modules["__main__"]),
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._recorder is None:
            return
        ledger = self._recorder.ledger
        if kind is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            ledger.launch_end = ("FINISHED", None)
        elif issubclass(kind, KeyboardInterrupt):
            ledger.launch_end = ("KILLED", "interrupted")
        else:
            ledger.launch_end = ("FAILED", f"{kind.__name__}: {error}".strip()[:1000])


def without_us(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Show an error's traceback from the program's own first line."""
    own = {__file__, runpy.__file__}
    inner = trace
    while inner is not None and (
        inner.tb_frame.f_code.co_filename in own
        or inner.tb_frame.f_code.co_filename.startswith("<frozen ")
    ):
        inner = inner.tb_next
    sys.__excepthook__(kind, error.with_traceback(inner or trace), inner or trace)


if __name__ == "__main__":
    main(sys.argv[1:])
