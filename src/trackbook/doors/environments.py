"""Versions between projects: the way that one took, bundles, keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.clock import now_us, time_of
from trackbook.doors.moves import Env, moves_in, step_words
from trackbook.doors.progress import Line
from trackbook.doors.said import Said
from trackbook.errors import Misused

if TYPE_CHECKING:
    from trackbook.book import Book

BUNDLE = ".tbz"
COLUMNS = (
    "env", "digest", "how", "at", "by", "state", "slots", "moved", "verified", "log", "place",
)  # fmt: skip


def carried(
    book: Book,
    version: str,
    to: str,
    env: Env | None,
    *,
    reason: str,
    expected_from: str | None,
    force: bool,
) -> Said | None:
    """Promote a version into an environment that is another project; None where it is none.

    Raises:
        Refused: what it is to become, it becomes in another project, and that was not asked for
    """
    from trackbook.environments import Wish, is_apart, must_be_here, promote

    if env is None or not is_apart(book.project, env):
        entered = {"production": "prod"}.get(to.lower(), to.lower())
        command = f"%track promote {version} {to} --env {entered}"
        must_be_here(book.project, entered, command)
        return None
    wish = Wish(to=to, env=env, reason=reason, expected_from=expected_from, force=force)
    line = Line()
    try:
        done = promote(
            book, version, wish, progress=lambda step: line.say(step_words(step))
        )
    finally:
        line.end()
    there = f"{done.name} is {done.state} in {env}"
    checks = f" after {len(done.report.results)} checks" if done.report is not None else ""
    rows = [row for entry in done.moves for row in moves_in(entry, done.labels)]
    facts = (
        ("project", "", str(done.project)),
        ("package", "", f"sha256:{done.receipt.package_digest}"),
        ("received there", "", f"entry {done.receipt.entry} by {done.receipt.actor}"),
        ("sent here", "", f"entry {done.sent.entry} by {done.sent.actor}"),
    )
    said = f"{there} already" if done.was_there else f"{there} now{checks}"
    return Said(said, ["what", "before", "after"], [*rows, *facts])


def must_be_own(book: Book, env: str, command: str) -> None:
    """Refuse to move what is in the slots of another project."""
    from trackbook.environments import must_be_here

    must_be_here(book.project, env, f"cd {{folder}}, and {command}")


def route(book: Book, version: str) -> Said:
    """Follow a version through all projects: where it is, as what, since when, verified.

    Args:
        version: NAME@1.2.0
    """
    from trackbook.environments import route as way_of

    book.settle()
    found = way_of(book, version)
    count = len(found.stops)
    wrong = [
        one.env for one in found.stops if not one.is_sound or one.digest != found.digest
    ]
    said = (
        f"look at {', '.join(wrong)}" if wrong else "the same bytes, and every note agrees"
    )
    rows = [tuple(getattr(one, name) for name in COLUMNS) for one in found.stops]
    places = f"{count} place{'s' if count > 1 else ''}"
    return Said(f"{found.name} in {places}: {said}", COLUMNS, rows)


def bundle(
    book: Book,
    version: str,
    file: Path,
    *,
    key: str | None,
    unsigned: bool,
    overwrite: bool,
) -> Said:
    """Write a version with all that is known of it into one signed file."""
    from trackbook.environments import pack
    from trackbook.papers import bom, card, dossier_of

    if file.suffix != BUNDLE:
        raise Misused(f"a version goes into a bundle: name a file that ends in {BUNDLE}")
    dossier = dossier_of(book, version, now=time_of(now_us()))
    done = pack(
        book,
        dossier.version.name,
        file,
        key=Path(key) if key is not None else None,
        unsigned=unsigned,
        papers={"card.md": card(dossier), "bom.cdx.json": bom(dossier)},
        overwrite=overwrite,
    )
    facts = [
        ("package", f"sha256:{done.sent.package_digest}"),
        ("signed by", done.key),
        ("size_bytes", done.size_bytes),
        ("noted here", f"entry {done.sent.entry} by {done.sent.actor}"),
    ]
    return Said(f"{done.name} is in {done.file}", ["fact", "value"], facts)


def import_(
    book: Book, file: str, *, trust: str | None = None, unsigned: bool = False
) -> Said:
    """Take a version in from a bundle, if somebody who is trusted signed it.

    It is in DEVELOPMENT here, whatever it was elsewhere: this project's gates decide.

    Args:
        file: the bundle
        trust: the public key of who signed it, FILE.pub; the keys of
            trackbook.environments.toml when left out
        unsigned: take one that nobody signed; the version is marked for ever
    """
    from trackbook.environments import take_in

    keys = [Path(trust)] if trust is not None else []
    done = take_in(book, Path(file), trust=keys, unsigned=unsigned)
    facts = [
        ("package", f"sha256:{done.package_digest}"),
        ("signed by", done.signed_by),
        ("comes from", f"{done.origin}, where it was {done.origin_state}"),
    ]
    if done.receipt is not None:
        by = f"entry {done.receipt.entry} by {done.receipt.actor}"
        facts.append(("noted here", by))
    said = "is registered" if done.is_new else "is here already"
    return Said(f"{done.name} {said}", ["fact", "value"], facts)


def key(
    book: None,  # noqa: ARG001  every verb's first
    *,
    new: str,
    json: bool = False,  # noqa: ARG001  the shell gives it to verbs without a project
) -> Said:
    """Make a key that signs bundles: FILE for you alone, FILE.pub for those who trust you.

    Args:
        new: the file; nothing that is there is overwritten
        json: print it as JSON
    """
    from trackbook.environments import new_key

    name = new_key(Path(new))
    facts = [("private, for you alone", new), ("public, to be given away", f"{new}.pub")]
    return Said(f"a new key: {name}", ["file of the key", "path"], facts)
