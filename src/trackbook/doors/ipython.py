"""Plugging trackbook into one IPython shell, and taking it out without a trace."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from trackbook.book import Book, open_book
from trackbook.capture import (
    TRACK_LINE,
    CallWatch,
    Outputs,
    attempt,
    launch_of,
    request_in,
    take_launch,
)
from trackbook.doors.garbage import Aside
from trackbook.doors.magics import CELL_WORDS, ask, track_help
from trackbook.doors.session import Current
from trackbook.doors.watching import all_cards, brought_cards
from trackbook.errors import TrackbookError
from trackbook.fingerprint import WITH_DICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.capture import CellReport


class Plug:
    """What trackbook added to a shell."""

    def __init__(self, shell: InteractiveShell, book: Book) -> None:
        self.shell = shell
        self.book = book
        launch = launch_of()
        self.recorder = book.begin(
            "notebook" if is_kernel(shell) else "ipython",
            verbs=CELL_WORDS,
            report=self.show,
        )
        self.recorder.ledger.on_end = book.finish
        take_launch(self.recorder, launch)
        self.brought = brought_cards(self.recorder.fault)
        self.recorder.rests = [card.rest for card in all_cards(self.brought) if card.rest]
        self.watch = CallWatch(
            all_cards(self.brought),
            found=self.recorder.found,
            fault=self.recorder.fault,
            cell_globals=lambda: shell.user_global_ns,
            arrived=dict.fromkeys(WITH_DICE, self.recorder.ties.world.appeared),
        )

        self.outputs = (
            Outputs(shell, self.recorder.secrets) if book.settings.outputs else None
        )

    def plug_in(self) -> None:
        """Register events, magics, the reading of `%%track` lines, and completion."""
        shell = self.shell
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)
        self.magics = {
            kind: shell.magics_manager.magics[kind].get("track")
            for kind in ("line", "cell")
        }
        line_magic.__doc__ = track_help()
        shell.magics_manager.register_function(line_magic, "line", "track")
        shell.magics_manager.register_function(cell_magic, "cell", "track")
        shell.input_transformers_cleanup.append(without_track_line)
        from trackbook.doors.complete import complete

        self.completer = complete
        shell.set_hook("complete_command", complete, str_key="%track")
        shell.set_hook("complete_command", complete, str_key="%%track")
        self.watch.start()
        if self.outputs is not None:
            self.outputs.plug_in()
        self.recorder.trail.strangers.loaded(shell.user_ns)
        self.knows_past = False
        self.aside = Aside()

    def pull_out(self) -> None:
        """Take everything back and end the session."""
        shell = self.shell
        self.aside.put_back()
        self.watch.stop()
        if self.outputs is not None:
            self.outputs.pull_out()
        for event, function in (
            ("pre_run_cell", self.before),
            ("post_run_cell", self.after),
        ):
            if function in shell.events.callbacks[event]:
                shell.events.unregister(event, function)
        for kind, before in self.magics.items():
            magics = shell.magics_manager.magics[kind]
            magics.pop("track", None)
            if before is not None:
                magics["track"] = before
        if without_track_line in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(without_track_line)
        drop_completer(shell, self.completer)
        self.book.close()

    def before(self, info: Any) -> None:
        """A cell begins."""
        self._quietly("before a cell", lambda: self._before(info))

    def _before(self, info: Any) -> None:
        self.watch.refresh()
        self.aside.take(self.shell.user_ns, self.shell.user_ns_hidden)
        if not self.knows_past:
            self.knows_past = True
            if self.recorder.ledger.launch is None:  # else nobody sees cards that compare
                self.book.soon(self.book.remember_past)
        self.book.doubts.look()
        shell = self.shell
        self.recorder.cells.before(info, shell.user_ns, shell.transform_cell)
        if self.outputs is not None and self.recorder.cells.is_outermost:
            self.outputs.begin()

    def after(self, result: Any) -> None:
        """A cell ended."""
        shell = self.shell
        self._quietly("keeping outputs", lambda: self._keep_outputs(result))
        self._quietly(
            "after a cell",
            lambda: self.recorder.cells.after(result, shell.user_ns, shell.transform_cell),
        )
        self._quietly("complaining", self.complain)

    def _keep_outputs(self, result: Any) -> None:
        """Write what the cell put out, before its cards are shown."""
        cell = self.recorder.cell
        if self.outputs is None or not self.recorder.cells.is_outermost:
            return
        output = self.outputs.end(result)
        if output is not None and cell is not None and not cell.skip:
            self.recorder.ink.put(output, execution_id=cell.execution_id)

    def _quietly(self, place: str, job: Callable[[], None]) -> None:
        # An interrupt that comes just now: IPython would print our stack, and go on too.
        with suppress(KeyboardInterrupt):
            attempt(place, job, self.recorder.fault)

    def show(self, report: CellReport) -> None:
        """Show the cards of a cell's runs."""
        from trackbook.doors.cards import cards_of, show_quietly

        for card in cards_of(report, self.book):
            show_quietly(card)

    def complain(self) -> None:
        """Say what went wrong in trackbook itself, each thing once."""
        lines = [
            f"{fault.place} failed ({fault.message}); your results are untouched."
            " %track doctor tells more."
            for fault in self.recorder.unshown()
        ]
        while self.book.complaints:
            lines.append(self.book.complaints.pop(0))
        for line in lines:
            if sys.stderr is not None:
                print(f"trackbook: {line}", file=sys.stderr)  # noqa: T201


class Plugged:
    """The plug of this process's shell."""

    plug: Plug | None = None


def load(shell: InteractiveShell) -> None:
    """Begin to record; a project that cannot be written says so once and records nothing."""
    if Plugged.plug is not None:
        return
    try:
        book = Current.book or open_book(config=dict(shell.config.get("Trackbook", {})))
        plug = Plug(shell, book)
    except TrackbookError as error:
        print(f"trackbook: {error}", file=sys.stderr)  # noqa: T201
        return
    plug.plug_in()
    Current.book, Plugged.plug = book, plug


def unload(shell: InteractiveShell) -> None:  # noqa: ARG001  IPython passes it
    """Stop recording and take everything back."""
    if Plugged.plug is not None:
        Plugged.plug.pull_out()
        Plugged.plug = Current.book = None


def line_magic(line: str) -> Any:
    """Ask trackbook, or tell it something."""
    return ask(plugged_book(), line)


def cell_magic(line: str, body: str = "") -> Any:
    """Ask a longer question, `%%track sql`; other `%%track` lines never come here."""
    return ask(plugged_book(), line, body)


def plugged_book() -> Book:
    """Return the book of the shell that runs the magic."""
    from IPython.core.error import UsageError

    if Plugged.plug is None:
        raise UsageError("trackbook: not loaded: %load_ext trackbook")
    return Plugged.plug.book


def without_track_line(lines: list[str]) -> list[str]:
    """Return a cell's lines without its `%%track NAME` line, so that it runs as any cell.

    Done before IPython looks for magics: results, tracebacks, top-level await and
    further cell magics are then those of a plain cell. The line stays as an empty
    one, unless a cell magic follows, which must come first.
    """
    if not lines or not TRACK_LINE.match(lines[0]):
        return lines
    request = request_in(lines[0], CELL_WORDS)
    if not (request.run or request.skip):
        return lines
    if len(lines) > 1 and lines[1].startswith("%%"):
        return lines[1:]
    return ["\n", *lines[1:]]


def is_kernel(shell: InteractiveShell) -> bool:
    """Say whether the shell belongs to a Jupyter kernel."""
    return getattr(shell, "kernel", None) is not None


def drop_completer(shell: InteractiveShell, completer: object) -> None:
    """Take our function out of IPython's table of custom completers, which has no way to."""
    table: Any = getattr(shell.Completer, "custom_completers", None)
    for key in ("%track", "%%track"):
        chain = getattr(table, "strs", {}).get(key)
        if chain is not None:
            # IPython keeps it as a method of the shell.
            chain.chain = [
                pair
                for pair in chain.chain
                if getattr(pair[1], "__func__", pair[1]) is not completer
            ]
            if not chain.chain:
                del table.strs[key]
