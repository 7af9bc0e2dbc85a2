"""What the figures were measured on, and how a script is told to be quick."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path


def machine() -> str:
    """Return one line that names the machine and the versions."""
    import duckdb

    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}"
    )


def processor() -> str:
    """Return the processor's name, where the system tells."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [
        line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
    ]
    return names[0] if names else platform.processor() or "unknown processor"


os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Users have compiled modules; without them each kernel compiles trackbook anew."""


def within(took_s: float, goal_s: float, what: str, *, smoke: bool) -> None:
    """Fail where a figure misses its goal; a smoke run, beside others, says nothing about pace.

    Args:
        took_s: Seconds measured.
        goal_s: Seconds allowed.
        what: What took them.
        smoke: Whether this run only tells that the script works.

    Raises:
        SystemExit: The figure misses its goal, and this is no smoke run.
    """
    if took_s > goal_s and not smoke:
        raise SystemExit(f"{what} took {took_s:.1f} s, at most {goal_s:.0f} s are allowed")


def told(about: str | None, *, words: str = "", **numbers: int) -> argparse.Namespace:
    """Return the command line's choices: `--smoke`, numbers that may be set, a list of words."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--smoke", action="store_true", help="a run of a few seconds")
    if words:
        parser.add_argument(words, nargs="*")
    for name, value in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()
