"""Where a version has been: every project on its way, as far as it can be reached, looked at."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.book import Book
from trackbook.clock import time_of
from trackbook.environments.chart import read_chart
from trackbook.errors import NotFound, TrackbookError
from trackbook.settings import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from trackbook.environments.chart import Chart
    from trackbook.records import Origin, Shipment
    from trackbook.registry import VersionRow

FINE = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One place where a version is or was."""

    env: str
    place: str
    """The project's folder, or what is known of it."""
    digest: str
    how: str
    """How it came there: registered, received from dev, sent in a bundle."""
    at: datetime | None
    by: str
    state: str = ""
    slots: Sequence[str] = ()
    moved: str = ""
    """Who moved it last there, when and why."""
    verified: str = ""
    """`yes`, or what is wrong with its bytes; empty where nobody could look."""
    log: str = ""
    """`yes`, or what is wrong with the notes of its way; empty where nobody could look."""
    project: str = ""
    """By what the project is known."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing that could be looked at is wrong."""
        return {self.verified, self.log} <= {FINE, ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A version's way from project to project."""

    name: str
    version_id: str
    digest: str
    stops: Sequence[Stop]

    @property
    def is_sound(self) -> bool:
        """Whether the same bytes are everywhere, and all notes of it agree."""
        return all(one.is_sound and one.digest == self.digest for one in self.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A version in a project that can be reached."""

    env: str
    project: Path
    id: str
    row: VersionRow
    hashes: frozenset[str]
    """Of all entries of its log."""
    chain: str
    """`yes`, or what is wrong with its log."""
    verified: str
    shipments: Sequence[Shipment]
    origins: Sequence[Origin]


def route(book: Book, reference: str) -> Route:
    """Return the way of a version through all projects that can be reached from here."""
    row = book.models.version(reference)
    chart = read_chart(book.project)
    looked = list(seen_along(book, chart, row))
    seen = [one for one in looked if isinstance(one, Seen)]
    # Of a project that is told of from both sides the one says more that received from it.
    apart = {one.project: one for one in [*stops_sent(seen), *stops_told(seen)]}
    stops = [one if isinstance(one, Stop) else stop_of(one, seen) for one in looked]
    stops += apart.values()
    order = {env: at for at, env in enumerate(chart.chain)}
    stops.sort(key=lambda one: (order.get(one.env, len(order)), str(one.at or "")))
    return Route(
        name=row.name, version_id=row.version_id, digest=row.package_digest, stops=stops
    )


def seen_along(book: Book, chart: Chart, row: VersionRow) -> Iterator[Seen | Stop]:
    """Yield the version in each project of the chain that has it, this one first."""
    yield look(book, chart.here or book.project.name, row)
    done = {book.project.resolve()}
    for env in chart.chain:
        folder = chart.projects.get(env)
        if folder is None or folder.resolve() in done or not (folder / FOLDER).is_dir():
            continue
        done.add(folder.resolve())
        try:
            with closing(Book(folder)) as there:
                found = there.models.version(f"{row.model}@{row.version_id}")
                yield look(there, read_chart(folder).here or env, found)
        except NotFound:
            continue  # it never came there, or was deleted
        except TrackbookError as error:
            yield Stop(
                env=env,
                place=str(folder),
                digest="",
                how="",
                at=None,
                by="",
                log=str(error),
            )


def look(book: Book, env: str, row: VersionRow) -> Seen:
    """Look at a version in one project: its bytes, its log, what it tells."""
    from trackbook.registry import origins_of, project_id, standing, verify_chain

    model = standing(book.store, row.model)
    chain = verify_chain(book.store)
    about = [one for one in model.shipments if one.version_id == row.version_id]
    return Seen(
        env=env,
        project=book.project,
        id=project_id(book.store),
        row=row,
        hashes=hashes_of(book),
        chain=FINE if chain.is_whole else chain.blemishes[0].words,
        verified=verified(book, row.package_digest),
        shipments=about,
        origins=origins_of(book.store, row.version_id),
    )


def hashes_of(book: Book) -> frozenset[str]:
    """Return the hashes of all entries of a project's log."""
    from trackbook.registry import hash_of, log_of

    return frozenset(one.hash for one in log_of(book.store) if hash_of(one) == one.hash)


def verified(book: Book, digest: str) -> str:
    """Return `yes` where a package is what was registered, or else what is wrong."""
    from trackbook.packages import verify

    try:
        verify(book.models.shelf.place_of(digest), digest)
    except TrackbookError as error:
        return str(error)
    return FINE


def stop_of(one: Seen, seen: Sequence[Seen]) -> Stop:
    """Return a reachable project as a stop."""
    row = one.row
    came = [note for note in one.shipments if note.step == "received"]
    how = "registered"
    if came:
        way = "" if came[0].way == "folder" else " in a bundle"
        signed = " that nobody signed" if came[0].signed_by == "unsigned" else ""
        how = f"received from {came[0].from_env}{way}{signed}"
    reason = f": {row.reason}" if row.reason else ""
    return Stop(
        env=one.env,
        place=str(one.project),
        digest=row.package_digest,
        how=how,
        at=row.registered_at,
        by=row.registered_by,
        state=row.state,
        slots=row.slots,
        moved=f"{row.moved_by} at {row.state_since:%Y-%m-%d %H:%M} UTC{reason}",
        verified=one.verified,
        log=agreement(one, seen),
        project=one.id,
    )


def agreement(one: Seen, seen: Sequence[Seen]) -> str:
    """Return `yes` where a project's log is whole and agrees with those of its neighbours."""
    return "; ".join(disagreements(one, seen)) or FINE


def disagreements(one: Seen, seen: Sequence[Seen]) -> Iterator[str]:
    """Yield what is wrong with the notes of a version in one project."""
    from trackbook.registry import digest_of_facts

    if one.chain != FINE:
        yield one.chain
    others = {other.id: other for other in seen}
    came = [note for note in one.shipments if note.step == "received"]
    for note in one.shipments:
        is_from = note.step == "received"
        other = others.get(note.from_project if is_from else note.to_project)
        if other is not None and note.other_hash not in other.hashes:
            yield f"{other.env} has no entry {note.other_hash[:12]}, which is named here"
    # What came twice is one record: only of what came once it can be told what it was.
    if len(came) == 1 and came[0].facts_digest != digest_of_facts(one.origins):
        yield "what was told of it on arrival was changed since"
    if one.row.origin and not came:
        yield "its arrival is not noted: promote or import it again, which completes it"


def stops_told(seen: Sequence[Seen]) -> list[Stop]:
    """Return projects that cannot be reached, as those tell of them that received from there."""
    reached = {one.id for one in seen}
    found: dict[str, Stop] = {}
    for one in seen:
        for origin in one.origins:
            if origin.what != "version" or origin.project in reached:
                continue
            found[origin.project] = Stop(
                env=origin.env,
                place="not reached from here",
                digest=origin.fingerprint,
                how=f"told in {one.env}",
                at=time_of(origin.born_us),
                by="",
                state=origin.detail.partition(",")[0],
                project=origin.project,
            )
    return list(found.values())


def stops_sent(seen: Sequence[Seen]) -> list[Stop]:
    """Return where it was sent and what of that cannot be reached."""
    reached = {one.id for one in seen}
    arrived = {
        note.shipment_id
        for one in seen
        for note in one.shipments
        if note.step == "received"
    }
    return [
        Stop(
            env=note.to_env or "in a bundle",
            place=note.place,
            digest=note.package_digest,
            how=f"sent from {one.env}",
            at=time_of(note.at_us),
            by=note.actor,
            project=note.to_project or note.shipment_id,
        )
        for one in seen
        for note in one.shipments
        if note.step == "sent"
        and note.shipment_id not in arrived
        and note.to_project not in reached
    ]
