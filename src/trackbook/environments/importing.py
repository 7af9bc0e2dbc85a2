"""A version taken in from a bundle: nothing of it is believed before it was looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.environments.bundle import PACKAGE, PAPERS
from trackbook.environments.chart import read_chart
from trackbook.environments.exporting import received_note
from trackbook.environments.promote import tell
from trackbook.environments.unpack import ID, UNSIGNED, entries_in, opened
from trackbook.errors import Damaged, Misused
from trackbook.records import Origin, Version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.book import Book
    from trackbook.environments.unpack import Bundle, Told
    from trackbook.packages import Shelf
    from trackbook.records import Shipment

LARGEST, LONGEST = 1 << 62, 10_000
FACTS = (
    "weights_fp", "object_fp", "object_fp_why", "fp_algo", "flavour", "is_unsafe", "signature",
    "probe_count",
)  # fmt: skip
"""What a version's registration says that its package says too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A version that came in a bundle."""

    name: str
    package_digest: str
    origin: str
    """The environment that it came from."""
    origin_state: str
    """The state that it had there, by what it says."""
    signed_by: str
    is_new: bool
    receipt: Shipment | None
    """The note of its arrival; None where nothing was taken in."""


def take_in(
    book: Book, file: Path, *, trust: Sequence[Path] = (), unsigned: bool = False
) -> TakenIn:
    """Take a version in from a bundle, under the identity that it has where it comes from.

    Whose signature counts is said here: by `trust`, or else by the keys in
    trackbook.environments.toml. The version is in DEVELOPMENT afterwards, whatever it was.

    Raises:
        Refused: nobody who is trusted signed it, or other bytes have its number
        Damaged: it is not what was signed, or no bundle; nothing of it remains
    """
    keys = list(trust) or list(read_chart(book.project).keys)
    if not keys and not unsigned:
        raise Misused(
            "whom do you trust? --trust FILE.pub, or keys under [trust] in"
            " trackbook.environments.toml; or --unsigned for a bundle without a signature"
        )
    _ = book.journal  # a project in which nothing was written yet has no database to ask
    book.settle()
    with opened(file, keys, unsigned=unsigned) as bundle:
        told = bundle.records()
        coming = coming_in(bundle, told)
        known = known_here(book, coming)
        if known is not None and (bundle.signed_by == UNSIGNED or not known.origin_env):
            # Of what is here already nobody's word counts, and of what was made here nobody else's.
            return taken_in(told, coming, bundle.signed_by)
        papers = papers_in(bundle, told)
        take_package(bundle, coming, book.models.shelf)
        return enter(book, bundle, told, coming, papers, file.name)


def coming_in(bundle: Bundle, told: Told) -> Version:
    """Return the registration that a bundle tells, if its own hash is right."""
    from trackbook.registry import is_semver, model_name

    sent, top = told.shipment, told.top
    for one in told.origins:
        if one.what == "version":
            entries_in(facts_in(one))
    entries = entries_in(facts_in(top))
    mine = [
        one
        for one in entries
        if isinstance(one, Version) and one.version_id == sent.version_id
    ]
    if len(mine) != 1:
        raise Damaged("it does not tell how the version was registered")
    fact = mine[0]
    same = (fact.model, fact.semver, fact.package_digest)
    if same != (sent.model, sent.semver, sent.package_digest):
        raise Damaged("its registration is of another version than it brings")
    if model_name(fact.model) != fact.model or not is_semver(fact.semver):
        raise Damaged(f"{fact.model[:80]!r} {fact.semver[:40]!r} is no version")
    must_be_readable(fact)
    is_trusted = bundle.signed_by != UNSIGNED
    spoilt = UNSIGNED in {fact.signed_by, bundle.signed_by}
    return msgspec.structs.replace(
        fact,
        author=fact.author or fact.actor,
        origin_env=top.env[:80] or "elsewhere",
        origin_project=top.project,
        origin_state=sent.state if is_trusted else "",
        origin_hash=fact.hash,
        source_run_id=fact.source_run_id if is_trusted else None,
        git_commit=fact.git_commit if is_trusted else None,
        signed_by=UNSIGNED if spoilt else bundle.signed_by,
    )


def must_be_readable(fact: Version) -> None:
    """Refuse a registration that no trackbook would have taken."""
    if fact.source_run_id is not None and not ID.fullmatch(fact.source_run_id):
        raise Damaged("the run that its registration names is none")
    for name in ("size_bytes", "file_count", "probe_count"):
        if not 0 <= getattr(fact, name) < LARGEST:
            raise Damaged(f"{name} of its registration is {getattr(fact, name)}")
    for name in ("author", "actor", "description", "why_semver", "object_fp_why"):
        if len(getattr(fact, name)) > LONGEST:
            raise Damaged(f"{name} of its registration is too long")


def facts_in(one: Origin) -> Any:
    """Return what was told of one thing."""
    try:
        return json.loads(one.facts)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"what it tells of {one.name[:80]!r} cannot be read") from error


def known_here(book: Book, coming: Version) -> Version | None:
    """Return a version as it is here; None where it is new.

    Raises:
        Refused: the project has its number or its bytes otherwise
    """
    from trackbook.registry import must_be_welcome, standing

    model = standing(book.store, coming.model)
    if must_be_welcome(model, coming):
        return None
    return model.versions[coming.version_id].fact


def papers_in(bundle: Bundle, told: Told) -> list[Origin]:
    """Return the papers of a bundle as things that were told."""
    found = []
    for held in bundle.papers:
        name = held.path.removeprefix(PAPERS)
        paper = msgspec.structs.replace(
            told.top,
            origin_id=f"{told.top.origin_id}/{name}",
            what="paper",
            name=name,
            detail=f"{held.size} bytes, sha256:{held.sha256}",
            label="paper",
            fingerprint=held.sha256,
            facts=json.dumps({"text": bundle.text(held).decode("utf-8", "replace")}),
        )
        found.append(paper)
    return found


def take_package(bundle: Bundle, coming: Version, shelf: Shelf) -> None:
    """Put a bundle's package on the shelf, if it is what was registered, byte for byte."""
    from trackbook.packages import METADATA, metadata_of, must_be

    with shelf.draft() as draft:
        for held in bundle.package:
            path = held.path.removeprefix(PACKAGE)
            with bundle.open(held) as source:
                draft.stream(path, source)
        expected = {one.path: one.sha256 for one in bundle.package}
        for entry in draft.entries:
            if entry.sha256 != expected.get(PACKAGE + entry.path):
                raise Damaged(f"the bytes of {entry.path!r} are others than are listed")
        must_be(draft, coming.package_digest)
        file = draft.folder / METADATA
        if not file.is_file():
            raise Damaged("its package has no metadata")
        said = metadata_of(file.read_text(encoding="utf-8", errors="replace"))
        wrong = [name for name in FACTS if said.get(name) != getattr(coming, name)]
        sizes = sum(draft.sizes.values()), len(draft.sizes) + 1
        if wrong or sizes != (coming.size_bytes, coming.file_count):
            what = ", ".join(wrong) or "its size"
            raise Damaged(f"its registration says otherwise than its package: {what}")
        draft.publish()


def enter(
    book: Book,
    bundle: Bundle,
    told: Told,
    coming: Version,
    papers: Sequence[Origin],
    place: str,
) -> TakenIn:
    """Register what was looked at, and note that it came."""
    from trackbook.registry import project_id, received, shipped

    who = book.models.registry().who
    tell(book, [*told.origins, *papers])
    new = received(book.store, book.journal, who, coming)
    draft = received_note(
        told.shipment,
        project=project_id(book.store),
        place=place,
        signed_by=bundle.signed_by,
    )
    receipt, _ = shipped(book.store, book.journal, who, draft)
    return taken_in(told, coming, bundle.signed_by, receipt, is_new=new is not None)


def taken_in(
    told: Told,
    coming: Version,
    signed_by: str,
    receipt: Shipment | None = None,
    *,
    is_new: bool = False,
) -> TakenIn:
    """Return what came of a bundle."""
    return TakenIn(
        name=f"{coming.model}@{coming.semver}",
        package_digest=coming.package_digest,
        origin=coming.origin_env,
        origin_state=told.shipment.state,
        signed_by=signed_by,
        is_new=is_new,
        receipt=receipt,
    )
