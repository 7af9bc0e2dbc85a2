"""Decisions about aliases: names that move from version to version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import NotFound, Refused
from trackbook.registry.draft import Draft
from trackbook.registry.find import found
from trackbook.registry.names import alias_name

if TYPE_CHECKING:
    from trackbook.registry.state import Model


def aliased(  # each choice by name
    model: Model,
    at: str,
    alias: str,
    *,
    protected: bool | None = None,
    reason: str = "",
    force: bool = False,
) -> Draft | None:
    """Decide to let an alias lead to a version; None where it does.

    Raises:
        Refused: it is protected, and not forced with a reason; or the version is archived
    """
    name = alias_name(alias)
    version = found(model, at)
    if version.state == "ARCHIVED":
        raise Refused(f"{version.name} is archived: an alias would lead nowhere")
    draft = Draft(
        model=model, command="alias", version_id=version.fact.version_id, reason=reason
    )
    known = model.aliases.get(name)
    before = known.version_id if known is not None else ""
    was_protected = known is not None and known.is_protected
    is_protected = was_protected if protected is None else protected
    if (before, was_protected) == (version.fact.version_id, is_protected):
        return None
    draft.overrode = must_not_be_protected(model, name, reason, force=force)
    draft.aliases[name] = before, version.fact.version_id, is_protected
    return draft


def unaliased(model: Model, alias: str, *, reason: str = "", force: bool = False) -> Draft:
    """Decide to take an alias away."""
    name = alias_name(alias)
    if name not in model.aliases:
        raise NotFound.named(f"alias of {model.name}", name, known=model.aliases)
    before = model.aliases[name].version_id
    draft = Draft(model=model, command="unalias", version_id=before, reason=reason)
    draft.overrode = must_not_be_protected(model, name, reason, force=force)
    draft.aliases[name] = before, "", False
    return draft


def must_not_be_protected(
    model: Model, name: str, reason: str, *, force: bool
) -> list[str]:
    """Return the rule that is overruled where a protected alias is moved all the same."""
    known = model.aliases.get(name)
    if known is None or not known.is_protected:
        return []
    if force and reason:
        return [f"the alias {name} is protected"]
    raise Refused(
        f"the alias {name} of {model.name} is protected and leads to"
        f" {model.label(known.version_id)}: force=True with a reason moves it, and that stays"
        " on record"
    )
