"""A version promoted across three environments and rolled back in the last, followed either way."""

from __future__ import annotations

import shutil

import pytest
from environments_field import Field

from trackbook.environments import new_key, pack, route, take_in
from trackbook.lineage import Key, graph_around
from trackbook.packages import verify
from trackbook.registry import approvals_elsewhere, impact


@pytest.fixture(scope="module")
def told(tmp_path_factory, template):
    """Two versions went to prod, and the second was rolled back there."""
    root = tmp_path_factory.mktemp("story")
    shutil.copytree(template.root, root, dirs_exist_ok=True)
    field = Field(root, template.name)
    field.whole()
    field.second = field.register(c=0.5, accuracy=0.97)
    field.whole(field.second)

    def serves(row) -> None:
        verify(field["prod"].models.shelf.place_of(row.package_digest), row.package_digest)

    field["prod"].models.registry().rollback("iris", reason="too slow", verify=serves)
    field.close()
    return field


@pytest.fixture
def story(told, tmp_path):
    shutil.copytree(told.root, tmp_path, dirs_exist_ok=True)
    made = Field(tmp_path, told.name)
    made.second = told.second
    yield made
    made.close()


def test_from_every_end_the_same_way_is_seen(story) -> None:
    for name, last in ((story.name, "PRODUCTION"), (story.second, "DEPRECATED")):
        for env in ("dev", "staging", "prod"):
            found = route(story[env], name)
            assert found.is_sound
            assert [one.env for one in found.stops] == ["dev", "staging", "prod"]
            assert {one.digest for one in found.stops} == {
                story.at("dev", name).package_digest
            }
            assert [one.how for one in found.stops] == [
                "registered", "received from dev", "received from staging",
            ]  # fmt: skip
            assert [one.state for one in found.stops] == ["DEVELOPMENT", "STAGING", last]
    assert "too slow" in route(story["dev"], story.second).stops[-1].moved


def test_the_lineage_of_what_was_rolled_back_leads_to_its_data_and_back(story) -> None:
    digest = story.at("dev", story.second).package_digest
    version = Key("version", story.at("prod", story.second).version_id)
    up = graph_around(story["prod"].store, version, way="up")
    said = [node.detail for key, node in up.nodes.items() if key.kind != "run"]
    assert sum(digest in one for one in said) == 3  # here, in staging, in dev
    assert any("fp1:abc" in one for one in said)
    down = graph_around(story["dev"].store, version, way="down")
    (sent,) = [node for key, node in down.nodes.items() if key.kind == "shipment"]
    assert digest in sent.detail
    assert [row.version for row in impact(story["prod"].store, "fp1:abc")] == ["1.0.0"]
    assert len(impact(story["prod"].store, "train.csv", deployed=False)) == 2


def test_a_changed_byte_and_a_changed_log_are_seen(story) -> None:
    file = story.package("staging") / "model" / "metadata.json"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"sklearn", b"sklearm"))
    found = {one.env: one for one in route(story["dev"], story.name).stops}
    assert "is not what was written" in found["staging"].verified
    assert found["prod"].is_sound
    with story["prod"].store.writing() as db:
        db.execute("UPDATE tb.shipment SET other_hash = repeat('0', 64)")
    found = {one.env: one for one in route(story["dev"], story.name).stops}
    assert "was changed after it was written" in found["prod"].log
    with story["staging"].store.writing() as db:
        db.execute("UPDATE tb.origin SET facts = replace(facts, '0.95', '0.99')")
    found = {one.env: one for one in route(story["dev"], story.name).stops}
    assert "what was told of it" in found["staging"].log


def test_a_project_that_is_gone_is_told_of_by_the_others(story) -> None:
    story.let_go()
    shutil.rmtree(story.root / "staging")
    found = route(story["prod"], story.name)
    places = {one.env: one for one in found.stops}
    assert places["staging"].place == "not reached from here"
    assert places["staging"].digest == story.at("prod").package_digest
    assert places["dev"].verified == "yes"
    sent = {one.env: one.how for one in route(story["dev"], story.name).stops}
    assert sent["staging"] in {"sent from dev", "told in prod"}


def test_a_project_that_cannot_be_read_hides_nothing(story) -> None:
    story.let_go()
    (story.root / "staging/.trackbook/trackbook.duckdb").write_bytes(b"no database" * 1000)
    found = route(story["dev"], story.name)
    assert not found.is_sound
    assert any("staging" in one.log for one in found.stops if one.env == "staging")
    assert all(one.is_sound for one in found.stops if one.env != "staging")


def test_a_bundle_is_a_stop_until_it_is_seen_to_have_arrived(field, tmp_path) -> None:
    new_key(tmp_path / "ann")
    pack(field["dev"], field.name, tmp_path / "a.tbz", key=tmp_path / "ann")
    found = [one.env for one in route(field["dev"], field.name).stops]
    assert found == ["dev", "in a bundle"]
    take_in(field["prod"], tmp_path / "a.tbz", trust=[tmp_path / "ann.pub"])
    found = route(field["dev"], field.name)
    assert [one.how for one in found.stops] == [
        "registered",
        "received from dev in a bundle",
    ]
    assert found.is_sound


def test_approvals_come_along_with_where_they_were_given(field) -> None:
    models = field["dev"].models
    models.registry().request(field.name, "STAGING", comment="please")
    field.whole()
    (one,) = approvals_elsewhere(field["prod"].store, field.at("prod"))
    assert (one.env, one.step, one.comment) == ("dev", "requested", "please")
    assert one.package_digest == field.at("prod").package_digest
