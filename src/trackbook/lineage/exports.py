"""A graph for other tools: Mermaid, Graphviz, W3C PROV-JSON, OpenLineage.

Names come from users: each format gets them in the form in which it can hold any text.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.lineage.graph import Edge, Graph, Key, Node

LONGEST = 60
SHAPES = {
    "execution": "box", "dataset": "cylinder", "run": "ellipse", "artifact": "note",
    "model": "component", "version": "box3d", "gate": "diamond", "slot": "tab",
    "origin": "house", "shipment": "cds",
}  # fmt: skip
BRACKETS = {
    "execution": ("[", "]"), "dataset": ("[(", ")]"), "run": ("([", "])"),
    "artifact": ("[/", "/]"), "model": ("{{", "}}"), "version": ("[[", "]]"),
    "gate": ("{", "}"), "slot": (">", "]"),
    "origin": ("[/", "\\]"), "shipment": ("[\\", "/]"),
}  # fmt: skip
PRODUCER = "urn:trackbook"
SPEC = "https://openlineage.io/spec"
RUN_EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
PARENT = f"{SPEC}/facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet"
ENDS = {"FAILED": "FAIL", "KILLED": "ABORT"}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def title_of(node: Node) -> str:
    """Return what to call a node where there is room for a few words."""
    text = f"{node.key.kind} {node.name}" if node.key.kind != "run" else node.name
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def mermaid(graph: Graph) -> str:
    """Return a graph as a Mermaid flow chart."""
    numbers = {key: f"n{at}" for at, key in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for key, node in graph.nodes.items():
        left, right = BRACKETS[key.kind]
        lines.append(f'  {numbers[key]}{left}"{coded(title_of(node))}"{right}')
    for edge in graph.edges:
        label = f'|"{coded(edge.label[:LONGEST])}"|' if edge.label else ""
        lines.append(f"  {numbers[edge.source]} -->{label} {numbers[edge.target]}")
    return "\n".join(lines) + "\n"


def coded(text: str) -> str:
    """Return a text for Mermaid: anything but letters, digits and blanks by its number."""
    return "".join(
        c if c.isascii() and (c.isalnum() or c in " .,_-") else f"#{ord(c)};"
        for c in printable(text)
    )


def printable(text: str) -> str:
    """Return a text on one line, without what moves a cursor or is half a character."""
    return "".join(c if c.isprintable() else " " for c in text)


def dot(graph: Graph) -> str:
    """Return a graph in Graphviz's language."""
    numbers = {key: f"n{at}" for at, key in enumerate(graph.nodes)}
    lines = ["digraph lineage {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for key, node in graph.nodes.items():
        lines.append(
            f"  {numbers[key]} [shape={SHAPES[key.kind]}, label={quoted(title_of(node))},"
            f" tooltip={quoted(node.detail[:500])}];"
        )
    for edge in graph.edges:
        label = f" [label={quoted(edge.label[:LONGEST])}]" if edge.label else ""
        lines.append(f"  {numbers[edge.source]} -> {numbers[edge.target]}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def quoted(text: str) -> str:
    """Return a text as one of Graphviz's strings."""
    inside = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def prov(graph: Graph) -> str:
    """Return a graph as W3C PROV-JSON: data are entities, executions and runs activities."""
    document: dict[str, dict[str, Any]] = {
        "prefix": {"tb": "urn:trackbook:"},
        "entity": {},
        "activity": {},
        "used": {},
        "wasGeneratedBy": {},
        "wasInformedBy": {},
        "wasDerivedFrom": {},
    }
    for key, node in graph.nodes.items():
        said = {
            "prov:label": sound(node.name),
            "prov:type": {"$": f"tb:{key.kind}", "type": "prov:QUALIFIED_NAME"},
        }
        if is_activity(key):
            times = {"prov:startTime": iso(node.at)}
            if node.ended_at is not None:
                times["prov:endTime"] = iso(node.ended_at)
            document["activity"][name_of(key)] = {**times, **said}
        else:
            document["entity"][name_of(key)] = said
    for at, edge in enumerate(graph.edges):
        relation, fields = relation_of(edge)
        document[relation][f"_:e{at}"] = {**fields, "tb:label": sound(edge.label)}
    kept = {name: part for name, part in document.items() if part}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def is_activity(key: Key) -> bool:
    """Tell whether a thing is something that happened."""
    return key.kind in ("execution", "run")


def relation_of(edge: Edge) -> tuple[str, dict[str, str]]:
    """Return PROV's word for an edge, with who stands where."""
    source, target = name_of(edge.source), name_of(edge.target)
    if not is_activity(edge.source) and not is_activity(edge.target):
        return "wasDerivedFrom", {"prov:generatedEntity": target, "prov:usedEntity": source}
    if not is_activity(edge.source):
        return "used", {"prov:activity": target, "prov:entity": source}
    if not is_activity(edge.target):
        return "wasGeneratedBy", {"prov:entity": target, "prov:activity": source}
    return "wasInformedBy", {"prov:informed": target, "prov:informant": source}


def name_of(key: Key) -> str:
    """Return a thing as a qualified name."""
    return f"tb:{key.kind}-{quote(key.id, safe='')}"


def iso(at: datetime | None) -> str:
    """Return a time as all formats write it, to the microsecond."""
    when = at.replace(tzinfo=UTC) if at is not None else NEVER
    return when.isoformat(timespec="microseconds")


def sound(text: str) -> str:
    """Return a text that can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def openlineage(graph: Graph) -> str:
    """Return a graph as OpenLineage events, a JSON object a line, in order of time.

    Each run begins with START and is ended by COMPLETE, FAIL or ABORT; one that is still
    going on has only begun.
    """
    events = [
        one for key in graph.nodes if key.kind == "run" for one in events_of(graph, key)
    ]
    events.sort(key=lambda event: str(event["eventTime"]))  # START stays before its end
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)


def events_of(graph: Graph, key: Key) -> list[dict[str, Any]]:
    """Return the events of one run, each with its data, its files and its parent."""
    node = graph.nodes[key]
    inputs = [
        e.source for e in graph.edges if e.target == key and e.source.kind == "dataset"
    ]
    outputs = [
        e.target for e in graph.edges if e.source == key and not is_activity(e.target)
    ]
    said = {
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
        "run": {"runId": key.id, "facets": facets_of(graph, key)},
        "job": job_of(node),
        "inputs": [thing_of(graph.nodes[one]) for one in inputs],
        "outputs": [thing_of(graph.nodes[one]) for one in outputs],
    }
    begun = {"eventType": "START", "eventTime": iso(node.at), **said}
    if node.status == "RUNNING":
        return [begun]
    ended = max(iso(node.at), iso(node.ended_at))  # a clock may have been set back
    return [
        begun,
        {"eventType": ENDS.get(node.status, "COMPLETE"), "eventTime": ended, **said},
    ]


def facets_of(graph: Graph, key: Key) -> dict[str, Any]:
    """Return what a run was made from."""
    parents = [e.source for e in graph.edges if e.target == key and e.source.kind == "run"]
    if not parents:
        return {}
    parent = graph.nodes[parents[0]]
    said = {"run": {"runId": parent.key.id}, "job": job_of(parent)}
    return {"parent": {"_producer": PRODUCER, "_schemaURL": PARENT, **said}}


def job_of(node: Node) -> dict[str, str]:
    """Return the job of which a run is one."""
    return {"namespace": "trackbook", "name": sound(node.name)}


def thing_of(node: Node) -> dict[str, str]:
    """Return data, a file or a model as OpenLineage's dataset."""
    return {
        "namespace": f"trackbook:{node.key.kind}",
        "name": sound(f"{node.name}@{node.key.id}"),
    }


FORMATS: dict[str, Callable[[Graph], str]] = {
    "mermaid": mermaid,
    "dot": dot,
    "prov": prov,
    "openlineage": openlineage,
}
"""By the word with which a user asks for it."""
ENDINGS = {
    ".mmd": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".prov.json": "prov",
    ".openlineage.json": "openlineage",
    ".svg": "svg",
}
