"""Killed between any two steps, a promotion leaves nothing to be seen, or what the next completes."""

from __future__ import annotations

import signal

import pytest

from trackbook.environments import route
from trackbook.packages import verify
from trackbook.registry import verify_chain

DIE = """
import os, signal
from pathlib import Path
from trackbook.journal import Journal
from trackbook.packages import shelf
from environments_field import Field

count = 0

def dying(really, before):
    def call(*args, **choices):
        global count
        count += 1
        if before and count == {at}:
            os.kill(os.getpid(), signal.SIGKILL)
        found = really(*args, **choices)
        if not before and count == {at}:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return call

for owner, name in ((Journal, "put_for_good"), (shelf.Draft, "publish"), (shelf.Draft, "copy")):
    setattr(owner, name, dying(getattr(owner, name), {before}))
field = Field(Path("."), "iris@1.0.0")
field.promote("staging")
field.close()
print(count)
"""


def test_the_steps_are_counted(field) -> None:
    field.let_go()
    done = field.python(DIE.format(at=0, before=True))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 10


@pytest.mark.parametrize(
    ("step", "before"),
    [(step, True) for step in (1, 2, 12, -8, -7, -6, -5, -4, -3, -2, -1, 0)] + [(0, False)],
)  # killed after a step is killed before the next
def test_killed_anywhere_it_is_completed_by_the_next_call(
    field, template, step, before
) -> None:
    field.let_go()
    last = steps_of(field, template)
    at = step if step > 0 else last + step
    died = field.python(DIE.format(at=at, before=before))
    assert died.returncode == -signal.SIGKILL, died.stderr
    there = field.at("staging")
    if there is not None:  # whatever is to be seen is whole
        assert there.package_digest == field.at("dev").package_digest
        verify(field.package("staging"), there.package_digest)
    assert verify_chain(field["staging"].store).is_whole if there else True
    field.let_go()
    assert field.promote("staging").state == "STAGING"
    assert field.at("staging").slots == ["staging/champion"]
    for env in ("dev", "staging"):
        assert field.rows(env, "SELECT count(*) FROM shipments") == [(1,)]
        assert verify_chain(field[env].store).is_whole
    assert field.rows("staging", "SELECT count(*) FROM version") == [(1,)]
    assert field.rows("staging", "SELECT count(*) FROM origins") == [(3,)]
    assert route(field["dev"], field.name).is_sound


STEPS: list[int] = []


def steps_of(field, template) -> int:
    """How many steps there are, counted once, in a copy."""
    if not STEPS:
        import shutil

        copy = field.root / "copy"
        shutil.copytree(template.root, copy)
        field.root, root = copy, field.root
        STEPS.append(int(field.python(DIE.format(at=0, before=True)).stdout.split()[-1]))
        field.root = root
    return STEPS[0]
