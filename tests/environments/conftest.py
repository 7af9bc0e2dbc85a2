"""Three projects in three folders, each with its own database, packages and policy."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from environments_field import Field


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The three projects as every test finds them; a model is trained once only."""
    made = Field(tmp_path_factory.mktemp("template"))
    made.begin()
    made.close()
    return made


@pytest.fixture
def field(tmp_path, template):
    """dev, staging and prod, and a version `iris@1.0.0` of a real model in dev."""
    shutil.copytree(template.root, tmp_path, dirs_exist_ok=True)
    made = Field(tmp_path, template.name)
    yield made
    made.close()
