"""Who decided is recorded, and how that is known."""

from __future__ import annotations

import json
import os
import pwd
import subprocess

from registry_desk import facts

from trackbook.registry import Registry, history, who_is_this


def test_the_system_is_believed_and_not_a_variable() -> None:
    me = pwd.getpwuid(os.getuid()).pw_name
    who = who_is_this(environ={"USER": "somebody else", "LOGNAME": "somebody else"})
    assert (who.name, who.source) == (me, "os user")


def test_a_hub_and_a_ci_say_who_works_there() -> None:
    hub = who_is_this(environ={"JUPYTERHUB_USER": "ben"})
    assert (hub.name, hub.source) == ("ben", "jupyterhub")
    ci = who_is_this(
        environ={"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "cem", "GITHUB_RUN_ID": "17"}
    )
    assert (ci.name, ci.source, ci.seen["ci job"]) == ("cem", "github actions", "17")
    assert ci.seen["os user"] == pwd.getpwuid(os.getuid()).pw_name
    assert who_is_this(environ={"GITLAB_CI": "1"}).name == "gitlab ci"
    assert who_is_this(environ={"CI": "1"}).source == "os user"


def test_what_git_says_is_kept_beside_it(tmp_path) -> None:
    for words in (["init", "-q"], ["config", "user.email", "dora@example.org"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert who_is_this(tmp_path, {}).seen["git email"] == "dora@example.org"


def test_every_entry_says_who_and_how_that_is_known(desk) -> None:
    registry = Registry(desk.journal, desk.store)
    registry.register(facts("a"), "churn")
    (move,) = history(desk.store, "churn").moves
    assert (move.actor, move.actor_from) == (pwd.getpwuid(os.getuid()).pw_name, "os user")
    ((identity,),) = desk.store.rows("SELECT identity FROM transitions").rows
    assert json.loads(identity)["host"]
