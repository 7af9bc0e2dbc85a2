"""Whether the data that a model learned from may be used: their licence, and whom they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from trackbook.gates.answer import Answer, failed, passed
from trackbook.gates.compliance import is_empty
from trackbook.gates.dependencies import in_words
from trackbook.gates.licences import is_allowed, no_licence

if TYPE_CHECKING:
    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

OPEN = (
    "CC0-1.0", "PDDL-1.0", "ODC-By-1.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0",
    "CC-BY-3.0", "CC-BY-4.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0",
)  # fmt: skip
"""What is allowed where the policy names nothing: no duty but to name the authors."""
TAG, PII_TAG = "data_licence", "pii"
SPELLINGS = {"data_licence": "data_license"}
"""How else a tag is written."""


def allowed(
    candidate: Candidate,
    _bench: Bench,
    *,
    allow: tuple[str, ...] = OPEN,
    tag: str = TAG,
    pii_tag: str = PII_TAG,
    allow_pii: tuple[str, ...] = ("none",),
) -> Answer:
    """The data's licence and the personal data in them are ones that are allowed.

    Both are said by tags of the run: `data_licence`, SPDX's name of it or several with commas
    (`LicenseRef-Ours` for one's own), and `pii`, a class such as none, pseudonymous, personal.
    With `pii_tag = ""` the second is not asked.
    """
    known = candidate.metadata.get("tags")
    tags: Mapping[str, object] = known if isinstance(known, Mapping) else {}
    names = {str(canonicalize_license_expression(name)) for name in allow}
    said = words_in(tags, tag) or words_in(tags, SPELLINGS.get(tag, tag))
    faults = [f"not said: {tag} (%track tag {tag}=CC-BY-4.0)"] if not said else []
    faults += [fault for one in said if (fault := fault_of(one, names))]
    classes = words_in(tags, pii_tag) if pii_tag else []
    if pii_tag:
        may = {one.casefold() for one in allow_pii}
        faults += [f"{pii_tag} {one!r} is not allowed" for one in classes
                   if one.casefold() not in may]  # fmt: skip
        faults += [] if classes else [f"not said: {pii_tag} (%track tag {pii_tag}=none)"]
    evidence = {tag: said, "pii": classes, "allow": sorted(names)}
    if faults:
        return failed(in_words(faults, longest=160), len(faults), 0, **evidence)
    more = f", {pii_tag} {', '.join(classes)}" if classes else ""
    return passed(f"{tag} {', '.join(said)}{more}", 0, 0, **evidence)


def words_in(tags: Mapping[str, object], name: str) -> list[str]:
    """Return what a tag says, at each comma one."""
    words = [one.strip() for one in str(tags.get(name) or "").split(",")]
    return [one for one in words if not is_empty(one) or one.casefold() == "none"]


def fault_of(said: str, names: set[str]) -> str | None:
    """Say why a licence does not go; None where it does."""
    try:
        plain = str(canonicalize_license_expression(said[:200]))
    except InvalidLicenseExpression:
        return f"{said[:60]!r} is no licence that SPDX knows: LicenseRef-… for one's own"
    return None if is_allowed(plain, names) else f"{plain} is not allowed"


def no_terms(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with what a policy allows of data."""
    if params.get("tag", TAG) == "":
        return 'tag names none: tag = "data_licence"'
    for name in ("allow", "allow_pii"):
        if name in params and not params[name]:
            return f"{name} names none: nothing could pass"
    return no_licence(params)
