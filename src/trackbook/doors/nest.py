"""A process that executes the cells which all trials of a sweep share, and splits for each trial.

Started by `trackbook.sweeps` with its orders on its standard input, a JSON object a line. What
the cells print goes nowhere; what they do is recorded as in any session. Nothing but plain
forks: a trial begins with exactly what the shared cells left in memory, and changes it for
itself alone. Where that would not be so (threads, open files, children), it says so instead.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from trackbook.book import look_ahead, rest, split
from trackbook.capture import Adoption, Launch, take_launch
from trackbook.doors.ipython import Plugged
from trackbook.doors.session import Current

if TYPE_CHECKING:
    from collections.abc import Sequence

PARENT_DEATH_SIGNAL = 1
EXIT_OK = 0
Order = dict[str, Any]


class Shell(InteractiveShell):
    """A shell without a terminal, a history or a window."""

    def enable_gui(self, gui: object = None) -> None:
        """Have no windows: `%matplotlib inline` is understood."""


def main() -> None:
    """Follow orders until there are no more."""
    wire = Wire()
    sys.path[0] = ""  # where a trial works, which is not where this process began
    order = wire.read()
    if order is not None:
        Nest(order, wire).live()


class Wire:
    """The way to whoever gives orders, out of the cells' reach."""

    def __init__(self) -> None:
        self.inward, self._outward = os.dup(0), os.dup(1)
        self._rest = b""
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)

    def read(self) -> Order | None:
        """Return the next order; None when there are no more."""
        while b"\n" not in self._rest:
            more = os.read(self.inward, 1 << 16)
            if not more:
                return None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        found: Order = json.loads(line)
        return found

    @property
    def has_more(self) -> bool:
        """Whether a whole order has been read that nobody asked for yet."""
        return b"\n" in self._rest

    def say(self, **words: object) -> None:
        """Say something, in one line."""
        os.write(self._outward, json.dumps(words).encode() + b"\n")

    def close(self) -> None:
        """Let go of it, in a trial's own process."""
        os.close(self.inward)
        os.close(self._outward)


class Nest:
    """The shared cells, executed, and the trials that were split off."""

    def __init__(self, order: Order, wire: Wire) -> None:
        self._order = order
        self._wire = wire
        self._trials: dict[int, int] = {}
        """Number of the trial by process id."""
        self._woken, self._wakes = os.pipe()
        os.set_blocking(self._wakes, False)
        os.set_blocking(self._woken, False)

    def live(self) -> None:
        """Execute what is shared; then split for each trial that is ordered."""
        self._shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        self._shell.run_line_magic("load_ext", "trackbook")
        book = Current.book
        if book is None or book.recorder is None:
            self._wire.say(ready=False, why="nothing can be recorded")
            return
        rest(book)
        if Plugged.plug is not None:
            Plugged.plug.knows_past = True  # nobody waits for it here
        self._book, self._ledger = book, book.recorder.ledger
        self._ties = book.recorder.ties
        book.recorder.notebook.path = self._ledger.notebook = self._order["notebook"]
        before = Held.now()
        self._adoption = Adoption(self._ledger, **self._order["adoption"])
        failed = self._shared()
        look_ahead(book)
        self._wire.say(ready=True, why=failed or Held.now().beyond(before))
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        while (order := self._next()) is not None:
            self._begin(order)
        for pid in self._trials:
            os.killpg(pid, signal.SIGKILL)

    def _shared(self) -> str:
        """Execute the cells that all trials share; return which failed, and how."""
        guard = self._order["guard"]
        if guard:
            self._shell.ev(guard)
        for at in range(self._order["shared"]):
            if said := self._execute(at):
                return said
        return ""

    def _execute(self, at: int) -> str:
        """Execute one cell; return how it failed as it did not at first."""
        cell = self._order["cells"][at]
        for expression in cell["dice"]:
            self._shell.ev(expression)
            self._ties.world.thrown_outside()
        self._adoption.cell = at
        return self._run(cell["source"], cell["cell_id"], at, may_fail=cell["failed"])

    def _run(self, source: str, cell_id: str | None, at: int, *, may_fail: bool) -> str:
        result = self._shell.run_cell(source, store_history=True, cell_id=cell_id)
        error = result.error_before_exec or result.error_in_exec
        if error is None or (may_fail and not isinstance(error, KeyboardInterrupt)):
            return ""
        text = next((one for one in str(error).splitlines() if one.strip()), "")
        return f"[{at + 1}] {type(error).__name__}: {text}"[:500].rstrip(": ")

    def _next(self) -> Order | None:
        """Return the next order, burying trials that ended meanwhile."""
        while True:
            self._bury()
            if self._wire.has_more:
                return self._wire.read()
            ready, _, _ = select.select([self._wire.inward, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
            if self._wire.inward in ready:
                return self._wire.read()

    def _bury(self) -> None:
        for pid in list(self._trials):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                number = self._trials.pop(pid)
                self._wire.say(number=number, exit=os.waitstatus_to_exitcode(status))

    def _begin(self, order: Order) -> None:
        pid = os.fork()
        if pid == 0:
            self._be(order)
        self._trials[pid] = order["number"]
        self._wire.say(number=order["number"], pid=pid)

    def _be(self, order: Order) -> None:
        """Be a trial, and end with it."""
        os.setpgid(0, 0)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._wire.close()
        for fd in (self._woken, self._wakes):
            os.close(fd)
        os.chdir(order["work"])
        os.environ["TMPDIR"] = order["tmp"]
        sys.modules.get("tempfile", sys).tempdir = None  # type: ignore[attr-defined]
        split(self._book, self._order["folder"])
        if Plugged.plug is not None:
            Plugged.plug.watch.go_on()
        self._adoption.begin(order["run"])
        recorder = self._book.recorder
        if self._order["adoption"]["kind"] == "launch" and recorder is not None:
            take_launch(recorder, Launch(relation="child", **order["run"]))
        found = self._tried(order)
        run = self._adoption.end(order["params"])
        self._book.close("FAILED" if found["error"] else "FINISHED")
        if run is not None:
            value = run.metrics.get(order["metric"])
            found["run"] = {"ended": run.status is not None, "value": value}
        part = f"{order['outcome']}.part"
        with open(part, "w", encoding="utf-8") as file:  # noqa: PTH123  a plain path
            json.dump(found, file)
        os.rename(part, order["outcome"])  # noqa: PTH104
        os._exit(EXIT_OK)

    def _tried(self, order: Order) -> Order:
        """Execute what is this trial's own; say how it went."""
        watch = None
        if order["guard"]:
            self._shell.ev(order["guard"])
        elif self._order["shared"]:
            watch = Watch(order["work"])
        shared, cells = self._order["shared"], order["sources"]
        said = ""
        if order["late"]:
            said = self._run(order["late"], None, shared, may_fail=False)
        for at in range(shared, len(cells)):
            if said or (watch is not None and watch.saw):
                break
            self._order["cells"][at]["source"] = cells[at]
            said = self._execute(at)
        return {"error": said, "whole": watch.saw if watch is not None else ""}


FORKED_SAFELY = frozenset({"jemalloc_bg_thd"})
"""Threads that their library stops before a fork and starts again behind it; they give memory
back to the system, and change nothing."""


class Held(frozenset[tuple[str, str]]):
    """What a process holds that it would share with those split off it, and may not."""

    @classmethod
    def now(cls) -> Held:
        """Look, where the system shows it."""
        if not os.path.isdir("/proc/self/task"):  # noqa: PTH112
            return cls(
                {("nothing", "what the process holds cannot be seen on this system")}
            )
        found: set[tuple[str, str]] = set()
        for tid in os.listdir("/proc/self/task"):  # noqa: PTH208
            with open(f"/proc/self/task/{tid}/comm") as file:  # noqa: PTH123
                name = file.read().strip()
            if int(tid) != os.getpid() and name not in FORKED_SAFELY:
                found.add(("threads", f"thread {name} ({tid}) is alive"))
            with open(f"/proc/self/task/{tid}/children") as file:  # noqa: PTH123
                found |= {
                    ("process", f"process {pid} is alive") for pid in file.read().split()
                }
        for fd in os.listdir("/proc/self/fd"):  # noqa: PTH208
            try:
                aim = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115
            except OSError:
                continue  # that of the listing itself
            if not aim.startswith(("/dev/null", "/dev/urandom", "/dev/random")):
                found.add(("file", f"{aim} is open"))
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:  # noqa: PTH123
            for line in maps:
                parts = line.split(maxsplit=5)
                if "s" in parts[1] and "w" in parts[1]:
                    found.add(("memory", f"{parts[-1].strip()} is shared memory"))
        return cls(found)

    def beyond(self, before: Held) -> str:
        """Return what is held since then, in words; empty where nothing is."""
        new = sorted(
            said for what, said in self
            if (what, said) not in before or what in ("threads", "nothing")
        )  # fmt: skip
        return ", ".join(
            one for one in new if ".trackbook" not in one and "/proc/" not in one
        )


ACTS = frozenset({
    "os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "sqlite3.connect", "shutil.rmtree", "shutil.move",
})  # fmt: skip
STARTS = frozenset(
    {"subprocess.Popen", "os.system", "os.posix_spawn", "os.spawn", "os.exec"}
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT | os.O_APPEND


class MustBeWhole(BaseException):
    """A trial would change a file that other trials share, or start a program: not like this."""


class Watch:
    """Hears of what a trial does to files that it shares with others, and stops it before."""

    def __init__(self, work: str) -> None:
        self.saw = ""
        self._work = os.path.join(os.path.realpath(work), "")  # noqa: PTH118
        self._thread = __import__("threading").get_ident
        self._main = self._thread()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            _, mode, flags = args
            if flags & WRITING or (mode and set(mode) & set("wax+")):
                self._look(args[:1], "a cell writes into")
        elif event in ACTS:
            self._look(args, "a cell changes")
        elif (
            event in STARTS
            and self._thread() == self._main
            and not is_own(sys._getframe(1))  # noqa: SLF001
        ):
            self._stop("a cell starts a program")

    def _look(self, args: Sequence[object], says: str) -> None:
        for one in args:
            if isinstance(one, str | bytes | os.PathLike):
                path = os.path.realpath(os.fsdecode(one))
                if path.startswith(self._work):
                    self._stop(f"{says} {path.removeprefix(self._work)}")

    def _stop(self, says: str) -> None:
        self.saw = self.saw or says
        raise MustBeWhole(says)


def is_own(frame: Any) -> bool:
    """Tell whether trackbook itself asks git or the like, and no cell does."""
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("trackbook.fingerprint."):
            return True
        if frame.f_code.co_filename.startswith("<ipython-input"):
            return False
        frame = frame.f_back
    return False


if __name__ == "__main__":
    main()
