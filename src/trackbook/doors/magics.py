"""The notebook's door: `%track VERB …` and `%%track`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.doors.lines import read_line
from trackbook.doors.verbs import VERBS
from trackbook.errors import Misused, NotFound, TrackbookError

if TYPE_CHECKING:
    from trackbook.book import Book

FRONT = "%track"
CELL_WORDS = frozenset(name for name, verb in VERBS.items() if verb.cell)


def ask(book: Book, line: str, body: str | None = None) -> Any:
    """Return what a line asks for, after `%track`.

    Raises:
        UsageError: the line cannot be meant, or a rule said no; one line, no traceback
    """
    from IPython.core.error import UsageError

    try:
        return answer(book, line.strip(), body)
    except TrackbookError as error:
        raise UsageError(f"trackbook: {error}") from error


def answer(book: Book, line: str, body: str | None = None) -> Any:
    """Return what a line asks for; nothing after `%track` asks for the status."""
    name, _, rest = (line or "status").partition(" ")
    if name in ("help", "-h", "--help", "?"):
        return help_for(rest.strip())
    verb = VERBS.get(name)
    if verb is None:
        raise NotFound.named("verb", name, known=VERBS, see="%track help")
    if rest.strip() in ("--help", "-h", "?"):
        return help_for(name)
    if verb.needs == "nothing":
        raise Misused(f"{name} is for the shell: trackbook {name}")
    values = read_line(verb, rest, FRONT, body=body)
    return verb.function(book, **values)


class Help:
    """A text that shows itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def help_for(name: str, front: str = FRONT) -> Help:
    """Return the help of one verb, or of all."""
    if name:
        if name not in VERBS:
            raise NotFound.named("verb", name, known=VERBS, see=f"{front} help")
        return Help(VERBS[name].help(front))
    width = max(map(len, VERBS))
    lines = [f"  {front} {verb.name:<{width}}  {verb.says}" for verb in VERBS.values()]
    return Help("\n".join([*lines, "", f"  {front} help VERB tells all of one."]))


def track_help() -> str:
    """Return the docstring of `%track`, for `%track?`."""
    return f"""Ask trackbook, or tell it something; with nothing after it, see what is recorded.

{help_for("").text}

%%track [NAME] makes the cell one run; %%track skip records nothing of it;
%%track sql asks a longer question."""
