"""A version's lineage as others read it."""

from __future__ import annotations

import io
import json

from openlineage.client.event_v2 import (
    InputDataset,
    Job,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
)
from prov.model import ProvActivity, ProvAgent, ProvDocument, ProvEntity

from trackbook.papers import openlineage, prov


def read(dossier):
    return ProvDocument.deserialize(io.StringIO(prov(dossier)), format="json")


def test_prov_s_library_reads_it(any_one) -> None:
    found = read(any_one)
    labels = {str(one.label) for one in found.get_records(ProvEntity)}
    assert any_one.version.name in labels


def test_people_are_agents_of_what_they_decided(told) -> None:
    found = read(told.full)
    people = {str(one.label) for one in found.get_records(ProvAgent)}
    assert people == {"bob", *(one.actor for one in told.full.moves)}
    labels = {str(one.label) for one in found.get_records(ProvActivity)}
    assert {"promote state", "approved for PRODUCTION"} <= labels


def test_both_ends_of_what_was_used_are_of_the_right_kind(told) -> None:
    found = read(told.full)
    activities = {one.identifier for one in found.get_records(ProvActivity)}
    entities = {one.identifier for one in found.get_records(ProvEntity)}
    ends = {
        "Usage": (activities, entities),
        "Generation": (entities, activities),
        "Derivation": (entities, entities),
        "Communication": (activities, activities),
    }
    seen = set()
    for record in found.get_records():
        kind = record.get_type().localpart
        if kind in ends:
            first, second = (value for _, value in record.formal_attributes[:2])
            assert first in ends[kind][0], record
            assert second in ends[kind][1], record
            seen.add(kind)
    assert seen >= {"Usage", "Generation", "Derivation"}


def test_openlineage_gives_the_version_as_what_its_run_put_out(told) -> None:
    events = [event_of(line) for line in openlineage(told.full).splitlines()]
    ends = [one for one in events if one.eventType == RunState.COMPLETE]
    assert told.full.run.run_id in {one.run.runId for one in ends}
    names = {out.name for one in ends for out in one.outputs}
    assert f"wine@1.1.0@{told.full.version.version_id}" in names


def test_openlineage_of_a_version_without_a_run_has_no_events(told) -> None:
    assert openlineage(told.bare) == ""


def event_of(line):
    """Return an event as OpenLineage's own client checks it."""
    said = json.loads(line)
    return RunEvent(
        eventTime=said["eventTime"],
        producer=said["producer"],
        eventType=RunState(said["eventType"]),
        run=Run(**said["run"]),
        job=Job(**said["job"]),
        inputs=[InputDataset(**one) for one in said["inputs"]],
        outputs=[OutputDataset(**one) for one in said["outputs"]],
    )
