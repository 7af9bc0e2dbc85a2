"""What a launched process is told, and makes of it."""

from __future__ import annotations

from trackbook.capture import LAUNCH, Launch, launch_of
from trackbook.clock import new_id


def test_what_a_launcher_says_arrives() -> None:
    told = Launch(
        run_id=new_id(),
        name="a\n'\"",
        experiment="x/y",
        parent_run_id=new_id(),
        relation="child",
        params={"lr": 0.1, "most": float("inf"), "cfg": {"a": [1, None]}, "t": "é\x00"},
    )
    found = launch_of({LAUNCH: told.text()})
    assert found.params == {**told.params, "most": "inf"}
    assert (found.run_id, found.name, found.relation) == (told.run_id, "a\n'\"", "child")
    assert launch_of({}) is None
