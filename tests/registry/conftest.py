from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from registry_desk import Desk


@pytest.fixture
def desk(tmp_path):
    """Ann at a project of her own, with the usual policy."""
    made = Desk(tmp_path / ".trackbook")
    yield made
    made.close()


@pytest.fixture
def desk_with(tmp_path):
    """Make a desk under a policy of the test's own."""
    opened: list[Desk] = []

    def make(policy=None, **more) -> Desk:
        opened.append(Desk(tmp_path / ".trackbook", policy=policy, **more))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
