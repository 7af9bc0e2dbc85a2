"""Whether what a package needs may be used: the licences of its requirements."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from typing import TYPE_CHECKING, Literal

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.dependencies import PLACES, applies, file_in, in_words, lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from importlib.metadata import PackageMetadata

    from packaging.requirements import Requirement

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

PERMISSIVE = (
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "HPND", "ISC",
    "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
)  # fmt: skip
"""What is allowed where the policy names nothing: no duty but to name the authors."""
BY_CLASSIFIER = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
"""What older packages say by a classifier of PyPI's, as SPDX says it."""
LONGEST = 500
PARTS = re.compile(r"\(|\)|[^\s()]+")


def licences(
    _candidate: Candidate,
    bench: Bench,
    *,
    allow: tuple[str, ...] = PERMISSIVE,
    trust: tuple[str, ...] = (),
    unknown: Literal["fail", "pass"] = "fail",
) -> Answer:
    """Every requirement has a licence that is allowed; `trust` names packages that somebody read.

    A licence is what the installed package says: an SPDX expression (PEP 639), else its
    classifiers, else its licence field where that is one. Of `A OR B` one has to be allowed,
    of `A AND B` both.
    """
    file = file_in(bench.folder)
    if file is None:
        return skipped(f"the package has no {PLACES[0]}")
    lines = [line for line in lines_of(file) if applies(line)]
    trusted = {normal(name) for name in trust}
    found = {
        line.need.name if line.need else line.text: licence_of(line.need)
        if line.need
        else None
        for line in lines
        if line.need is None or normal(line.need.name) not in trusted
    }
    allowed = {canonicalize_license_expression(name) for name in allow}
    unread = sorted(name for name, said in found.items() if said is None)
    refused = sorted(
        f"{name} ({said})"
        for name, said in found.items()
        if said is not None and not is_allowed(said, allowed)
    )
    faults = [
        *refused,
        *((f"{name} (not known)" for name in unread) if unknown == "fail" else ()),
    ]
    evidence = {name: said or "" for name, said in found.items()}
    if faults:
        words = f"{len(faults)} of {len(lines)} licences not allowed: {in_words(faults)}"
        return failed(words, len(faults), 0, licences=evidence)
    more = f", {len(unread)} of them not known" if unread else ""
    return passed(f"every licence is allowed ({len(lines)}{more})", 0, 0, licences=evidence)


def no_licence(params: Mapping[str, object]) -> str | None:
    """Say which of the licences that a policy allows is none."""
    allow = params.get("allow", ())
    for name in allow if isinstance(allow, (list, tuple)) else ():
        try:
            plain = canonicalize_license_expression(str(name))
        except InvalidLicenseExpression:
            return f"{str(name)[:60]!r} is no SPDX licence, such as MIT"
        if " " in plain:
            return f"{plain!r} is more than one licence: name each"
    return None


def licence_of(need: Requirement) -> str | None:
    """Return the licence of a requirement as SPDX writes it; None where it cannot be known here."""
    try:
        known = metadata(need.name)
    except PackageNotFoundError:
        return None
    if need.specifier and not need.specifier.contains(known["Version"], prereleases=True):
        return None  # another version is installed, and licences change
    for said in sayings(known):
        try:
            return str(canonicalize_license_expression(said[:LONGEST]))
        except InvalidLicenseExpression:
            continue
    return None


def sayings(known: PackageMetadata) -> Iterator[str]:
    """Yield what a package says of its licence, the surest first."""
    yield from filter(None, known.get_all("License-Expression", ()))
    named = [
        line.rpartition(" :: ")[2]
        for line in known.get_all("Classifier", ())
        if line.startswith("License :: ")
    ]
    spdx = [BY_CLASSIFIER[name] for name in named if name in BY_CLASSIFIER]
    if spdx and len(spdx) == len(named):
        yield " AND ".join(spdx)
    if not named:
        yield from filter(None, known.get_all("License", ()))


def is_allowed(expression: str, allowed: Collection[str]) -> bool:
    """Tell whether a licence in SPDX's canonical form is made of what is allowed."""
    parts = PARTS.findall(expression)
    found = either(parts, allowed)
    return found and not parts


def either(parts: list[str], allowed: Collection[str]) -> bool:
    """Read `A OR B OR …` off the front; AND binds more closely."""
    found = [every(parts, allowed)]
    while parts[:1] == ["OR"]:
        parts.pop(0)
        found.append(every(parts, allowed))
    return any(found)


def every(parts: list[str], allowed: Collection[str]) -> bool:
    """Read `A AND B AND …` off the front."""
    found = one(parts, allowed)
    if parts[:1] == ["AND"]:
        parts.pop(0)
        found &= every(parts, allowed)
    return found


def one(parts: list[str], allowed: Collection[str]) -> bool:
    """Read one licence off the front, or what stands in brackets; an exception only adds rights."""
    name = parts.pop(0)
    if name == "(":
        found = either(parts, allowed)
        parts.pop(0)
        return found
    if parts and parts[0] == "WITH":
        del parts[:2]
    return name in allowed


def normal(name: str) -> str:
    """Return a package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
