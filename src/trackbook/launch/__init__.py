"""Notebooks, scripts and entry points of projects, each executed as one tracked run."""

from __future__ import annotations

from trackbook.launch.again import program_of, reproduce_program
from trackbook.launch.launch import Identity, Launched, Telling, run, run_notebook
from trackbook.launch.params import Typed
from trackbook.launch.targets import plan_of

__all__ = [
    "Identity",
    "Launched",
    "Telling",
    "Typed",
    "plan_of",
    "program_of",
    "reproduce_program",
    "run",
    "run_notebook",
]
