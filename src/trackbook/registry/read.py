"""Looking at the registry, for which nobody needs to be able to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import NotFound
from trackbook.registry.find import SEE, found
from trackbook.registry.log import SQL, log_of
from trackbook.registry.names import model_name, reference_of
from trackbook.registry.rows import ApprovalRow, VersionRow
from trackbook.registry.state import Model, told
from trackbook.store import ask

if TYPE_CHECKING:
    from trackbook.store import Store

EVERYTHING = 1 << 40


def versions(store: Store, name: str | None = None) -> list[VersionRow]:
    """Return a model's versions as they stand, or all, the newest first."""
    model = None if name is None else model_name(name)
    return listed(store, model=model, version_id=None)


def version_of(store: Store, reference: str) -> VersionRow:
    """Return the version that is meant: `name@1.2.0`, `name@champion`, `name@sha256:ab12…`.

    Also `name@v3`, `name@latest`, an alias (`name@stable`), a slot (`name@staging/champion`),
    a version_id behind the `@`, or the name alone for the latest.
    """
    model, at = reference_of(reference)
    known = standing(store, model)
    if not known.kept:
        names = [name for (name,) in store.rows(SQL["model_names"]).rows]
        raise NotFound.named("model", model, known=names, see=SEE)
    return with_id(store, found(known, at).fact.version_id)


def approvals(
    store: Store, name: str | None = None, *, status: str | None = None
) -> list[ApprovalRow]:
    """Return requests for approvals and what became of them, the newest first."""
    model = None if name is None else model_name(name)
    return ask(
        store, SQL["approvals_of"], ApprovalRow, model=model, status=status, most=EVERYTHING
    )


def standing(store: Store, model: str) -> Model:
    """Return how a model stands, told from its log; one without versions where there is none."""
    return told(log_of(store, model)).get(model) or Model(name=model)


def with_id(store: Store, version_id: str) -> VersionRow:
    """Return the version of an id.

    Raises:
        NotFound: somebody deleted it since its id was read
    """
    rows = listed(store, model=None, version_id=version_id)
    if not rows:
        raise NotFound(f"the version {version_id} was deleted meanwhile ({SEE})")
    return rows[0]


def listed(store: Store, *, model: str | None, version_id: str | None) -> list[VersionRow]:
    """Return versions as they stand, the newest first."""
    return ask(
        store,
        SQL["versions_listed"],
        VersionRow,
        model=model,
        id=version_id,
        most=EVERYTHING,
    )
