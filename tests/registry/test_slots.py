"""Slots, aliases and rollbacks: pointers that never dangle."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trackbook.errors import Conflict, Misused, NotFound, Refused
from trackbook.registry import differences, history


def slots(desk) -> dict[str, tuple[str, float]]:
    rows = desk.store.rows("SELECT env, role, version, traffic FROM slots").rows
    return {f"{env}/{role}": (version, traffic) for env, role, version, traffic in rows}


def trusted(_version) -> None:
    """What a rollback asks, answered with yes."""


def test_a_canary_takes_its_traffic_from_the_champion(desk) -> None:
    desk.live("a")
    name = desk.staged("b")
    desk.registry.deploy(name, "prod", "canary", traffic=10)
    assert slots(desk) == {"prod/champion": ("1.0.0", 90.0), "prod/canary": ("1.1.0", 10.0)}
    since = history(desk.store, "churn").production.since
    desk.registry.deploy(name, "prod", "canary", traffic=40)
    assert slots(desk)["prod/champion"] == ("1.0.0", 60.0)
    assert history(desk.store, "churn").production.since == since
    desk.release(name)
    assert slots(desk) == {
        "prod/champion": ("1.1.0", 100.0),
        "prod/last_good": ("1.0.0", 0.0),
    }


def test_a_champion_without_traffic_is_not_archived_from_under_its_canary(desk) -> None:
    name = desk.live("a")
    desk.registry.deploy(desk.staged("b"), "prod", "canary", traffic=100)
    with pytest.raises(Refused, match="is champion of prod"):
        desk.registry.archive(name, reason="x")
    desk.registry.undeploy("churn", "prod", "canary")
    assert slots(desk) == {"prod/champion": ("1.0.0", 100.0)}


def test_slots_of_prod_take_fitting_versions_only(desk) -> None:
    raw = desk.new("a")
    with pytest.raises(Refused, match="prod/challenger of churn takes versions in PROD"):
        desk.registry.deploy(raw, "prod", "challenger")
    with pytest.raises(
        Refused, match="prod/champion of churn takes versions in PRODUCTION"
    ):
        desk.registry.deploy(raw, "prod", "champion")
    desk.registry.deploy(raw, "prod", "shadow")
    desk.registry.deploy(raw, "dev", "champion")
    with pytest.raises(Misused, match="give traffic to a canary"):
        desk.registry.deploy(raw, "dev", "champion", traffic=5)
    for wrong in (-1, 101, float("nan")):
        with pytest.raises(Misused, match="between 0 and 100"):
            desk.registry.deploy(raw, "dev", "canary", traffic=wrong)
    for place in (("qa", "champion"), ("prod", "last_good")):
        with pytest.raises(Misused):
            desk.registry.deploy(raw, *place)
    assert set(slots(desk)) == {"prod/shadow", "dev/champion"}


def test_what_is_in_a_slot_does_not_move_to_where_it_may_not_be(desk) -> None:
    name = desk.staged("a")
    desk.registry.deploy(name, "prod", "canary", traffic=5)
    with pytest.raises(Refused, match="it would be DEVELOPMENT: undeploy"):
        desk.registry.demote(name, reason="x")
    with pytest.raises(Refused, match="has traffic in prod/canary"):
        desk.registry.archive(name, reason="x")
    desk.registry.undeploy("churn", "prod", "canary")
    desk.registry.deploy(name, "prod", "shadow")
    desk.registry.archive(name, reason="x")
    assert slots(desk) == {}


def test_a_rollback_brings_back_the_last_good_version_in_one_entry(desk) -> None:
    first, bad = desk.live("a"), desk.live("b")
    asked = []
    alarm = datetime.now(UTC)
    entry = desk.registry.rollback(
        "churn", reason="wrong prices", verify=asked.append, alerted_at=alarm
    )
    assert [one.name for one in asked] == [first]
    assert entry.to_states == ["PRODUCTION", "DEPRECATED"] and entry.incident_id
    assert desk.at("churn@champion").name == first
    assert (desk.state(bad), slots(desk)) == (
        "DEPRECATED",
        {"prod/champion": ("1.0.0", 100.0)},
    )
    ((seconds, incident),) = desk.store.rows(
        "SELECT DISTINCT alert_to_move_s, incident_id FROM transitions WHERE command = 'rollback'"
    ).rows
    assert 0 < seconds < 60 and incident == entry.incident_id
    assert (
        desk.registry.rollback("churn", reason="again", verify=trusted, to="1.0.0") is None
    )


def test_a_bad_version_is_never_the_last_good_one(desk) -> None:
    names = [desk.live(word) for word in "abc"]
    desk.registry.rollback("churn", reason="bad c", verify=trusted)
    assert slots(desk)["prod/last_good"] == ("1.0.0", 0.0)
    desk.registry.rollback("churn", reason="bad b", verify=trusted)
    assert desk.at("churn@champion").name == names[0]
    with pytest.raises(Refused, match=r"no last good version in prod: name one"):
        desk.registry.rollback("churn", reason="bad a", verify=trusted)


def test_a_rollback_may_name_any_version_that_served_also_an_archived_one(desk) -> None:
    first = desk.live("a")
    desk.live("b")
    desk.live("c")
    desk.registry.archive(first)
    with pytest.raises(Refused, match="was never champion of prod"):
        desk.registry.rollback(
            "churn", reason="x", verify=trusted, to=desk.new("d").split("@")[1]
        )
    desk.registry.rollback(
        "churn", reason="x", verify=trusted, to="1.0.0", bad_to="STAGING"
    )
    assert (desk.state(first), desk.state("churn@1.2.0")) == ("PRODUCTION", "STAGING")


def test_what_does_not_verify_is_not_rolled_back_to(desk) -> None:
    desk.live("a")
    bad = desk.live("b")

    def tampered(version) -> None:
        raise NotFound(f"a file of {version.name} is gone")

    with pytest.raises(NotFound, match=r"a file of churn@1\.0\.0 is gone"):
        desk.registry.rollback("churn", reason="x", verify=tampered)
    with pytest.raises(Refused, match="did not pass"):
        desk.registry.rollback("churn", reason="x", verify=lambda _: False)
    assert desk.at("churn@champion").name == bad


def test_a_rollback_gives_way_to_whoever_moved_the_champion_meanwhile(desk) -> None:
    desk.live("a")
    desk.live("b")
    third = desk.staged("c")

    def slow(_version) -> None:
        desk.as_("ben").promote(
            third, "PRODUCTION", report=desk.report(third, "PRODUCTION")
        )

    with pytest.raises(Conflict, match="moved in prod meanwhile: ben was first"):
        desk.registry.rollback("churn", reason="x", verify=slow)
    assert desk.at("churn@champion").name == third


def test_aliases_move_and_protected_ones_only_by_force(desk) -> None:
    one, two = desk.new("a"), desk.new("b")
    desk.registry.alias(one, "stable", protected=True)
    assert desk.registry.alias(one, "stable") is None
    with pytest.raises(Refused, match=r"protected and leads to churn@1\.0\.0"):
        desk.registry.alias(two, "stable")
    with pytest.raises(Refused, match="protected"):
        desk.registry.unalias("churn", "stable", force=True)
    desk.registry.alias(two, "stable", force=True, reason="released")
    assert desk.at("churn@stable").name == two
    desk.registry.unalias("churn", "stable", force=True, reason="over")
    with pytest.raises(NotFound):
        desk.at("churn@stable")
    assert not desk.at(two).forced
    told = [m.after for m in history(desk.store, "churn").moves if m.what == "alias"]
    assert told == ["1.0.0", "1.1.0", ""]


@pytest.mark.parametrize(
    "alias",
    ["latest", "Champion", "last_good", "production", "STAGING", "v3", "V12", "1.2.0", "v1.2.0",
     "canary", "1x", "a b", "", "x" * 90, "a@b"],
)  # fmt: skip
def test_names_that_mean_something_are_no_aliases(desk, alias) -> None:
    name = desk.new("a")
    with pytest.raises((Refused, Misused)):
        desk.registry.alias(name, alias)
    assert desk.at(name).aliases == []


def test_an_alias_does_not_load_what_is_archived(desk) -> None:
    name = desk.new("a")
    desk.registry.alias(name, "old")
    desk.registry.archive(name, reason="x")
    with pytest.raises(Refused, match=r"archived: ask for churn@1\.0\.0 if you mean it"):
        desk.at("churn@old")
    assert desk.at(name).warning == "churn@1.0.0 is archived"


def test_the_champion_leaves_its_slot_only_with_a_reason(desk) -> None:
    name = desk.live("a")
    with pytest.raises(Refused, match="would serve nothing"):
        desk.registry.undeploy("churn", "prod", "champion")
    desk.registry.undeploy("churn", "prod", "champion", reason="shut down")
    assert desk.state(name) == "PRODUCTION"
    assert desk.registry.promote(name, "PRODUCTION") is None
    desk.registry.deploy(name, "prod", "champion")
    assert slots(desk) == {"prod/champion": ("1.0.0", 100.0)}
    assert differences(desk.store) == []
