"""Who decides: what the system, a hub, a CI and git say, and which of them is believed.

Nobody is kept out by this: whoever can write the file can write anything. It is recorded,
with how it is known.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.fingerprint import this_machine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GIT_S = 5.0
CIS = {
    "GITHUB_ACTIONS": ("github actions", "GITHUB_ACTOR", "GITHUB_RUN_ID"),
    "GITLAB_CI": ("gitlab ci", "GITLAB_USER_LOGIN", "CI_JOB_ID"),
    "JENKINS_URL": ("jenkins", "BUILD_USER_ID", "BUILD_TAG"),
    "BUILDKITE": ("buildkite", "BUILDKITE_BUILD_CREATOR", "BUILDKITE_JOB_ID"),
    "CIRCLECI": ("circleci", "CIRCLE_USERNAME", "CIRCLE_WORKFLOW_JOB_ID"),
    "TF_BUILD": ("azure pipelines", "BUILD_REQUESTEDFOR", "BUILD_BUILDID"),
}
"""By the variable that tells each: its name, and where it says who and which job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody who decides."""

    name: str
    source: str
    """How that is known: `os user`, `jupyterhub`, the CI's name, or `given`."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Everything that was found."""

    def as_json(self) -> str:
        """Return everything that was found, as JSON."""
        return json.dumps(dict(self.seen), sort_keys=True)


def who_is_this(
    folder: Path | None = None, environ: Mapping[str, str] | None = None
) -> Who:
    """Return who this process works for: the CI's user, the hub's, else the system's."""
    variables = os.environ if environ is None else environ
    seen = {"host": this_machine().host, "os user": os_user(), **git_says(folder)}
    chosen = "os user"
    if hub := variables.get("JUPYTERHUB_USER"):
        chosen, seen["jupyterhub"] = "jupyterhub", hub
    for sign, (name, person, job) in CIS.items():
        if variables.get(sign):
            chosen, seen[name] = name, variables.get(person) or name
            seen["ci job"] = variables.get(job, "")
            break
    else:
        if variables.get("CI"):
            seen["ci"] = "somewhere"
    known = {key: value for key, value in seen.items() if value}
    return Who(name=known.get(chosen, "unknown"), source=chosen, seen=known)


def os_user() -> str:
    """Return the name that the system has for this process; variables do not change it."""
    if not hasattr(os, "getuid"):
        return os.getlogin()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def git_says(folder: Path | None) -> dict[str, str]:
    """Return whom git's configuration names; nothing where there is no git."""
    tool = shutil.which("git")
    if tool is None:
        return {}
    try:
        asked = subprocess.run(  # noqa: S603  found on the path, nothing of a user's in it
            [tool, "config", "--get-regexp", r"^user\.(name|email)$"],
            cwd=folder,
            capture_output=True,
            timeout=GIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    said: dict[str, str] = {}
    for line in asked.stdout.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(" ")
        said["git " + key.removeprefix("user.")] = value
    return said
