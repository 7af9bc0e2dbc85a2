"""Models that were registered, and every decision about them: one log, hash-chained.

The three kinds, and shipments, share one count of entries: entry n holds the hash of entry
n - 1, of whatever kind it is. One command writes one record, which holds all that it does.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from trackbook.records.base import Record, kind

State = Literal["DEVELOPMENT", "STAGING", "PRODUCTION", "DEPRECATED", "ARCHIVED"]
Role = Literal["champion", "challenger", "shadow", "canary"]
Env = Literal["dev", "staging", "prod"]
Command = Literal[
    "promote",
    "demote",
    "deprecate",
    "archive",
    "deploy",
    "undeploy",
    "rollback",
    "alias",
    "unalias",
    "delete",
]


@kind("packaged")
class Packaged(Record, frozen=True, kw_only=True):
    """A model of a run was put into a package; stamped with the run."""

    name: str
    package_digest: str
    """SHA-256 of the package's manifest, 64 hex digits."""
    flavour: str
    size_bytes: int
    algorithm: str | None = None
    """Class of the estimator that learned, with its module; of a pipeline its last step's."""
    steps: list[str] = msgspec.field(default_factory=list)
    """Of a pipeline, each step as `name: class`, in order."""
    libraries: list[str] = msgspec.field(default_factory=list)
    """What its flavour needs, as name==version, as it was installed."""
    api_schema: str | None = None
    """What it takes and gives, as JSON Schema; None without an input example."""


@kind("version")
class Version(Record, frozen=True, kw_only=True):
    """A model was registered: bytes that never change, under a number that never moves."""

    version_id: str
    model: str
    seq: int
    """Counts the versions of its model from 1, also those deleted since."""
    semver: str
    why_semver: str
    """Why it has this number."""
    package_digest: str
    """SHA-256 of the package's manifest, 64 hex digits."""
    weights_fp: str | None
    object_fp: str | None
    object_fp_why: str
    """Why there is no fingerprint of the object, where there is none."""
    fp_algo: str
    flavour: str
    is_unsafe: bool
    """Loading it executes code that the package brings (pickle)."""
    signature: str
    """What goes in and what comes out, as JSON."""
    size_bytes: int
    file_count: int
    probe_count: int
    source_run_id: str | None
    git_commit: str | None
    author: str
    """Who made the model, where that was told."""
    description: str
    parent_id: str | None
    """The version that it mends or goes on from."""
    origin_env: str = ""
    """The environment that it came from; empty where it was made here."""
    origin_project: str = ""
    """By what that project is known: the hash of the first entry of its log."""
    origin_state: str = ""
    """The state that it had there; empty where nobody signed for that."""
    origin_hash: str = ""
    """Of its registration there."""
    signed_by: str = ""
    """Whose key signed the bundle in which it came; `unsigned` for nobody's."""
    entry: int
    at_us: int
    """When it was decided, µs since 1970; never before the entry before."""
    actor: str
    actor_from: str
    """How it is known who that is."""
    identity: str
    """All names of whoever it was that could be had, as JSON."""
    prev_hash: str
    hash: str
    """SHA-256 of all the fields above as canonical JSON."""


@kind("transition")
class Transition(Record, frozen=True, kw_only=True):
    """One decision with all that it moves: states, slots and aliases, in lists side by side."""

    transition_id: str
    command: Command
    model: str
    version_id: str
    """The version that it is about; empty where a slot or an alias was cleared."""
    version_ids: list[str]
    """Versions whose state moved."""
    from_states: list[str]
    to_states: list[str]
    slots: list[str]
    """Slots that changed, `prod/champion`; `prod/last_good` is kept among them."""
    slots_before: list[str]
    """Version ids; empty where nothing was in it."""
    slots_after: list[str]
    traffics: list[float]
    """Percent, of each slot from here on."""
    aliases: list[str]
    aliases_before: list[str]
    aliases_after: list[str]
    protects: list[bool]
    """Whether each alias is moved on purpose only, from here on."""
    deleted_ids: list[str]
    reason: str
    forced: bool
    overrode: list[str]
    """The rules that it was forced past, a sentence each."""
    gate_report_id: str | None
    policy_digest: str
    approval_ids: list[str]
    incident_id: str | None
    """Of a rollback: what went wrong has a name."""
    alerted_us: int | None
    """When the alarm was that led to it, µs since 1970."""
    sunset_us: int | None
    """Until when a deprecated version serves, µs since 1970."""
    successor_id: str | None
    entry: int
    at_us: int
    actor: str
    actor_from: str
    identity: str
    prev_hash: str
    hash: str


@kind("approval")
class Approval(Record, frozen=True, kw_only=True):
    """One step of an approval: asked for, given or denied; bound to bytes and a gate report."""

    approval_id: str
    request_id: str
    """The approval_id of the request that it belongs to; its own, of a request."""
    step: Literal["requested", "approved", "rejected"]
    model: str
    version_id: str
    target: str
    package_digest: str
    gate_report_id: str | None
    comment: str
    expires_us: int
    """µs since 1970."""
    entry: int
    at_us: int
    actor: str
    actor_from: str
    identity: str
    prev_hash: str
    hash: str
