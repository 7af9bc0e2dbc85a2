"""The world around runs: what is installed, the machine, the work tree, local modules, use of it.

Each is written once for each digest in a session; an `environment` names the digests that
a run had around it.
"""

from __future__ import annotations

import msgspec

from trackbook.records.base import Record, kind


@kind("environment")
class Environment(Record, frozen=True, kw_only=True):
    """The packages in use when a run ended, as name==version, sorted, and what was around it."""

    digest: str
    packages: list[str]
    lock: str | None = None
    """Digest of the `lock`: everything installed."""
    machine: str | None = None
    checkout: str | None = None
    """None outside a git repository, or where git did not answer."""
    modules: list[str] = msgspec.field(default_factory=list)
    """Digests of the local modules in use."""
    environment_hash: str | None = None
    """SHA-256 of everything installed, the Python and the platform: equal, interchangeable."""


@kind("lock")
class Lock(Record, frozen=True, kw_only=True):
    """Every distribution that was installed, as name==version, sorted."""

    digest: str
    packages: list[str]
    origins: list[str]
    """For each, where it came from as pip writes it (`git+https://…@commit`, `-e file:///…`);
    empty for a package index."""


@kind("machine")
class Computer(Record, frozen=True, kw_only=True):
    """What a process could use of its machine, as its container lets it."""

    digest: str
    os: str
    libc: str
    cpu: str
    """The processor's name."""
    cpu_count: int | None
    """Of the machine."""
    cpus_usable: float
    """What affinity and the container's quota leave."""
    memory_bytes: int | None
    memory_limit_bytes: int | None
    """The container's; None where it sets none."""
    gpus: list[str]
    python: str
    implementation: str
    threads: list[str]
    """Thread settings as NAME=VALUE: variables, pools of loaded libraries, torch's."""


@kind("checkout")
class Checkout(Record, frozen=True, kw_only=True):
    """The git work tree in which a run ended."""

    digest: str
    git_commit: str | None
    branch: str | None
    """None where no branch is checked out."""
    remote: str | None
    """Its address, without user and password."""
    dirty: bool
    """Whether tracked files differ from the commit."""
    changed: list[str]
    """Tracked files that differ."""
    untracked: list[str]
    """Python files that git does not know."""
    diff: str
    """What differs from the commit, secrets masked; notebooks are left out."""
    diff_is_cut: bool = False
    """It was longer than is kept."""


@kind("module")
class LocalModule(Record, frozen=True, kw_only=True):
    """A module in use that no package brought."""

    digest: str
    name: str
    path: str
    source: str
    """As the file stood when the run ended, secrets masked."""
