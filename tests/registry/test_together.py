"""Several processes decide at once and are killed at random: the log stays one, and right.

Each decides in the open, by the commands that people have; what is refused is refused.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from registry_desk import Desk

from trackbook.errors import Busy, Conflict, Misused, NotFound, Refused
from trackbook.registry import differences, verify_chain, versions
from trackbook.registry.log import log_of

SECONDS = 15.0
DEATHS = 10
PEOPLE = ("ann", "ben", "cem")
ROLES = ("champion", "challenger", "shadow", "canary")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def commands(desk: Desk, rng: random.Random):
    """One command after the other, on whatever is there."""
    registry = desk.registry
    while True:
        known = [row.name for row in versions(desk.store, "churn")]
        if rng.random() < 0.1:
            yield lambda: registry.register_word(rng.random())
            continue
        name = rng.choice(known)
        to = rng.choice(["STAGING", "PRODUCTION", "PRODUCTION", "ARCHIVED", "DEVELOPMENT"])
        role, env = rng.choice(ROLES), rng.choice(["prod", "prod", "staging"])
        yield rng.choice(
            [
                lambda: registry.move(name, to, report=desk.report(name, to), reason="r"),
                lambda: registry.promote(name, "PRODUCTION", reason="r", force=True),
                lambda: registry.rollback("churn", reason="bad", verify=lambda _: True),
                lambda: registry.alias(name, rng.choice(["stable", "next"]), reason="r"),
                lambda: registry.deploy(name, env, role, traffic=20 * (role == "canary")),
                lambda: registry.undeploy("churn", env, role, reason="r"),
                lambda: registry.request(name),
                lambda: registry.approve(name, comment="c"),
                lambda: registry.delete(name, reason="r"),
            ]
        )


def work(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    desk = Desk(folder, who=PEOPLE[seed % len(PEOPLE)])
    desk.registry.register_word = desk.new
    for command in commands(desk, rng):
        with suppress(Refused, Conflict, NotFound, Misused, Busy):
            command()


def start(work, folder: Path, *words) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work(folder, *words)
        except BaseException as error:  # noqa: BLE001
            (folder / "errors" / f"{os.getpid()}").write_text(f"{work.__name__}: {error!r}")
            os._exit(1)
        os._exit(0)
    return pid


def torment(folder: Path) -> int:
    """Let them decide for a while, kill one after the other, and return how many."""
    rng = random.Random(20)
    pids = [start(work, folder, seed) for seed in range(len(PEOPLE))]
    deadline, kills = time.monotonic() + SECONDS, 0
    while time.monotonic() < deadline:
        time.sleep(rng.uniform(0.2, 1.2))
        victim = rng.randrange(len(pids))
        os.kill(pids[victim], signal.SIGKILL)
        os.waitpid(pids[victim], 0)
        kills += 1
        pids[victim] = start(work, folder, 100 * kills + victim)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return kills


def test_any_commands_of_people_who_are_killed_leave_one_chain_and_one_champion(
    tmp_path,
) -> None:
    folder = tmp_path / ".trackbook"
    (folder / "errors").mkdir(parents=True)
    desk = Desk(folder)
    for word in range(3):
        desk.staged(word)
    desk.close()
    assert torment(folder) > 8
    desk = Desk(folder)
    chain = verify_chain(desk.store)
    assert [f.read_text() for f in (folder / "errors").iterdir()] == []
    assert chain.blemishes == []
    assert chain.count > 12
    assert differences(desk.store) == []
    twice = "SELECT model, env, role FROM slots GROUP BY ALL HAVING count(*) > 1"
    assert desk.store.rows(twice).rows == []
    wrong = (
        "SELECT s.role, v.version, v.state FROM slots s JOIN versions v USING (version_id)"
        " WHERE s.env = 'prod' AND s.role = 'champion' AND v.state <> 'PRODUCTION'"
    )
    assert desk.store.rows(wrong).rows == []
    traffic = "SELECT env, sum(traffic) FROM slots GROUP BY env HAVING sum(traffic) > 100"
    assert desk.store.rows(traffic).rows == []
    assert len({entry.actor for entry in log_of(desk.store)}) > 1
    desk.live("after all that")  # it goes on
    assert verify_chain(desk.store).is_whole
    desk.close()


def release(folder: Path, who: str, name: str, gate: str) -> None:
    """Promote a version to production, once everybody is ready."""
    desk = Desk(folder, who=who)
    report = desk.report(name, "PRODUCTION")
    (folder / "ready" / who).touch()
    while not (folder / gate).exists():
        time.sleep(0.001)
    try:
        desk.registry.promote(name, "PRODUCTION", report=report, expected_champion="1.0.0")
    except Conflict as error:
        (folder / "lost" / who).write_text(str(error))
    else:
        (folder / "won" / who).touch()


def test_of_promoters_at_the_same_time_one_wins_and_the_others_learn_who(tmp_path) -> None:
    folder = tmp_path / ".trackbook"
    for name in ("errors", "won", "lost", "ready"):
        (folder / name).mkdir(parents=True)
    desk = Desk(folder)
    desk.live("a")
    names = [desk.staged(word) for word in "bcd"]
    desk.journal.close()
    pids = [
        start(release, folder, who, name, "go")
        for who, name in zip(PEOPLE, names, strict=True)
    ]
    while len(list((folder / "ready").iterdir())) < len(PEOPLE):
        time.sleep(0.01)
    (folder / "go").touch()
    for pid in pids:
        os.waitpid(pid, 0)
    assert [f.read_text() for f in (folder / "errors").iterdir()] == []
    (winner,) = (f.name for f in (folder / "won").iterdir())
    told = [f.read_text() for f in (folder / "lost").iterdir()]
    assert len(told) == 2 and all(f"{winner} was first" in words for words in told)
    assert desk.at("churn@champion").name == names[PEOPLE.index(winner)]
    desk.store.close()


def test_a_full_disk_decides_nothing(tmp_path, monkeypatch) -> None:
    desk = Desk(tmp_path / ".trackbook")
    first = desk.live("a")

    def takes_nothing(_record) -> None:
        raise OSError(28, "no space left")  # tests/journal fills a real disk

    monkeypatch.setattr(desk.journal, "put_for_good", takes_nothing)
    with pytest.raises(Refused, match="nothing was decided of churn"):
        desk.new("b")
    monkeypatch.undo()
    assert [row.name for row in versions(desk.store)] == [first]
    assert desk.new("b") == "churn@1.1.0"
    assert verify_chain(desk.store).is_whole
    desk.close()


def decide_and_die(folder: Path, step: int) -> None:
    """Roll back, and be killed at the so-manyeth thing that Python tells of on the way."""
    desk = Desk(folder, who="ben")
    done = 0

    def die_at(_event: str, _args: object) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die_at)
    desk.registry.rollback("churn", reason="bad", verify=lambda _: True)
    (folder / "whole").write_text(str(done))


def champion_after(folder: Path, step: int) -> str:
    """Who is champion when somebody died on the way back from the second to the first."""
    os.waitpid(start(decide_and_die, folder, step), 0)
    assert [f.read_text() for f in (folder / "errors").iterdir()] == []
    desk = Desk(folder)
    name = desk.at("churn@champion").name
    after = ["DEPRECATED", "PRODUCTION"]
    expected = after if name == "churn@1.1.0" else after[::-1]
    assert [desk.state("churn@1.0.0"), desk.state("churn@1.1.0")] == expected
    assert verify_chain(desk.store).is_whole
    assert differences(desk.store) == []
    desk.close()
    return name


def test_whoever_dies_anywhere_in_a_rollback_leaves_the_old_or_the_new(tmp_path) -> None:
    (tmp_path / "first" / "errors").mkdir(parents=True)
    desk = Desk(tmp_path / "first")
    desk.live("a")
    desk.live("b")
    desk.close()
    folders = {n: tmp_path / str(n) for n in range(-1, DEATHS)}
    for folder in folders.values():
        shutil.copytree(tmp_path / "first", folder)
    assert champion_after(folders[-1], 0) == "churn@1.0.0"
    steps = int((folders[-1] / "whole").read_text())
    assert steps > DEATHS
    seen = [champion_after(folders[n], 1 + n * steps // DEATHS) for n in range(DEATHS)]
    assert set(seen) == {"churn@1.0.0", "churn@1.1.0"}
    assert seen == sorted(seen, reverse=True)
