"""One page with a version's whole evidence, to hand to an auditor.

It holds no script and asks nobody for anything; a policy in its head has the browser see to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.papers import evidence, origin, verdicts
from trackbook.papers.markup import Html, badge, code, facts, shown
from trackbook.papers.style import STYLE
from trackbook.papers.words import moment
from trackbook.table import escaped
from trackbook.version import __version__

if TYPE_CHECKING:
    from trackbook.papers.dossier import Dossier

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
STATES = {
    "PRODUCTION": "good",
    "STAGING": "new",
    "DEPRECATED": "doubtful",
    "ARCHIVED": "past",
}


def page(dossier: Dossier, *, picture: str = "") -> str:
    """Return the page.

    Args:
        dossier: all that is on record of the version
        picture: its lineage as SVG, every name in it escaped; none is drawn where it is empty
    """
    parts = {
        "Intended use": evidence.intended(dossier),
        "Limits": evidence.limits(dossier),
        "Metrics": evidence.metrics(dossier),
        "Params": evidence.params(dossier),
        "Takes and gives": evidence.signature(dossier),
        "Gates": verdicts.gates(dossier),
        "Approvals": verdicts.approvals(dossier),
        "History": verdicts.history(dossier),
        "Data": evidence.data(dossier),
        "Lineage": origin.lineage(dossier, picture),
        "Code": origin.code(dossier),
        "Environment": origin.environment(dossier),
        "Files": origin.files(dossier),
    }
    links = "".join(
        f'<li><a href="#s{at}">{title}</a></li>' for at, title in enumerate(parts, 1)
    )
    body = "\n".join(
        f'<section id="s{at}" aria-labelledby="h{at}"><h2 id="h{at}">{title}</h2>\n'
        f"{inside}</section>"
        for at, (title, inside) in enumerate(parts.items(), 1)
    )
    name = escaped(dossier.version.name)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{name}: evidence</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{header(dossier)}\n"
        f'<nav aria-label="Contents"><ol>{links}</ol></nav>\n'
        f"<main>\n{body}\n</main>\n{footer(dossier)}\n</body>\n</html>\n"
    )


def header(dossier: Dossier) -> Html:
    """Return what it is, and how it stands."""
    row, run = dossier.version, dossier.run
    badges = [badge(row.state, STATES.get(row.state, ""))]
    badges += [badge(f"in {slot}", "good") for slot in row.slots]
    badges += [badge(f"@{alias}") for alias in row.aliases]
    if row.forced:
        badges.append(badge("forced", "bad"))
    if row.is_unsafe:
        badges.append(badge("pickle", "bad"))
    pairs: list[tuple[str, object]] = [
        ("In this state since", row.state_since),
        ("Moved there by", with_reason(row.moved_by, row.reason)),
        ("Registered", Html(f"{shown(row.registered_at)} by {shown(row.registered_by)}")),
        ("Author", row.author),
        ("Run", run.name if run is not None else dossier.no_run),
        ("Executed again", (run.reproduced or "never") if run is not None else None),
        ("Package", code(f"sha256:{row.package_digest}")),
        ("Bytes on disk", verdicts.bytes_now(dossier)),
        ("Log of decisions", verdicts.chain_now(dossier)),
    ]
    return Html(
        f'<header><p class="over">Model version · evidence</p><h1>{escaped(row.name)}</h1>'
        f'<p class="badges">{" ".join(badges)}</p>{facts(pairs)}</header>'
    )


def with_reason(who: str, reason: str) -> Html:
    """Return who it was, and why where that was said."""
    return Html(f"{shown(who)}: {shown(reason)}" if reason else shown(who))


def footer(dossier: Dossier) -> Html:
    """Return when this was written, and what it is worth."""
    return Html(
        f"<footer><p>Written {moment(dossier.written_at)} by trackbook {__version__} from the"
        " project's own record. This page is a copy and proves nothing by itself: compare the"
        " package's digest and the last entry of the log with the project's.</p></footer>"
    )
