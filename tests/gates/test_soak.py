"""A version stands long enough where it can do little harm, or waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, gates


@pytest.mark.parametrize(
    ("state", "since", "outcome", "says"),
    [
        ("STAGING", timedelta(hours=25), "passed", "in STAGING for 25.0 h"),
        ("STAGING", timedelta(hours=20), "failed", "4.0 h are left"),
        ("DEVELOPMENT", timedelta(days=9), "failed", "in DEVELOPMENT, not in STAGING"),
        ("STAGING", timedelta(hours=-2), "failed", "in the future"),
        ("", None, "skipped", "not known here"),
        ("STAGING", datetime(2026, 1, 1), "errored", "naive"),  # noqa: DTZ001  the mistake
    ],
)
def test_a_version_has_stood_long_enough_or_waits(judged, state, since, outcome, says):
    if isinstance(since, timedelta):
        since = datetime.now(UTC) - since
    keys = {"min_hours": 24}
    found = judged("soak.time", keys=keys, state=state, state_since=since)
    assert (found.outcome, says in found.words) == (outcome, True), found.words


@pytest.mark.parametrize(
    "keys", [{"min_hours": 0}, {"min_hours": 1, "state": "SHADOW"}, {}]
)
def test_a_time_that_cannot_be_meant_is_refused(keys):
    with pytest.raises(Misused, match=r"soak\.time"):
        gates(Gate("staging", [ask("soak.time", **keys)]))
