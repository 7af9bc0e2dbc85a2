"""Verbs asked for by buttons: those that a browser may ask, with the arguments that it may give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import msgspec

from trackbook.doors.lab.deeds import asked_for, back_from_trash
from trackbook.doors.lab.detail import section
from trackbook.doors.lab.places import inside
from trackbook.doors.lab.shapes import Answer
from trackbook.doors.lab.words import ngettext
from trackbook.doors.proofs import file_for
from trackbook.errors import Misused, NotFound, Refused
from trackbook.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.book import Book
    from trackbook.doors.lines import Parameter, Verb
    from trackbook.doors.said import Said

FROM_A_BROWSER: dict[str, frozenset[str]] = {
    "tag": frozenset({"tags", "run"}),
    "note": frozenset({"words", "run"}),
    "rm": frozenset({"runs", "undo"}),
    "restore": frozenset({"run", "to", "whole", "outputs", "overwrite"}),
    "reproduce": frozenset({"run"}),
    "slice": frozenset({"of"}),
    "versions": frozenset({"of"}),
    "gate": frozenset({"version", "to"}),
    "promote": frozenset({"version", "to", "reason", "env", "expected_from"}),
    "approve": frozenset({"version", "to", "comment"}),
    "reject": frozenset({"version", "to", "comment"}),
    "approvals": frozenset({"name"}),
    "demote": frozenset({"version", "reason"}),
    "deprecate": frozenset({"version", "reason", "sunset", "successor"}),
    "archive": frozenset({"version", "reason"}),
    "rollback": frozenset({"name", "reason", "to", "env"}),
    "alias": frozenset({"version", "alias", "remove", "reason"}),
    "history": frozenset({"name", "at"}),
    "impact": frozenset({"dataset"}),
}
"""Nothing that goes past a rule, and no files but notebooks below the server's folder."""


def asked(
    root: Path, project: Path, book: Book, name: str, values: Mapping[str, Any]
) -> Answer:
    """Do what a verb does.

    Raises:
        NotFound: there is no such verb for browsers
        Refused: an argument is not for browsers, or the verb says no
        Misused: an argument has the wrong type
    """
    from trackbook.doors.verbs import VERBS

    if name not in FROM_A_BROWSER:
        raise NotFound.named("verb", name, known=FROM_A_BROWSER, see="%track help")
    verb = VERBS[name]
    known = {one.name: one for one in verb.parameters()}
    for given, value in values.items():
        if given not in FROM_A_BROWSER[name] or given not in known:
            raise Refused(f"{name} takes no {given!r} from a browser: use %track {name}")
        if not fits(known[given], value):
            raise Misused(f"{given} of {name} cannot be {value!r:.60}")
    missing = lacking(verb, values)
    if missing:
        raise Misused(f"{name} needs {', '.join(missing)}")
    chosen = dict(values)
    if name == "restore":
        chosen["to"] = str(target_of(root, project, book, chosen))
    done = verb.function(book, **chosen)
    said = time_line(done) if name == "history" else told(done)
    if name == "restore":
        made = Path(chosen["to"]).relative_to(root.resolve())
        return msgspec.structs.replace(said, opens=made.as_posix())
    if name == "rm" and chosen.get("runs"):
        return binned(said, chosen["runs"], back=bool(chosen.get("undo")))
    return said


def lacking(verb: Verb, values: Mapping[str, Any]) -> list[str]:
    """Return what a verb needs and was not given; a decision needs what its dialog asks for."""
    from trackbook.panels import DEEDS

    needed = [
        one.name for one in verb.parameters() if one.is_required and one.name not in values
    ]
    asked = asked_for(verb.name) if verb.name in DEEDS else ()
    needed += [
        one.name
        for one in asked
        if one.needed and not str(values.get(one.name, "")).strip()
    ]
    return list(dict.fromkeys(needed))


def time_line(done: Said) -> Answer:
    """Return what was decided of a model, the last first: one row for each decision."""
    moves: dict[tuple[object, ...], list[str]] = {}
    for one in done.table():
        about = (one["at"], one["actor"], one["command"], one["reason"], one["forced"])
        which = f"{one['which']} " if one["which"] else ""
        before, after = one["before"] or "-", one["after"] or "-"
        moves.setdefault(about, []).append(f"{which}{one['version']}: {before} → {after}")
    rows = [
        (at, f"{actor}: {command}{' (forced)' if forced else ''}", "; ".join(moved), reason)
        for (at, actor, command, reason, forced), moved in reversed(moves.items())
    ]
    columns = ["when", "who", "what", "why"]
    return Answer(text=done.headline, section=section(Table(columns, rows)))


def binned(said: Answer, runs: list[str], *, back: bool) -> Answer:
    """Return that runs are in the trash, with what takes them out again, or that they are back."""
    if back:
        words = ngettext("{count} run is back", "{count} runs are back", len(runs))
        return msgspec.structs.replace(said, text=words)
    words = ngettext(
        "{count} run is in the trash", "{count} runs are in the trash", len(runs)
    )
    return msgspec.structs.replace(said, text=words, gone=runs, undo=back_from_trash(runs))


def fits(parameter: Parameter, value: object) -> bool:
    """Say whether a value of JSON is what a verb's argument takes."""
    if parameter.is_list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if parameter.is_switch:
        return isinstance(value, bool)
    if parameter.hint is int:
        return isinstance(value, int)
    choices = get_args(parameter.hint)
    if choices and get_origin(parameter.hint) is not None:
        return value in choices
    return isinstance(value, str)


def target_of(root: Path, project: Path, book: Book, chosen: Mapping[str, Any]) -> Path:
    """Return where a restored notebook goes: below the server's folder, beside the project's."""
    named = chosen.get("to")
    if named is None:
        return project / file_for(book.find(chosen.get("run", "last")))
    if not named.endswith(".ipynb"):
        raise Refused(f"cannot write {named!r} from a browser: name an .ipynb")
    return inside(root, named)


def told(result: Any) -> Answer:
    """Return what a verb gave: its rows, and the sentence above them if it has one."""
    if result is None:
        result = Table([], [])
    table: Table = result if hasattr(result, "columns") else result.table()
    return Answer(
        text=getattr(result, "headline", "") or table.title,
        section=section(table),
        is_good=getattr(result, "is_good", True),
    )
