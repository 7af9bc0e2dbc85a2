"""Whether a version has stood long enough where it can do little harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.gates.answer import Answer, failed, passed, skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

HOUR_S = 3600


def time(
    candidate: Candidate, bench: Bench, *, min_hours: float, state: str = "STAGING"
) -> Answer:
    """The version has been in `state`, without a break, for `min_hours` or more."""
    wanted, held = state.upper(), {"min_hours": min_hours, "state": state.upper()}
    since = candidate.state_since
    if not candidate.state or since is None:
        return skipped("in which state it is, and since when, is not known here")
    if candidate.state != wanted:
        return failed(f"it is in {candidate.state}, not in {wanted}", None, held)
    hours = (bench.now - since).total_seconds() / HOUR_S
    told = f"in {wanted} for {hours:.1f} h, since {since:%Y-%m-%d %H:%M} UTC"
    if hours < 0:
        return failed(f"it came to {wanted} in the future, by this clock", hours, held)
    if hours < min_hours:
        return failed(f"{told}: {min_hours - hours:.1f} h are left", hours, held)
    return passed(told, hours, held)


def no_time(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a time that cannot pass."""
    hours, state = params["min_hours"], str(params.get("state", "STAGING")).upper()
    if isinstance(hours, (int, float)) and hours <= 0:
        return f"min_hours is {hours}: give hours above 0"
    states = ("DEVELOPMENT", "STAGING", "PRODUCTION")
    return None if state in states else f"state is {state!r}: {', '.join(states)} go"
