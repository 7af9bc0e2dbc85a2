"""Three projects in three folders, each with its own database, packages and policy."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from environments_field import Field


@pytest.fixture
def field(tmp_path):
    """dev, staging and prod, and a version `iris@1.0.0` of a real model in dev."""
    made = Field(tmp_path)
    yield made
    made.close()
