"""Versions are registered once, never change, and are found by whatever they are called."""

from __future__ import annotations

import pytest
from registry_desk import digest, facts

from trackbook.errors import Misused, NotFound, Refused
from trackbook.registry import is_semver, next_after, version_of, versions
from trackbook.registry.semver import key_of


def test_versions_are_numbered_one_after_the_other(desk) -> None:
    assert [desk.new(n) for n in range(3)] == ["churn@1.0.0", "churn@1.1.0", "churn@1.2.0"]
    assert [row.seq for row in versions(desk.store, "churn")] == [3, 2, 1]


def test_the_same_bytes_are_the_same_version(desk) -> None:
    first = desk.registry.register(facts("a"), "churn", "2.0.0")
    assert desk.registry.register(facts("a"), "churn").version_id == first.version_id
    assert desk.registry.register(facts("a"), "other").version == "1.0.0"
    with pytest.raises(Refused, match=r"these bytes are churn@2\.0\.0 already"):
        desk.registry.register(facts("a"), "churn", "2.1.0")


def test_a_number_is_never_given_to_other_bytes(desk) -> None:
    desk.registry.register(facts("a"), "churn", "1.0.0")
    with pytest.raises(Refused, match="a version never changes"):
        desk.registry.register(facts("b"), "churn", "1.0.0+build5")
    desk.registry.delete("churn@1.0.0", reason="a mistake")
    with pytest.raises(Refused, match="its number stays taken"):
        desk.registry.register(facts("b"), "churn", "1.0.0")
    assert desk.new("a") == "churn@1.1.0"


def test_a_version_keeps_every_fact_it_was_given(desk) -> None:
    given = facts(
        "a", weights_fp="w", object_fp_why="a lambda", is_unsafe=True, signature="{}",
        size_bytes=12, file_count=3, probe_count=2, run_id="r1", git_commit="c0ffee",
        author="ben", description="first \ud800 try", why_semver="new inputs",
    )  # fmt: skip
    row = desk.registry.register(given, "churn", "1.0.0-rc.1", step="patch")
    assert (row.version, row.state, row.registered_by) == (
        "1.0.0-rc.1",
        "DEVELOPMENT",
        "ann",
    )
    for name in (
        "weights_fp",
        "object_fp",
        "object_fp_why",
        "is_unsafe",
        "signature",
        "run_id",
    ):
        assert getattr(row, name) == getattr(given, name)
    assert row.description == "first \\ud800 try"
    assert (row.git_commit, row.author, row.why_semver) == ("c0ffee", "ben", "new inputs")
    assert row.registered_at.tzinfo is not None


def test_a_version_is_found_by_number_count_digest_alias_and_slot(desk) -> None:
    for word in ("a", "b", "c"):
        desk.live(word)
    desk.registry.alias("churn@1.0.0", "stable")
    row = desk.at("churn@1.1.0")
    calls = {
        "churn": "1.2.0", "churn@latest": "1.2.0", "churn@v1": "1.0.0", "churn@stable": "1.0.0",
        "churn@champion": "1.2.0", "churn@production": "1.2.0", "churn@last_good": "1.1.0",
        f"churn@sha256:{digest('a')[:6]}": "1.0.0", f"churn@{row.version_id}": "1.1.0",
        "churn@prod/champion": "1.2.0",
    }  # fmt: skip
    assert {call: version_of(desk.store, call).version for call in calls} == calls


def test_the_latest_is_the_highest_release_and_not_what_came_last(desk) -> None:
    for number in ("1.9.0", "1.10.0", "1.2.0", "2.0.0-rc.1"):
        desk.registry.register(facts(number), "churn", number)
    assert desk.at("churn@latest").version == "1.10.0"
    desk.registry.archive("churn@1.10.0", reason="old")
    assert desk.at("churn").version == "1.9.0"


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        ("churm@1.0.0", NotFound, "no model named 'churm': did you mean 'churn'"),
        ("churn@1.0.1", NotFound, "did you mean '1.0.0'"),
        ("churn@stabel", NotFound, "did you mean 'stable'"),
        ("churn@champion", NotFound, "nothing is in prod/champion"),
        ("churn@sha256:ffffff", NotFound, "no version of churn has a digest"),
        ("churn@sha256:zz", Misused, "hex digits"),
        ("churn@", Misused, "names no version"),
        ("../x@1.0.0", Misused, "cannot be a model's name"),
        ("a" * 500, Misused, "cannot be a model's name"),
    ],
)
def test_what_is_not_there_is_said_with_the_nearest_name(desk, call, error, says) -> None:
    desk.new("a")
    desk.registry.alias("churn@1.0.0", "stable")
    with pytest.raises(error, match=says):
        desk.at(call)


@pytest.mark.parametrize(
    "wrong", [{"package_digest": "abc"}, {"size_bytes": -1}, {"probe_count": 1 << 70}]
)
def test_facts_that_cannot_be_are_refused_and_nothing_is_written(desk, wrong) -> None:
    import dataclasses

    with pytest.raises(Misused):
        desk.registry.register(dataclasses.replace(facts("a"), **wrong), "churn")
    assert versions(desk.store) == []


def test_semver_orders_as_its_authors_say() -> None:
    ordered = (
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11"
        " 1.0.0-rc.1 1.0.0 1.9.0 1.10.0 2.0.0"
    ).split()
    mixed = ordered[::-1]
    assert sorted(mixed, key=key_of) == ordered
    assert key_of("1.0.0+a") == key_of("1.0.0+b")


@pytest.mark.parametrize(
    "text", ["1.0", "01.0.0", "1.0.0-", "1.0.0-01", "v1.0.0", "1.0.0 ", "1.0.0\n", "9" * 99]
)
def test_what_is_no_semver_is_none(text) -> None:
    assert not is_semver(text)


def test_the_next_number_follows_the_highest() -> None:
    known = ["1.0.0", "1.2.3", "1.10.0-rc.1"]
    assert next_after(known, "minor") == "1.11.0"
    assert next_after(known, "patch") == "1.10.0"
    assert next_after(known, "major") == "2.0.0"
    assert next_after([], "patch") == "1.0.0"
