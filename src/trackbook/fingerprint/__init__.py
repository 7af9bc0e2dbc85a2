"""The world around a run: packages, version control, machine."""

from __future__ import annotations

from trackbook.fingerprint.dice import (
    Thrown,
    as_json,
    dice_now,
    same_dice,
    seed_all,
    seeded,
)
from trackbook.fingerprint.git import commit_of
from trackbook.fingerprint.machine import Machine, this_machine
from trackbook.fingerprint.marks import Budget, Mark, mark_of
from trackbook.fingerprint.packages import digest_of, packages_in_use

__all__ = [
    "Budget",
    "Machine",
    "Mark",
    "Thrown",
    "as_json",
    "commit_of",
    "dice_now",
    "digest_of",
    "mark_of",
    "packages_in_use",
    "same_dice",
    "seed_all",
    "seeded",
    "this_machine",
]
