from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from trackbook.clock import new_id
from trackbook.journal import Journal, window


@pytest.fixture(params=["mapped", "written"], autouse=True)
def way(request, monkeypatch):
    """Both ways to write: into a mapped file, and by a system call for each frame."""
    if request.param == "written":
        monkeypatch.setattr(window, "IN_PLACE", set())
    elif not window.is_mappable(Path(tempfile.gettempdir()).stat().st_dev):
        pytest.skip("temporary files here cannot be mapped safely")


@pytest.fixture
def said() -> list[str]:
    """What the journal complained about."""
    return []


@pytest.fixture
def open_journal(tmp_path, said):
    """Open journals that are closed when the test is over."""
    opened: list[Journal] = []

    def open_one(folder=tmp_path, session_id=None, **options) -> Journal:
        made = Journal(folder, session_id or new_id(), complain=said.append, **options)
        opened.append(made)
        return made

    yield open_one
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(open_journal) -> Journal:
    return open_journal()


@pytest.fixture
def payloads_in():
    """Read every payload of all journals in a folder, file by file."""
    from trackbook.journal import frames_in

    def read(folder) -> list[bytes]:
        files = sorted(folder.glob("*.tbj"))
        return [bytes(p) for file in files for p in frames_in(file.read_bytes()).payloads]

    return read
