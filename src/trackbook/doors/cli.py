"""The shell's door: `trackbook VERB …`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.doors.lines import Verb

FRONT = "trackbook"
FORMS = ("--json", "--csv")
MAY_BEGIN = frozenset({"doctor", "run", "sweep"})
"""Verbs that need no project to be there: they begin one, or say that there is none."""


def run() -> None:
    """Answer the shell, and leave with its exit code."""
    try:
        code = main(sys.argv[1:])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        print("trackbook: interrupted", file=sys.stderr)
        code = 130
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Run one verb and print its rows; 2 means that the user must change something."""
    from trackbook.doors.magics import help_for
    from trackbook.doors.verbs import VERBS
    from trackbook.errors import NotFound

    name, *rest = argv or ["help"]
    if name == "--version":
        from trackbook import __version__

        print(f"trackbook {__version__}")
        return 0
    try:
        if name in ("help", "-h", "--help"):
            print(help_for(rest[0] if rest else "", FRONT))
            return 0
        if name not in VERBS:
            raise NotFound.named("verb", name, known=VERBS, see="trackbook help")
        if rest in (["--help"], ["-h"]):
            print(help_for(name, FRONT))
            return 0
        forms = [word for word in rest if word in FORMS]
        words = [word for word in rest if word not in FORMS]
        return answer(VERBS[name], words, forms[-1] if forms else "")
    except TrackbookError as error:
        print(f"trackbook: {error}", file=sys.stderr)
        return 2


def answer(verb: Verb, words: Sequence[str], form: str) -> int:
    """Run a verb on the project here and print its answer."""
    from trackbook.doors.lines import read_argv
    from trackbook.doors.session import current_book
    from trackbook.errors import Misused
    from trackbook.table import Table

    if verb.needs == "session":
        raise Misused(f"{verb.name} speaks to a running notebook: %track {verb.name} there")
    values = read_argv(verb, words, FRONT)
    if verb.needs == "nothing":
        result = verb.function(
            None, **values, **({"json": True} if form == "--json" else {})
        )
    else:
        book = current_book(must_exist=verb.name not in MAY_BEGIN)
        try:
            result = verb.function(book, **values)
        finally:
            book.close()
    if form == "--json":
        print(table_of(result).json())
    elif form == "--csv":
        print((result if isinstance(result, Table) else result.table()).csv(), end="")
    elif result is not None:
        print(result)
    if verb.name == "gate":
        return 0 if result.passed else 1
    if verb.name == "doctor" and has_problem(result):
        return 1
    return getattr(result, "exit_code", 0)


def table_of(result: Any) -> Any:
    """Return an answer's rows, whatever it shows itself as."""
    return result if hasattr(result, "json") else result.table()


def has_problem(result: Any) -> bool:
    """Say whether the doctor found something that needs mending."""
    return any(row["level"] == "problem" for row in result)
