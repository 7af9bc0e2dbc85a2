"""A version can be followed from either end of the chain to the other, digest by digest."""

from __future__ import annotations

import json

from trackbook.doors.graph import lineage
from trackbook.lineage import Key, graph_around


def names(field, env: str) -> dict[str, str]:
    """What lies around the version in one project, each with its detail."""
    version = field.at(env)
    graph = graph_around(field[env].store, Key("version", version.version_id))
    return {f"{key.kind} {node.name}": node.detail for key, node in graph.nodes.items()}


def test_in_prod_the_run_and_the_data_of_dev_are_upstream(field) -> None:
    field.whole()
    found = names(field, "prod")
    digest = field.at("dev").package_digest
    assert digest in found["origin iris@1.0.0 in staging"]
    assert digest in found["origin iris@1.0.0 in dev"]
    assert "FINISHED, iris" in found["origin baseline in dev"]
    assert "fp1:abc" in found["origin train in dev"]
    field["prod"].settle()
    said = repr(lineage(field["prod"], field.name))
    assert (
        said.index("in staging")
        < said.index("baseline in dev")
        < said.index("train in dev")
    )


def test_in_dev_it_is_seen_where_it_went(field) -> None:
    field.whole()
    assert (
        field.at("dev").package_digest
        in names(field, "dev")["shipment iris@1.0.0 in staging"]
    )
    middle = names(field, "staging")
    assert "shipment iris@1.0.0 in prod" in middle
    assert "origin iris@1.0.0 in dev" in middle


def test_the_runs_numbers_come_along_word_for_word(field) -> None:
    field.whole()
    ((facts,),) = field.rows("prod", "SELECT facts FROM origins WHERE what = 'run'")
    said = json.loads(facts)
    run = field["dev"].find(field.at("dev").run_id)
    assert (said["metrics"], said["params"]) == (run.metrics, run.params)
    assert said["run_id"] == run.run_id
