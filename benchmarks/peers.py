"""What one `log_metric` costs in trackbook and in other trackers, and what a kill leaves.

Goal: trackbook is faster than each, 50 times faster than their median, and keeps every
point whose call had returned when the process was killed. Reference: trackio, exptrack,
W&B offline, tensorboardX, Aim, DVCLive and MLflow on SQLite, in the same loop in the same
run, round by round, each in a process and a virtual environment of its own, which this
script makes (in `.bench/`, or where `--envs` says). None is let onto the network.

A peer that cannot be installed, or does not run, is named with its error's last line.
The kill ends the process that logs, at a random moment, as a dead kernel would; a
helper process of the tool lives on until its files rest.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import random
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from machine import machine
from peer_envs import PEERS, Failed, at_hand, command, environment, last_line, output, ready
from peer_tools import TOOLS

OURS = "trackbook"
PAUSE_S = 1.5
"""Files that did not grow for so long are taken to be at rest."""


class Effort(NamedTuple):
    """How much is measured."""

    rounds: int
    calls: int
    timed: int
    kills: int
    paces: tuple[int, ...]
    """Calls a second while waiting for the kill; 0 for as fast as it goes."""
    life_s: tuple[float, float]


class Kept(NamedTuple):
    """Points whose call had returned when the process was killed, and those found later."""

    acknowledged: int
    kept: int

    def __str__(self) -> str:
        return f"{self.kept:>9,} of {self.acknowledged:>9,} {self.kept / self.acknowledged:7.2%}"


def main() -> None:
    choice = told()
    effort = Effort(3, 20_000, 2_000, 3, (0, 1_000), (0.5, 2.5))
    if choice.smoke:
        effort = Effort(1, 2_000, 500, 1, (0,), (0.2, 0.5))
    print(machine())
    print(f"load average at the start: {os.getloadavg()[0]:.1f}")
    failed: dict[str, str] = {}
    pythons = {OURS: Path(sys.executable)}
    if choice.smoke:
        pythons |= at_hand(choice.envs, "tensorboardX")
    else:
        pythons |= ready(choice.envs, failed, only=choice.only)
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    try:
        speeds = measure_speeds(pythons, folder, effort, failed)
        print(f"load average after the loops: {os.getloadavg()[0]:.1f}\n")
        print_speeds(speeds)
        left = measure_kills(pythons, folder, effort, failed)
        print_kills(left, effort)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_verdict(speeds, left, failed)
    print(f"load average at the end: {os.getloadavg()[0]:.1f}")


def told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="seconds; installs nothing")
    parser.add_argument("--envs", type=Path, default=Path(__file__).parents[1] / ".bench")
    parser.add_argument("--only", nargs="*", default=[], help="peers to measure")
    return parser.parse_args()


# ---- measuring ---------------------------------------------------------------------


def measure_speeds(
    pythons: dict[str, Path], folder: Path, effort: Effort, failed: dict[str, str]
) -> dict[str, list[dict]]:
    """Return what each tool said of its speed, in each round."""
    speeds: dict[str, list[dict]] = {}
    for _ in range(effort.rounds):
        for name, python in pythons.items():
            if name in failed:
                continue
            try:
                with scratch(folder) as place:
                    asked = command(python, name, "speed", effort.calls, effort.timed)
                    found = json.loads(last_line(output(asked, place)))
            except Failed as error:
                failed[name] = str(error)
            else:
                speeds.setdefault(name, []).append(found)
    return speeds


def measure_kills(
    pythons: dict[str, Path], folder: Path, effort: Effort, failed: dict[str, str]
) -> dict[str, list[Kept]]:
    """Return how many points each tool kept, added up over the kills, for each pace."""
    left: dict[str, list[Kept]] = {}
    for name, python in pythons.items():
        for pace in effort.paces:
            if name in failed:
                continue
            try:
                found = [
                    killed(name, python, folder, pace, effort) for _ in range(effort.kills)
                ]
            except Failed as error:
                failed[name] = f"kill test: {error}"
            else:
                sums = Kept(*(sum(column) for column in zip(*found, strict=True)))
                left.setdefault(name, []).append(sums)
    return left


def killed(name: str, python: Path, folder: Path, pace: int, effort: Effort) -> Kept:
    """Let a tool log, kill it, and count in a fresh process what it kept."""
    with scratch(folder) as place, (place / "errors.txt").open("wb") as errors:
        counter = place / "counter"
        counter.write_bytes(bytes(8))
        child = subprocess.Popen(
            command(python, name, "log", counter, pace),
            cwd=place,
            env=environment(place),
            stdout=errors,
            stderr=errors,
            start_new_session=True,
        )
        try:
            wait_for_first(child, counter, place / "errors.txt")
            time.sleep(random.uniform(*effort.life_s))
            child.send_signal(signal.SIGKILL)
            child.wait()
            wait_for_rest(place)
        finally:
            end_group(child)
        acknowledged = number_in(counter)
        found = output(command(python, name, "kept", acknowledged), place)
        return Kept(acknowledged, json.loads(last_line(found))["kept"])


def wait_for_first(child: subprocess.Popen, counter: Path, errors: Path) -> None:
    """Wait until a first call has returned."""
    until = time.monotonic() + 120
    while number_in(counter) == 0:
        if child.poll() is not None or time.monotonic() > until:
            raise Failed(last_line(errors.read_text(errors="replace")) or "logged nothing")
        time.sleep(0.01)


def wait_for_rest(place: Path) -> None:
    """Wait until no file grows any more: a tool may have a process that still writes."""
    until = time.monotonic() + 20
    before, since = bytes_in(place), time.monotonic()
    while time.monotonic() < min(until, since + PAUSE_S):
        time.sleep(0.1)
        now = bytes_in(place)
        if now != before:
            before, since = now, time.monotonic()


def end_group(child: subprocess.Popen) -> None:
    """End what a killed tool has left running."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    child.wait()


def bytes_in(place: Path) -> int:
    total = 0
    for file in place.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:  # gone between the two looks
            continue
    return total


def number_in(counter: Path) -> int:
    with (
        counter.open("rb") as file,
        mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ) as shared,
    ):
        return struct.unpack_from("<q", shared, 0)[0]


def scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a new folder that goes away after its `with`."""
    return Scratch(dir=folder, ignore_cleanup_errors=True)


class Scratch(tempfile.TemporaryDirectory):
    """A temporary folder that gives its path."""

    def __enter__(self) -> Path:
        return Path(super().__enter__())


# ---- telling -----------------------------------------------------------------------


def print_speeds(speeds: dict[str, list[dict]]) -> None:
    """Print seconds a call as microseconds, of the thread's CPU and of the clock."""
    print("one call with step given: mean of a bare loop; median and p99 of single calls")
    print(
        f"{'tool':<13}{'version':<9}{'CPU us':>9}{'median':>9}{'p99':>9}{'wall us':>10}{'median':>9}"
        f"{'p99':>9}{'calls/s':>11}{'end s':>7}{'x CPU':>9}{'x wall':>8}"
    )
    for name, rounds in sorted(speeds.items(), key=lambda item: middle(item[1], "cpu")):
        us = {
            key: middle(rounds, key) * 1e6
            for key in rounds[0]
            if key not in ("version", "calls")
        }
        print(
            f"{name:<13}{rounds[0]['version']:<9}{us['cpu']:>9.2f}{us['cpu_median']:>9.2f}"
            f"{us['cpu_p99']:>9.1f}{us['wall']:>10.2f}{us['wall_median']:>9.2f}{us['wall_p99']:>9.1f}"
            f"{1e6 / us['wall']:>11,.0f}{us['ending'] / 1e6:>7.2f}"
            f"{slower(speeds, name, 'cpu'):>9.1f}{slower(speeds, name, 'wall'):>8.1f}"
        )


def print_kills(left: dict[str, list[Kept]], effort: Effort) -> None:
    """Print what was kept of what had been acknowledged."""
    print(f"\npoints kept of those acknowledged, {effort.kills} SIGKILL each")
    paces = [
        "as fast as it goes" if pace == 0 else f"{pace:,} a second" for pace in effort.paces
    ]
    print(f"{'tool':<13}" + "".join(f"{pace:>34}" for pace in paces))
    for name, kept in left.items():
        print(f"{name:<13}" + "".join(f"{kept_of!s:>34}" for kept_of in kept))


def print_verdict(
    speeds: dict[str, list[dict]], left: dict[str, list[Kept]], failed: dict[str, str]
) -> None:
    """Print the ratios that the goals name, and what could not be measured."""
    print()
    peers = [name for name in speeds if name != OURS]
    for kind, what in (("cpu", "thread CPU"), ("wall", "wall clock")):
        if OURS in speeds and peers:
            ratios = sorted(slower(speeds, name, kind) for name in peers)
            print(
                f"{what}: the median of {len(peers)} peers takes {statistics.median(ratios):.0f} times"
                f" trackbook's time (goal: at least 50), the fastest {ratios[0]:.1f} times (goal: above 1)"
            )
    if OURS in left:
        lost = sum(kept.acknowledged - kept.kept for kept in left[OURS])
        print(f"trackbook lost {lost} acknowledged points (goal: 0)")
    for name, why in failed.items():
        print(f"not measured: {name}: {why}")


def slower(speeds: dict[str, list[dict]], name: str, kind: str) -> float:
    """Return how many times trackbook's time a tool takes, median of the rounds."""
    pairs = zip(speeds[name], speeds[OURS], strict=False)
    return statistics.median(theirs[kind] / ours[kind] for theirs, ours in pairs)


def middle(rounds: list[dict], key: str) -> float:
    return statistics.median(found[key] for found in rounds)


if __name__ == "__main__":
    assert {OURS, *(peer.name for peer in PEERS)} == set(TOOLS)
    main()
