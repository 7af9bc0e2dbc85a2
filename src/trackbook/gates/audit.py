"""What the program pip-audit says of some versions, where it is installed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import msgspec

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.version import Version

    from trackbook.gates.bench import Bench

Found = tuple[str, str, tuple[str, ...], None, str]
OPTIONS = (
    "--format", "json", "--no-deps", "--disable-pip", "--progress-spinner", "off",
)  # fmt: skip


class Unheard(TrackbookError):
    """The program gave no answer."""


class Vuln(msgspec.Struct, frozen=True):
    """One thing that it knows."""

    id: str
    fix_versions: list[str] = []
    aliases: list[str] = []


class Dependency(msgspec.Struct, frozen=True):
    """What it says of one package."""

    name: str
    version: str = ""
    vulns: list[Vuln] = []
    skip_reason: str = ""


class Said(msgspec.Struct, frozen=True):
    """All that it says."""

    dependencies: list[Dependency]


def audited(
    program: str, pins: Mapping[str, Version], work: Path, bench: Bench
) -> list[Found]:
    """Return what pip-audit knows against some versions; it asks the network.

    It is given names and versions only: not the package's own file, which may name indexes.

    Raises:
        Unheard: it did not answer, or not of all
    """
    file = work / "requirements.txt"
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    file.write_text("".join(lines), encoding="utf-8")
    command = [program, "--requirement", str(file), *OPTIONS]
    try:
        ran = subprocess.run(  # noqa: S603  the program that the policy asks for
            command, cwd=work, capture_output=True, check=False,
            timeout=max(0.1, bench.seconds_left), stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unheard(f"pip-audit gave no answer within {error.timeout:.0f} s") from None
    try:
        said = msgspec.json.decode(ran.stdout, type=Said)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        told = ran.stderr.decode("utf-8", errors="replace").strip().splitlines()
        why = told[-1][:300] if told else f"exit code {ran.returncode}"
        raise Unheard(f"pip-audit gave no answer: {why}") from None
    unseen = [one.name for one in said.dependencies if one.skip_reason]
    if unseen or len(said.dependencies) < len(pins):
        raise Unheard(
            f"pip-audit did not look at all: {', '.join(unseen)[:200] or 'some left out'}"
        )
    return [
        (one.name, one.version, (vuln.id, *vuln.aliases), None,
         vuln.fix_versions[0] if vuln.fix_versions else "")
        for one in said.dependencies
        for vuln in one.vulns
    ]  # fmt: skip
