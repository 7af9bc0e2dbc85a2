"""The machine as a process sees it: processors, memory, cards, system."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path
from typing import NamedTuple

from trackbook.fingerprint.gpus import gpus
from trackbook.fingerprint.limits import limits_now, text_of, usable_cpus


class Seen(NamedTuple):
    """What there is of a machine, and how much of it a process may use."""

    os: str
    libc: str
    cpu: str
    cpu_count: int | None
    cpus_usable: float
    memory_bytes: int | None
    memory_limit_bytes: int | None
    gpus: list[str]
    python: str
    implementation: str


def computer() -> Seen:
    """Return the machine that this process is on; takes milliseconds."""
    limits = limits_now()
    total = memory_bytes()
    limit = limits.memory_bytes
    return Seen(
        os=system(),
        libc=" ".join(platform.libc_ver()).strip(),
        cpu=processor(),
        cpu_count=os.cpu_count(),
        cpus_usable=usable_cpus(limits.cpus),
        memory_bytes=total,
        memory_limit_bytes=None if limit and total and limit >= total else limit,
        gpus=list(gpus()),
        python=platform.python_version(),
        implementation=platform.python_implementation(),
    )


def memory_bytes() -> int | None:
    """Return the machine's memory; None where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


@cache
def system() -> str:
    """Return the system's own name and its kernel's: `Debian GNU/Linux 12, Linux 6.1 x86_64`."""
    kernel = f"{platform.system()} {platform.release()} {platform.machine()}"
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except (AttributeError, OSError):
        name = f"macOS {platform.mac_ver()[0]}" if platform.mac_ver()[0] else ""
    return f"{name}, {kernel}" if name else kernel


@cache
def processor() -> str:
    """Return the processor's name."""
    return processor_in(text_of(Path("/proc/cpuinfo"))) or platform.processor()


def processor_in(text: str) -> str:
    """Return the first processor's name in the text of /proc/cpuinfo."""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model", "Hardware"}:
            return value.strip()
    return ""
