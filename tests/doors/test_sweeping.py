"""A sweep in a notebook: a function of its cells, seen while it runs and afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from trackbook.errors import Misused


def test_a_function_of_the_notebook_is_swept_in_other_processes(sheet) -> None:
    import trackbook

    seen: list[str] = []
    sheet.shell.push({"tell": lambda now: seen.append(now.line)}, interactive=False)
    sheet.ok(
        "import os\nscale = 3\n"
        "def f(x, kind='<b>'):\n    return {'acc': x * scale, 'away': os.getpid()}",
        "import trackbook\nfound = trackbook.sweep(f, {'x': [1, 2], 'kind': ['<b>', 'c']},"
        " metric='acc', jobs=2, progress=tell)",
    )
    found = sheet.shell.user_ns["found"]
    assert (found.best.value, found.best.params) == (6.0, {"x": 2, "kind": "<b>"})
    assert found.headline.startswith("sweep-1: 4 of 4 done; best acc 6 in trial 2 (x=2")
    assert seen[0].startswith("sweep-1: 0 of 4 done, ")
    assert seen[-1] == found.headline
    assert [row["number"] for row in found.table().dicts()] == [2, 3, 0, 1]
    assert "<b>" not in found._repr_html_().replace("&lt;b&gt;", "")
    away = {
        row[0]
        for row in sheet.sql("SELECT metrics['away'] FROM runs WHERE relation = 'child'")
    }
    import os

    assert os.getpid() not in away
    (run,) = sheet.sql("SELECT r.metrics['acc'], c.source LIKE '%sweep(f%' FROM runs r JOIN"
                       " run_facts USING (run_id) JOIN cells c USING (execution_id)"
                       " WHERE r.name = 'sweep-1'")  # fmt: skip
    assert run == (6.0, True)

    with ThreadPoolExecutor(2) as pool:  # the user's own goes on living
        given = trackbook.sweep(
            lambda x: x * 1.0, {"x": "1..5:0.5"},
            direction="min", search="random", budget=5, seed=1, executor=pool,
        )  # fmt: skip
        assert pool.submit(len, "ab").result() == 2
    assert given.best.value == min(row["value"] for row in given.table().dicts())
    assert sheet.sql("SELECT executor FROM sweeps ORDER BY started_at DESC LIMIT 1") == [
        ("ThreadPoolExecutor",)
    ]
    again = trackbook.sweep(lambda x: x * 1.0, resume=given.sweep_id, budget=7)
    assert len(again.table()) == 7

    with pytest.raises(Misused, match="does not take the params"):
        trackbook.sweep(lambda x: x, {"y": [1]})
    with pytest.raises(Misused, match="pass it"):
        trackbook.sweep(resume=given.sweep_id)
