"""The world around a run: packages, version control, machine."""

from __future__ import annotations

from trackbook.fingerprint.attributes import attributes_of
from trackbook.fingerprint.checkout import Tree, checkout
from trackbook.fingerprint.column import Columns
from trackbook.fingerprint.computer import computer
from trackbook.fingerprint.content import content_of
from trackbook.fingerprint.data import Digested, Look, digest_of_data, look_at
from trackbook.fingerprint.dice import (
    WITH_DICE,
    Thrown,
    as_json,
    dice_now,
    same_dice,
    seed_all,
    seeded,
)
from trackbook.fingerprint.forests import Forest, forest_in
from trackbook.fingerprint.git import commit_of
from trackbook.fingerprint.git_tags import tag_commit
from trackbook.fingerprint.graph_file import GraphFile, graph_in, graph_pieces
from trackbook.fingerprint.identities import (
    FP_ALGO,
    Fingerprint,
    fingerprints_of,
    object_fp_of,
    weights_fp_of,
)
from trackbook.fingerprint.local_modules import Source, is_local, local_modules
from trackbook.fingerprint.lock import Installed, environment_hash, installed
from trackbook.fingerprint.machine import Machine, this_machine
from trackbook.fingerprint.marks import Mark, mark_of
from trackbook.fingerprint.marks_of_data import length_of
from trackbook.fingerprint.marks_of_many import Budget
from trackbook.fingerprint.packages import digest_of, packages_in_use
from trackbook.fingerprint.requirements import Pins, pins
from trackbook.fingerprint.sketch import sketched
from trackbook.fingerprint.threads import thread_settings
from trackbook.fingerprint.tree_use import TreeUse, cpu_s

__all__ = [
    "FP_ALGO",
    "WITH_DICE",
    "Budget",
    "Columns",
    "Digested",
    "Fingerprint",
    "Forest",
    "GraphFile",
    "Installed",
    "Look",
    "Machine",
    "Mark",
    "Pins",
    "Source",
    "Thrown",
    "Tree",
    "TreeUse",
    "as_json",
    "attributes_of",
    "checkout",
    "commit_of",
    "computer",
    "content_of",
    "cpu_s",
    "dice_now",
    "digest_of",
    "digest_of_data",
    "environment_hash",
    "fingerprints_of",
    "forest_in",
    "graph_in",
    "graph_pieces",
    "installed",
    "is_local",
    "length_of",
    "local_modules",
    "look_at",
    "mark_of",
    "object_fp_of",
    "packages_in_use",
    "pins",
    "same_dice",
    "seed_all",
    "seeded",
    "sketched",
    "tag_commit",
    "this_machine",
    "thread_settings",
    "weights_fp_of",
]
