"""A file that is written of pieces holds all of them, however much a system takes at once."""

from __future__ import annotations

import os

import numpy as np
import pytest

from trackbook.packages import files

RNG = np.random.default_rng(0)
PIECES = [
    b"",
    b"head",
    b"",
    *(RNG.bytes(RNG.integers(0, 3_000)) for _ in range(1_200)),
    b"",
]


def as_it_is(_monkeypatch):
    """Change nothing."""


def little_at_once(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1_000)


def not_all_of_it(monkeypatch):
    whole = os.writev
    monkeypatch.setattr(
        os, "writev", lambda fd, parts: whole(fd, [b"".join(parts)[:1_777]])
    )


def one_by_one(monkeypatch):
    monkeypatch.delattr(os, "writev")


@pytest.mark.parametrize("system", [as_it_is, little_at_once, not_all_of_it, one_by_one])
def test_all_pieces_are_in_the_file(system, tmp_path, monkeypatch):
    system(monkeypatch)
    files.put_pieces(PIECES, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"".join(PIECES)
