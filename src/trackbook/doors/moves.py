"""Versions moved up and down, into slots and out of them, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from trackbook.doors.progress import Line
from trackbook.doors.said import Said
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trackbook.book import Book
    from trackbook.gates import Step
    from trackbook.records import Transition

Env = Literal["dev", "staging", "prod"]
Role = Literal["champion", "challenger", "shadow", "canary"]


def promote(
    book: Book,
    version: str,
    to: str = "staging",
    *,
    reason: str = "",
    env: Env | None = None,
    expected_from: str | None = None,
    force: bool = False,
) -> Said:
    """Move a version up to staging or production, if its gate lets it through.

    Args:
        version: NAME@1.2.0, NAME@latest or NAME@ALIAS
        to: staging or production, where it becomes champion of prod
        reason: why
        env: make it the champion of this environment too; where trackbook.environments.toml
            says that it is another project, the version is carried there, and moved there
        expected_from: the state that it must be in just now; else nothing is moved
        force: go past the rules, with a reason; that stays on record for ever
    """
    from trackbook.doors.environments import carried

    said: Any = {"reason": reason, "expected_from": expected_from, "force": force}
    if (away := carried(book, version, to, env, **said)) is not None:
        return away
    line = Line()
    try:
        done = book.models.promote(
            version, to, **said, progress=lambda step: line.say(step_words(step))
        )
    finally:
        line.end()
    entries = [done.transition]
    if env is not None and not (env == "prod" and to.lower() == "production"):
        registry = book.models.registry()
        entries.append(registry.deploy(version, env, "champion", reason=reason))
    row = book.models.version(version)
    checks = len(done.report.results) if done.report is not None else 0
    passed = f" after {checks} checks" if checks else ""
    moved = f"{row.name} is {row.state} now{passed}"
    return moves_said(book, entries, moved, f"{row.name} is {row.state} already")


def step_words(step: Step) -> str:
    """Return how far a gate is."""
    said = "…" if step.result is None else f": {step.result.outcome}"
    return f"check {step.number + 1} of {step.count}, {step.want.label}{said}"


def demote(book: Book, version: str, *, reason: str) -> Said:
    """Move a version one state down.

    Args:
        version: the version
        reason: why
    """
    entry = book.models.registry().demote(version, reason=reason)
    return moved(book, version, entry)


def deprecate(
    book: Book,
    version: str,
    *,
    sunset: str,
    successor: str | None = None,
    reason: str = "",
    force: bool = False,
) -> Said:
    """Say that a version serves until a day only, and what to use instead.

    Args:
        version: the version
        sunset: the day, 2027-01-31
        successor: the version to use instead, such as 1.3.0
        reason: why
        force: go past the rules, with a reason; that stays on record for ever
    """
    entry = book.models.registry().deprecate(
        version,
        sunset=moment_of(sunset),
        successor=successor.rpartition("@")[2] if successor else None,
        reason=reason,
        force=force,
    )
    return moved(book, version, entry)


def archive(book: Book, version: str, *, reason: str = "", force: bool = False) -> Said:
    """Put a version away: it is found by its number only.

    Args:
        version: the version
        reason: why
        force: go past the rules, with a reason; that stays on record for ever
    """
    entry = book.models.registry().archive(version, reason=reason, force=force)
    return moved(book, version, entry)


def rollback(
    book: Book,
    name: str,
    *,
    reason: str,
    env: Env = "prod",
    to: str | None = None,
    alerted_at: str | None = None,
) -> Said:
    """Take a champion back to the last good one, once that was verified and loaded.

    Args:
        name: the model
        reason: what went wrong
        env: where
        to: the version to go back to, such as 1.1.0; the last good one when left out
        alerted_at: when the alarm was, 2026-05-03T14:20
    """
    from trackbook.doors.environments import must_be_own

    must_be_own(book, env, f"trackbook rollback {name} there")
    entry = book.models.rollback(
        name, reason=reason, env=env, to=to and to.rpartition("@")[2],
        alerted_at=moment_of(alerted_at) if alerted_at else None,
    )  # fmt: skip
    row = book.models.version(f"{name}@{env}/champion")
    return moves_said(book, [entry], f"{row.name} serves in {env} again", "nothing to do")


def deploy(
    book: Book,
    version: str,
    env: Env,
    role: Role = "champion",
    *,
    traffic: float = 0.0,
    reason: str = "",
) -> Said:
    """Put a version into a slot of an environment.

    Args:
        version: the version
        env: where
        role: champion serves, challenger and shadow are compared with it, canary takes a share
        traffic: a canary's share in percent
        reason: why
    """
    from trackbook.doors.environments import must_be_own

    must_be_own(book, env, f"trackbook deploy {version} {env} {role} there")
    entry = book.models.registry().deploy(
        version, env, role, traffic=traffic, reason=reason
    )
    row = book.models.version(version)
    there = f"{row.name} is {role} of {env}"
    return moves_said(book, [entry], f"{there} now", f"{there} already")


def undeploy(book: Book, name: str, env: Env, role: Role, *, reason: str = "") -> Said:
    """Take out of a slot what is in it.

    Args:
        name: the model
        env: where
        role: the slot
        reason: why; needed of a champion
    """
    from trackbook.doors.environments import must_be_own

    must_be_own(book, env, f"trackbook undeploy {name} {env} {role} there")
    entry = book.models.registry().undeploy(name, env, role, reason=reason)
    return moves_said(book, [entry], f"{env}/{role} of {name} is empty now", "it was empty")


def alias(
    book: Book,
    version: str,
    alias: str,
    *,
    protected: bool = False,
    remove: bool = False,
    reason: str = "",
    force: bool = False,
) -> Said:
    """Let a name of your own lead to a version, or take it away.

    Args:
        version: the version; with --remove the model
        alias: such as stable
        protected: from now on it is moved by --force only
        remove: take it away
        reason: why
        force: move a protected one, with a reason
    """
    registry = book.models.registry()
    if remove:
        model = version.partition("@")[0]
        entry = registry.unalias(model, alias, reason=reason, force=force)
        return moves_said(book, [entry], f"{model}@{alias} is gone", "there was none")
    entry = registry.alias(
        version, alias, protected=protected or None, reason=reason, force=force
    )
    row = book.models.version(version)
    leads = f"{row.model}@{alias} leads to {row.version}"
    return moves_said(book, [entry], f"{leads} now", f"{leads} already")


def unregister(book: Book, version: str, *, reason: str) -> Said:
    """Delete a version that nothing needs; its number stays taken, the log stays whole.

    Args:
        version: the version
        reason: why
    """
    row = book.models.version(version)
    entry = book.models.registry().delete(version, reason=reason)
    return moves_said(book, [entry], f"{row.name} is deleted", "nothing to do")


def moved(book: Book, version: str, entry: Transition | None) -> Said:
    """Return what moved with a version that was asked to another state."""
    row = book.models.version(version)
    return moves_said(
        book,
        [entry],
        f"{row.name} is {row.state} now",
        f"{row.name} is {row.state} already",
    )


def moves_said(
    book: Book, entries: Sequence[Transition | None], done: str, idle: str
) -> Said:
    """Return a sentence, and everything that decisions moved."""
    written = [entry for entry in entries if entry is not None]
    rows = [row for entry in written for row in moves_of(book, entry)]
    columns = ["what", "before", "after"]
    return Said(done if written else idle, columns, rows)


def moves_of(book: Book, entry: Transition) -> Iterator[tuple[str, str, str]]:
    """Yield what one decision moved: states, slots, aliases."""
    from trackbook.registry import standing

    yield from moves_in(entry, standing(book.store, entry.model).label)


def moves_in(
    entry: Transition, label: Callable[[str], str]
) -> Iterator[tuple[str, str, str]]:
    """Yield what one decision moved, its versions called as their project does."""
    for version_id, before, after in zip(
        entry.version_ids, entry.from_states, entry.to_states, strict=True
    ):
        yield f"state of {label(version_id)}", before, after
    for slot, before, after in zip(
        entry.slots, entry.slots_before, entry.slots_after, strict=True
    ):
        yield slot, label(before) if before else "", label(after) if after else ""
    for alias, before, after in zip(
        entry.aliases, entry.aliases_before, entry.aliases_after, strict=True
    ):
        yield f"@{alias}", label(before) if before else "", label(after) if after else ""
    for rule in entry.overrode:
        yield "forced past", rule, ""


def moment_of(text: str, *, last: bool = False) -> datetime:
    """Return a day or a moment as an aware time, UTC unless it says otherwise.

    Args:
        text: 2026-05-03, or 2026-05-03T14:20
        last: of a day its end
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misused(
            f"{text!r} is no day: write 2026-05-03, or 2026-05-03T14:20"
        ) from None
    if last and len(text) == len("2026-05-03"):
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
