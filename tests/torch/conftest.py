"""torch, which with all that it brings takes 5 GB; collected only when tests/torch is named."""

from __future__ import annotations


def pytest_ignore_collect(collection_path, config):
    """Leave torch alone unless it is asked for."""
    return None if any("torch" in arg for arg in config.args) else True
