"""News of a project is told while somebody watches, and nothing is looked at otherwise."""

from __future__ import annotations

import trackbook.doors.lab.watch as watching
from trackbook.doors.lab.watch import Watch


def test_news_is_told_until_nobody_has_watched_for_a_minute(tmp_path) -> None:
    told, clock = [], [0.0]
    watch = Watch(
        lambda project, count: told.append((project, count)), now=lambda: clock[0]
    )
    assert watch.is_idle
    folder = tmp_path / "work"
    (folder / ".trackbook").mkdir(parents=True)
    watch.begin("work", folder)
    watch.look()
    assert told == []
    (folder / ".trackbook/trackbook.duckdb").write_bytes(b"x")
    watch.look()
    watch.look()
    assert told == [("work", 1)]
    clock[0] = watching.WATCHED_S + 1
    (folder / ".trackbook/trackbook.duckdb").write_bytes(b"xyz")
    watch.look()
    assert told == [("work", 1)]
    assert watch.is_idle


def test_a_project_that_is_deleted_is_news_and_no_error(tmp_path) -> None:
    told = []
    watch = Watch(lambda project, count: told.append(count))
    (tmp_path / ".trackbook").mkdir()
    file = tmp_path / ".trackbook/trackbook.duckdb"
    file.write_bytes(b"x")
    watch.begin("", tmp_path)
    file.unlink()
    (tmp_path / ".trackbook").rmdir()
    watch.look()
    assert told == [1]
