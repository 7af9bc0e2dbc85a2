"""A session whose process is split: what it did goes on in several others."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal

from trackbook.clock import new_id
from trackbook.fingerprint import this_machine
from trackbook.records import Session
from trackbook.version import __version__

if TYPE_CHECKING:
    from trackbook.book.book import Book

    Program = Literal["notebook", "ipython", "script"]


def rest(book: Book) -> None:
    """Let a book do without threads from here on, so that its process can be split."""
    for thread in (book.background, book.sampling):
        if thread is not None:
            thread.stop()
    book.background = book.sampling = None
    book.doubts.close()
    if book.recorder is not None:
        book.recorder.inputs.work_alone()


def look_ahead(book: Book) -> None:
    """Look now at what is around the runs of all that will be split off."""
    book.around.look(tuple(sys.modules))


def split(book: Book, folder: str | None) -> None:
    """In a forked child: go on as a session of its own, with all that was done before.

    Args:
        book: the parent's, as it came along
        folder: where the session works, from which relative paths count
    """
    before, book.session_id = book.session_id, new_id()
    book.owner, book.is_split = os.getpid(), True
    book.journal.begin_anew(book.session_id)
    if book.recorder is not None:
        notebook = book.recorder.notebook.path
        book.journal.put(session_now("ipython", notebook, folder, before))
        book.begin_background(book.recorder)


def session_now(
    program: Program, notebook: str | None, folder: str | None, before: str | None = None
) -> Session:
    """Return the fact that a session begins in this process."""
    machine = this_machine()
    return Session(
        program=program,
        notebook=notebook,
        login=machine.login,
        host=machine.host,
        pid=os.getpid(),
        python=machine.python,
        platform=machine.platform,
        version=__version__,
        folder=folder,
        forked_from=before,
    )
