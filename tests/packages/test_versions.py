"""Versions are ordered as semver.org says, and the next one is proposed with its reason."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.errors import Misused
from trackbook.packages import Compatibility, Evidence, Semver, proposed_version

PRECEDENCE = [
    "0.9.0", "1.0.0-0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
    "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.9.0", "1.10.0", "2.0.0",
    "2.1.0", "2.1.1",
]  # fmt: skip


def test_versions_come_in_the_order_of_the_standard():
    shuffled = random.Random(0).sample(PRECEDENCE, len(PRECEDENCE))
    assert sorted(shuffled, key=lambda text: Semver.of(text).key) == PRECEDENCE


def test_a_build_changes_no_order():
    assert Semver.of("1.0.0+a").key == Semver.of("1.0.0+b.2").key


@pytest.mark.parametrize(
    "text",
    ["1", "1.2", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3", "1.2.3 ", "1.2.3\n",
     "-1.0.0", "1.2.3-a..b", "1.2.3-ä", "\u0661.2.3", "1.0.0-" + "9" * 300],
)  # fmt: skip
def test_what_is_no_version_is_refused(text):
    with pytest.raises(Misused, match="no semantic version"):
        Semver.of(text)


numbers = st.integers(0, 10**9)
parts = st.sampled_from(["0", "7", "11", "a", "rc", "-", "1a", "x-1"])
words = st.lists(parts, max_size=3).map(".".join)


@given(numbers, numbers, numbers, words)
def test_a_version_is_read_as_it_is_written(major, minor, patch, before):
    version = Semver(major, minor, patch, before)
    assert Semver.of(str(version)) == version


@given(numbers, numbers, numbers, words, st.sampled_from(["major", "minor", "patch"]))
def test_the_next_version_is_always_later(major, minor, patch, before, bump):
    version = Semver(major, minor, patch, before)
    assert version.after(bump).key > version.key


BASE = {"last_digest": "a" * 64, "weights_fp": "1" * 64, "last_weights_fp": "1" * 64}
CASES = {
    "broken": ({"compatibility": Compatibility(verdict="broken", reasons=("input 'a' gone",))}, "2.0.0", "input 'a' gone"),
    "extended": ({"compatibility": Compatibility(verdict="extended", reasons=("input 'b' is new",))}, "1.5.0", "input 'b' is new"),
    "retrained": ({"weights_fp": "2" * 64, "compatibility": Compatibility(verdict="same")}, "1.5.0", "retrained: weights 111111111111 became 222222222222"),
    "repackaged": ({"compatibility": Compatibility(verdict="same")}, "1.4.3", "repackaged"),
    "unknown weights": ({"weights_fp": None}, "1.5.0", "cannot be compared"),
    "no signatures": ({}, "1.4.3", "no two signatures"),
    "broken and retrained": ({"weights_fp": "2" * 64, "compatibility": Compatibility(verdict="broken", reasons=("x",))}, "2.0.0", "broken"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_next_version_follows_from_what_changed(case):
    given_, version, why = CASES[case]
    found = proposed_version("1.4.2", Evidence(package_digest="b" * 64, **(BASE | given_)))
    assert found.semver == version
    assert why in found.why
    assert not found.is_duplicate


def test_the_first_version_is_one():
    found = proposed_version(None, Evidence(package_digest="b" * 64))
    assert (found.semver, found.bump, found.why) == ("1.0.0", "first", "the first version")


def test_the_same_bytes_are_recognised():
    found = proposed_version("1.4.2", Evidence(package_digest="a" * 64, **BASE))
    assert (found.semver, found.is_duplicate) == ("1.4.2", True)
    assert "the same bytes as 1.4.2" in found.why


@pytest.mark.parametrize(
    ("last", "bump", "version"),
    [
        ("2.0.0-rc.1", "major", "2.0.0"), ("2.0.0-rc.1", "minor", "2.0.0"),
        ("2.1.0-rc.1", "major", "3.0.0"), ("2.1.0-rc.1", "minor", "2.1.0"),
        ("2.1.3-rc.1", "minor", "2.2.0"), ("2.1.3-rc.1", "patch", "2.1.3"),
        ("2.1.3+build", "patch", "2.1.4"),
    ],
)  # fmt: skip
def test_a_pre_release_becomes_its_release(last, bump, version):
    assert str(Semver.of(last).after(bump)) == version
