"""Whether anything that a package requires is known to be vulnerable."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trackbook.errors import Misused
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.audit import audited
from trackbook.gates.cvss import Grade
from trackbook.gates.dependencies import applies, in_words, is_exact, lines_of
from trackbook.gates.osv import fixed_in, grade_in, is_hit, known_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate
    from trackbook.gates.osv import Known

PLACES = (
    "environment/requirements.txt",
    "requirements.txt",
    "environment/requirements.lock",
)
GRADES: tuple[Grade, ...] = get_args(Grade)
MAX_AGE_DAYS = 30.0
A_DAY_S = 86_400


class Hit(NamedTuple):
    """One thing that is wrong with one requirement."""

    package: str
    version: str
    ids: tuple[str, ...]
    """Its own name first, then those by which others call it."""
    grade: Grade | None
    fixed: str

    @property
    def words(self) -> str:
        """What it is, in short."""
        also = [one for one in self.ids[1:] if one.startswith("CVE-")][:1]
        facts = [*([self.grade] if self.grade else ["gravity not known"]), *also]
        facts += [f"mended in {self.fixed}"] if self.fixed else []
        return f"{self.package} {self.version}: {self.ids[0]} ({', '.join(facts)})"


def vulns(
    _candidate: Candidate,
    bench: Bench,
    *,
    database: str = "",
    use_pip_audit: bool = False,
    min_severity: Grade = "low",
    ignore: tuple[str, ...] = (),
    max_age_days: float = MAX_AGE_DAYS,
) -> Answer:
    """No pinned requirement is known to be vulnerable, by a dump of OSV's database on this disk.

    `database` is a folder or zip of its JSON, below the project or a whole path; or with
    `use_pip_audit` the program pip-audit is asked, if it is installed: it asks the network.
    `ignore` names entries, each with a reason: `"GHSA-…: nothing of it is ever called"`. What does
    not say how grave it is counts as grave enough.
    """
    pins, loose = pinned_in(bench.folder)
    if not pins and not loose:
        return skipped("the package has no requirements")
    if not database and not use_pip_audit:
        return skipped('no database of vulnerabilities was given: database = "all.zip"')
    facts: dict[str, object] = {"requirements": len(pins), "not_pinned": loose}
    if database:
        known = known_of(place_of(bench, database), list(pins))
        hits, remark = hits_of(known, pins), too_old(known, bench, max_age_days)
        newest = known.newest.isoformat() if known.newest else None
        facts |= {"database": database, "entries": known.total, "newest": newest}
    else:
        program = shutil.which("pip-audit")
        if program is None:
            return skipped("pip-audit is not installed: pip install pip-audit", **facts)
        work = Path(tempfile.mkdtemp(prefix="audit-", dir=bench.scratch))
        found = audited(program, pins, work, bench)
        hits, remark = [Hit(*one) for one in found], ""
        facts["program"] = program
    return judged(together(hits), ignore, min_severity, remark, facts)


def judged(
    hits: Sequence[Hit],
    ignore: Sequence[str],
    least: Grade,
    remark: str,
    facts: Mapping[str, object],
) -> Answer:
    """Return what all that was found comes to."""
    reasons = {
        k.strip(): why.strip() for k, _, why in (one.partition(":") for one in ignore)
    }
    grave, let_by = [], {}
    for hit in hits:
        reason = next((reasons[one] for one in hit.ids if one in reasons), None)
        is_slight = hit.grade is not None and GRADES.index(hit.grade) < GRADES.index(least)
        if reason is not None:
            let_by[hit.ids[0]] = reason
        elif not is_slight:
            grave.append(hit)
    loose = facts["not_pinned"]
    unknown = f"; not pinned, so not looked up: {in_words(list(loose))}" if loose else ""  # type: ignore[call-overload]  # it is a list
    evidence = {**facts, "found": [hit._asdict() for hit in hits], "ignored": let_by}
    ignored = f", {len(let_by)} ignored" if let_by else ""
    if grave:
        said = in_words([hit.words for hit in grave], longest=160)
        return failed(f"{said}{ignored}{unknown}{remark}", len(grave), 0, **evidence)
    said = f"nothing is known against {facts['requirements']} requirements"
    return passed(f"{said}{ignored}{unknown}{remark}", 0, 0, **evidence)


def pinned_in(folder: Path) -> tuple[dict[str, Version], list[str]]:
    """Return the versions that a package requires, by name, and what has no one version."""
    pins: dict[str, Version] = {}
    loose: dict[str, str] = {}
    for place in PLACES:
        file = folder / place
        if not file.is_file() or file.is_symlink():
            continue
        for line in lines_of(file):
            if not applies(line):
                continue
            name = canonicalize_name(line.need.name) if line.need else line.text
            version = None
            if line.need is not None and line.need.url is None and is_exact(line):
                version = version_in(next(iter(line.need.specifier)).version)
            if version is None:
                loose.setdefault(name, line.text)
            else:
                pins.setdefault(name, version)
    return pins, [text for name, text in loose.items() if name not in pins]


def version_in(text: str) -> Version | None:
    """Return a version from its text; None for what is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def hits_of(known: Known, pins: Mapping[str, Version]) -> list[Hit]:
    """Return what a dump knows against some versions."""
    return [
        Hit(name, str(version), (one.id, *(one.aliases or ())), grade_in(one),
            fixed_in(one, name, version))
        for name, version in sorted(pins.items())
        for one in known.entries.get(name, ())
        if is_hit(one, name, version)
    ]  # fmt: skip


def together(hits: Sequence[Hit]) -> list[Hit]:
    """Return each thing once: databases name the same one by names of their own."""
    found: list[Hit] = []
    for hit in hits:
        at = next((n for n, one in enumerate(found) if is_same(one, hit)), None)
        if at is None:
            found.append(hit)
            continue
        one = found[at]
        grades = [each for each in (one.grade, hit.grade) if each is not None]
        found[at] = one._replace(
            ids=tuple(dict.fromkeys((*one.ids, *hit.ids))),
            grade=max(grades, key=GRADES.index) if grades else None,
            fixed=one.fixed or hit.fixed,
        )
    return found


def is_same(one: Hit, other: Hit) -> bool:
    """Tell whether two entries speak of the same thing."""
    return one.package == other.package and bool({*one.ids} & {*other.ids})


def place_of(bench: Bench, database: str) -> Path:
    """Return where a database lies."""
    place = Path(database).expanduser()
    if not place.is_absolute():
        if bench.project is None:
            raise Misused(f"there is no project in which {database!r} could be")
        place = bench.project / place
    if not place.exists():
        raise Misused(f"there is no database at {place}: fetch OSV's all.zip of PyPI there")
    return place


def too_old(known: Known, bench: Bench, max_age_days: float) -> str:
    """Say that a database is old; nothing where it is not."""
    if known.newest is None:
        return "; how old the database is cannot be told"
    days = (bench.now - known.newest).total_seconds() / A_DAY_S
    if days <= max_age_days:
        return ""
    return f"; warning: the database is {days:.0f} days old, fetch it anew"


def unsearchable(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a question for vulnerabilities."""
    asked = params.get("ignore", ())
    for one in asked if isinstance(asked, (list, tuple)) else ():
        name, _, why = str(one).partition(":")
        if not name.strip() or not why.strip():
            return (
                f'{str(one)[:60]!r} says no reason: write "GHSA-…: why it does not matter"'
            )
    if params.get("database") and params.get("use_pip_audit"):
        return "either a database or pip-audit: both would be two answers"
    age = params.get("max_age_days", MAX_AGE_DAYS)
    return "max_age_days has to be above 0" if isinstance(age, float) and age <= 0 else None
