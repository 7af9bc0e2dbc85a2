"""What holds after any commands whatever: decided on plain values, without a database."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registry_desk import facts

from trackbook.errors import TrackbookError
from trackbook.registry import Head, Policy, Who
from trackbook.registry.aliases import aliased, unaliased
from trackbook.registry.chain import examined, sealed
from trackbook.registry.decide import (
    Back,
    Move,
    deleted,
    deployed,
    moved,
    rolled_back,
    undeployed,
)
from trackbook.registry.register import registered
from trackbook.registry.rules import FITTING, STATES
from trackbook.registry.state import Model, take, told

POLICY = Policy(gated=frozenset())
ANN = Who(name="ann", source="given")
at = st.integers(1, 6).map(lambda n: f"v{n}") | st.sampled_from(
    ["latest", "champion", "stable"]
)
env = st.sampled_from(["dev", "staging", "prod", "prod"])
role = st.sampled_from(["champion", "challenger", "shadow", "canary"])
state = st.sampled_from(STATES)
commands = st.one_of(
    st.tuples(st.just("register"), st.integers(0, 9)),
    st.tuples(st.just("move"), at, state, st.booleans()),
    st.tuples(st.just("move"), at, st.just("PRODUCTION"), st.just(True)),
    st.tuples(st.just("deploy"), at, env, role, st.sampled_from([0.0, 10.0, 100.0])),
    st.tuples(st.just("undeploy"), env, role),
    st.tuples(st.just("rollback"), env, st.none() | at),
    st.tuples(st.just("alias"), at, st.sampled_from(["stable", "next"]), st.booleans()),
    st.tuples(st.just("unalias"), st.sampled_from(["stable", "next"])),
    st.tuples(st.just("delete"), at),
)


def decide(model: Model, name: str, *words):
    """One command's draft of an entry; None where nothing is to be done."""
    if name == "register":
        return registered(model, facts(words[0]), None, "minor")
    if name == "move":
        move = Move(words[0], words[1], "promote", "r", force=words[2], sunset_us=5)
        draft = moved(model, move, POLICY, 1)
    elif name == "deploy":
        draft = deployed(model, *words, "r")
    elif name == "undeploy":
        draft = undeployed(model, *words, "r")
    elif name == "rollback":
        draft = rolled_back(model, Back(words[0], "r", words[1]), model)
    elif name == "alias":
        draft = aliased(
            model, words[0], words[1], protected=words[2], reason="r", force=True
        )
    elif name == "unalias":
        draft = unaliased(model, words[0], reason="r", force=True)
    else:
        draft = deleted(model, words[0], "r", 1)
    return None if draft is None else draft.transition()


def must_hold(model: Model) -> None:
    traffic: dict[str, float] = {}
    for slot, placed in model.slots.items():
        where, _, what = slot.partition("/")
        standing = model.versions[placed.version_id]
        assert not standing.is_deleted
        traffic[where] = traffic.get(where, 0.0) + placed.traffic
        if where == "prod" and what in FITTING:
            assert standing.state in FITTING[what], slot
        if what == "last_good":
            assert (where, placed.version_id) not in model.spoilt
            assert placed.version_id != getattr(
                model.slots.get(f"{where}/champion"), "version_id", ""
            )
    assert all(total <= 100 for total in traffic.values())
    for alias in model.aliases.values():
        assert not model.versions[alias.version_id].is_deleted
    champion = model.slots.get("prod/champion")
    if champion is not None:
        serving = [one for one in model.kept if one.state == "PRODUCTION"]
        assert champion.version_id in {one.fact.version_id for one in serving}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(commands, max_size=40))
def test_after_any_commands_slots_hold_what_may_be_there_and_the_log_tells_the_same(
    given_commands,
) -> None:
    model, log, head = Model(name="churn"), [], Head()
    for number, command in enumerate(given_commands):
        before = repr(model)
        try:
            draft = decide(model, *command)
        except TrackbookError:
            draft = None
        assert repr(model) == before  # deciding changes nothing
        if draft is None:
            continue
        entry = sealed(draft, head, ANN, number)
        head = Head(entry.entry, entry.at_us, entry.hash)
        take(model, entry)
        log.append(entry)
        must_hold(model)
    assert (told(log).get("churn") or Model(name="churn")) == model
    assert examined(log, {}).is_whole


@settings(max_examples=100, deadline=None)
@given(st.lists(commands, min_size=5, max_size=30), st.data())
def test_any_field_of_any_entry_that_is_changed_is_found(given_commands, data) -> None:
    import msgspec

    model, log, head = Model(name="churn"), [], Head()
    for number, command in enumerate([("register", 0), ("register", 1), *given_commands]):
        try:
            draft = decide(model, *command)
        except TrackbookError:
            continue
        if draft is not None:
            log.append(sealed(draft, head, ANN, number))
            head = Head(log[-1].entry, log[-1].at_us, log[-1].hash)
            take(model, log[-1])
    at = data.draw(st.integers(0, len(log) - 1))
    name = data.draw(st.sampled_from(log[at].__struct_fields__))
    value = getattr(log[at], name)
    others = {
        str: "other", int: 77, bool: not value, list: [*value, "x"] if isinstance(value, list) else 0,
        type(None): "other", float: 1.5,
    }  # fmt: skip
    log[at] = msgspec.structs.replace(log[at], **{name: others[type(value)]})
    assert not examined(log, {}).is_whole
