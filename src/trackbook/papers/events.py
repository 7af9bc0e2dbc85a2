"""A version's lineage for other tools: W3C PROV-JSON with who decided, and OpenLineage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from trackbook.lineage import FORMATS
from trackbook.papers.words import iso, line_of

if TYPE_CHECKING:
    from trackbook.papers.dossier import Dossier

Part = dict[str, dict[str, Any]]


def openlineage(dossier: Dossier) -> str:
    """Return the runs behind a version as OpenLineage events, a JSON object a line."""
    return FORMATS["openlineage"](dossier.graph)


def prov(dossier: Dossier) -> str:
    """Return what a version rests on and what became of it as W3C PROV-JSON.

    To its lineage come the people: each decision and each answer to a request for approval is
    an activity that used the version and was associated with an agent.
    """
    document = json.loads(FORMATS["prov"](dossier.graph))
    version = f"tb:version-{quote(dossier.version.version_id, safe='')}"
    document.setdefault("entity", {}).setdefault(
        version, {"prov:label": dossier.version.name}
    )
    for kind, part in people_of(dossier, version).items():
        document.setdefault(kind, {}).update(part)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def people_of(dossier: Dossier, version: str) -> dict[str, Part]:
    """Return agents, and what they did to a version."""
    found: dict[str, Part] = {
        name: {} for name in ("agent", "activity", "wasAssociatedWith", "used")
    }
    for one in dossier.moves:
        label = f"{one.command} {one.what} {one.name}".strip()
        facts = {
            "prov:label": label,
            "prov:startTime": iso(one.moved_at),
            "prov:endTime": iso(one.moved_at),
            "tb:reason": line_of(one.reason),
            "tb:forced": one.forced,
        }
        add(found, f"tb:decision-{one.entry}", facts, [one.actor], version)
    for asked in dossier.approvals:
        people = [*asked.approvers, *([asked.rejecter] if asked.rejecter else [])]
        facts = {"prov:label": f"{asked.status} for {asked.target}"}
        add(
            found, f"tb:approval-{quote(asked.request_id, safe='')}", facts, people, version
        )
    return {name: part for name, part in found.items() if part}


def add(
    found: dict[str, Part],
    activity: str,
    facts: dict[str, Any],
    people: list[str],
    version: str,
) -> None:
    """Add one thing that people did; an entry that moved several things is one."""
    if activity in found["activity"]:
        return
    found["activity"][activity] = facts
    at = len(found["activity"])
    found["used"][f"_:u{at}"] = {"prov:activity": activity, "prov:entity": version}
    for place, name in enumerate(people):
        agent = f"tb:agent-{quote(line_of(name), safe='')}"
        found["agent"][agent] = {
            "prov:label": line_of(name),
            "prov:type": {"$": "prov:Person", "type": "prov:QUALIFIED_NAME"},
        }
        found["wasAssociatedWith"][f"_:w{at}-{place}"] = {
            "prov:activity": activity,
            "prov:agent": agent,
        }
