"""A version goes from project to project: the same bytes, the same identity, noted on both sides."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trackbook.book import Book, Keeping
from trackbook.doors.registry import approvals
from trackbook.environments import Wish, promote
from trackbook.errors import Conflict, Misused, NotFound, Refused
from trackbook.packages import Tampered, shelf, verify
from trackbook.registry import Who, entries_about, verify_chain

APPROVED = """\
version = 1
[targets.staging]
require = ["package.intact"]
[targets.production]
extends = "staging"
approvals = { count = 1, not_author = true }
"""


def shipments(field, env):
    sql = "SELECT step, from_env, to_env, version, package_digest FROM shipments ORDER BY entry"
    return field.rows(env, sql)


def test_a_version_keeps_its_identity_along_the_chain(field) -> None:
    field.whole()
    versions = [field.at(env) for env in ("dev", "staging", "prod")]
    same = ("version_id", "version", "package_digest", "weights_fp", "object_fp", "signature",
            "author", "run_id", "git_commit", "description", "size_bytes")  # fmt: skip
    for fact in same:
        assert len({getattr(one, fact) for one in versions}) == 1, fact
    assert [one.state for one in versions] == ["DEVELOPMENT", "STAGING", "PRODUCTION"]
    assert [one.origin for one in versions] == ["", "dev", "staging"]
    assert field.at("staging").slots == ["staging/champion"]
    assert field.at("prod").slots == ["prod/champion"]
    for env in ("dev", "staging", "prod"):
        verify(field.package(env), versions[0].package_digest)
        assert verify_chain(field[env].store).is_whole


def test_a_note_is_left_in_both_logs_and_each_names_the_others(field) -> None:
    field.promote("staging", reason="looks good")
    digest = field.at("dev").package_digest
    assert shipments(field, "dev") == [("sent", "dev", "staging", "1.0.0", digest)]
    assert shipments(field, "staging") == [("received", "dev", "staging", "1.0.0", digest)]
    hashes = {}
    for env in ("dev", "staging"):
        version = field.at(env)
        found = entries_about(field[env].store, version.model, version.version_id)
        hashes[env] = {one.hash for one in found}
    ((named_here, reason, report),) = field.rows(
        "dev", "SELECT other_hash, reason, gate_report_id FROM shipments"
    )
    ((named_there,),) = field.rows("staging", "SELECT other_hash FROM shipments")
    assert named_here in hashes["staging"]
    assert named_there in hashes["dev"]
    assert reason == "looks good"
    for env in ("dev", "staging"):
        sql = "SELECT verdict FROM gate_reports WHERE report_id = '" + report + "'"
        assert field.rows(env, sql) == [("passed",)]


def test_doing_it_twice_sends_nothing_twice(field) -> None:
    first = field.promote("staging")
    before = {env: verify_chain(field[env].store).count for env in ("dev", "staging")}
    again = field.promote("staging")
    assert not first.was_there
    assert again.was_there
    assert before == {
        env: verify_chain(field[env].store).count for env in ("dev", "staging")
    }


@pytest.mark.parametrize(
    ("env", "at", "match"),
    [
        ("prod", "dev", "from dev a version goes to staging"),
        ("dev", "staging", "from staging a version goes to prod"),
        ("dev", "prod", "from prod a version goes to nowhere"),
        ("staging", "prod", "from prod a version goes to nowhere"),
    ],
)
def test_an_edge_that_the_chain_does_not_have_is_refused(field, env, at, match) -> None:
    if at != "dev":
        field.whole()
    count = {e: len(shipments(field, e)) for e in ("dev", "staging", "prod")}
    with pytest.raises(Refused, match=match):
        field.promote(env, at=at)
    assert count == {e: len(shipments(field, e)) for e in ("dev", "staging", "prod")}


def test_a_version_enters_an_environment_in_its_state_only(field) -> None:
    with pytest.raises(Misused, match=r"promote iris@1\.0\.0 staging --env staging"):
        promote(field["dev"], field.name, Wish(to="production", env="staging"))
    field.promote("staging")
    with pytest.raises(Conflict, match="is STAGING, not DEVELOPMENT"):
        field.promote("prod", expected_from="DEVELOPMENT")


def test_what_was_not_in_staging_does_not_go_to_production(field) -> None:
    field.promote("staging")
    field["staging"].models.registry().undeploy("iris", "staging", "champion", reason="no")
    field["staging"].models.registry().demote(field.name, reason="not yet")
    with pytest.raises(Refused, match="leads through STAGING"):
        field.promote("prod")
    assert field.at("prod") is None
    assert list(field["prod"].models.shelf.digests()) == []


def test_the_receivers_gate_decides(field) -> None:
    file = field["staging"].project / "trackbook.gates.toml"
    file.write_text(file.read_text().replace("0.9", "0.99"))
    with pytest.raises(Refused, match=r"the gate of staging says: perf\.threshold"):
        field.promote("staging")
    assert field.at("staging") is None
    assert list(field["staging"].models.shelf.digests()) == []
    done = field.promote("staging", force=True, reason="the test set is too small")
    assert done.state == "STAGING"
    assert field.at("staging").forced


def test_the_senders_own_gate_is_asked_too(field) -> None:
    file = field["dev"].project / "trackbook.gates.toml"
    file.write_text(file.read_text().replace("0.9", "0.99"))
    with pytest.raises(Refused, match="its own gate says"):
        field.promote("staging")
    assert field.at("staging") is None


def test_approvals_are_given_where_the_version_is_and_carried_as_given(field) -> None:
    (field["prod"].project / "trackbook.gates.toml").write_text(APPROVED)
    field.promote("staging")
    with pytest.raises(Refused, match="an approval was asked for here"):
        field.promote("prod")
    bob = field["staging"].models.registry("production")
    bob._who = Who(name="bob", source="given")
    bob.approve(field.name, "PRODUCTION", comment="I ran it")
    assert field.promote("prod").state == "PRODUCTION"
    ((facts,),) = field.rows(
        "prod", "SELECT facts FROM origins WHERE what = 'version' AND env = 'staging'"
    )
    assert '"actor":"bob"' in facts
    assert '"comment":"I ran it"' in facts
    shown = approvals(field["prod"], "iris").dicts()
    assert [(one["status"], one["approvers"], one["origin"]) for one in shown] == [
        ("requested", [], "staging"),
        ("approved", ["bob"], "staging"),
    ]
    assert field.at("dev").package_digest in facts


def test_the_same_number_with_other_bytes_is_refused(field) -> None:
    book = field["staging"]
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    rows, kinds = load_iris(return_X_y=True, as_frame=True)
    package = book.models.package(
        DecisionTreeClassifier().fit(rows, kinds), "iris", run=None,
        keeping=Keeping(example=rows[:5]),
    )  # fmt: skip
    book.models.register(package, "iris", run=None, version="1.0.0")
    with pytest.raises(Refused, match=r"does not go to staging .* a version never changes"):
        field.promote("staging")
    assert shipments(field, "dev") == []


def test_the_same_bytes_registered_there_are_not_taken_for_received(field) -> None:
    book, digest = field["staging"], field.at("dev").package_digest
    _ = book.journal
    package = field["dev"].models.packaged(digest)
    book.models.register(package, "iris", run=None, version="3.0.0")
    with pytest.raises(Refused, match=r"these bytes are iris@3\.0\.0 there already"):
        field.promote("staging")


def spoil(file: Path) -> None:
    file.chmod(0o644)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def large(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_a_changed_byte_where_it_lies_is_refused_in_each_file(field) -> None:
    folder = field.package("dev")
    for file in sorted(large(folder), key=lambda one: one.stat().st_size)[-6:]:
        keep = file.read_bytes()
        spoil(file)
        with pytest.raises((Tampered, Refused)):
            field.promote("staging")
        file.write_bytes(keep)
        file.chmod(0o444)
    assert field.at("staging") is None
    assert list(field["staging"].models.shelf.digests()) == []
    field.promote("staging")


def test_a_byte_that_changes_after_the_gate_is_refused(field, monkeypatch) -> None:
    from trackbook.packages import transport

    folder, really = field.package("dev"), transport.is_sound

    def late(place, digest):  # between the look at the sender's bytes and their copying
        spoil(folder / "model" / "metadata.json")
        return really(place, digest)

    monkeypatch.setattr(transport, "is_sound", late)
    with pytest.raises(Tampered, match="a byte was changed on the way"):
        field.promote("staging")
    assert field.at("staging") is None
    assert large(field["staging"].folder / "packages") == []


def test_a_byte_that_changes_in_the_copy_is_refused(field, monkeypatch) -> None:
    really = shelf.Draft._enter

    def entered(
        self, path, file
    ):  # what a bad disk or somebody else does to what was copied
        really(self, path, file)
        if path.endswith("metadata.json"):
            self._digests[path].result()
            spoil(file)

    monkeypatch.setattr(shelf.Draft, "_enter", entered)
    with pytest.raises(Tampered):
        field.promote("staging")
    assert field.at("staging") is None
    assert large(field["staging"].folder / "packages") == []
    monkeypatch.undo()
    assert field.promote("staging").state == "STAGING"


def test_a_spoilt_copy_that_lies_there_is_replaced(field) -> None:
    field.promote("staging")
    spoil(field.package("staging") / "model" / "metadata.json")
    field["staging"].models.registry().undeploy("iris", "staging", "champion", reason="no")
    field["staging"].models.registry().demote(field.name, reason="spoilt")
    field.promote("staging")
    verify(field.package("staging"), field.at("dev").package_digest)


def test_many_at_once_send_it_once(field) -> None:
    field.let_go()

    def go(_: int) -> str:
        book = Book(field.root / "dev")
        try:
            return promote(book, field.name, Wish(to="staging", env="staging")).state
        finally:
            book.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(go, range(4))) == {"STAGING"}
    assert len(shipments(field, "dev")) == 1
    assert len(shipments(field, "staging")) == 1
    assert field.rows("staging", "SELECT count(*) FROM version") == [(1,)]


def test_a_rollback_in_the_last_environment(field) -> None:
    field.whole()
    second = field.register(c=0.5, accuracy=0.97)
    field.whole(second)
    assert field.at("prod", second).slots == ["prod/champion"]
    field["prod"].models.registry().rollback(
        "iris", reason="too slow", verify=lambda row: verify(
            field["prod"].models.shelf.place_of(row.package_digest), row.package_digest
        )
    )  # fmt: skip
    assert field.at("prod").state == "PRODUCTION"
    assert field.at("prod", second).state == "DEPRECATED"
    with pytest.raises(Refused, match="rollback"):
        field.promote("prod", name=second)


def test_environments_without_a_project_are_slots_as_before(field) -> None:
    chart = field["dev"].project / "trackbook.environments.toml"
    chart.write_text('[environments.prod]\nproject = "../prod"\n')
    (field["prod"].project / chart.name).unlink()
    models = field["dev"].models
    models.promote(field.name, "staging")
    models.registry().deploy(field.name, "staging", "champion")
    assert field.promote("prod", at="dev").state == "PRODUCTION"
    assert field.at("prod").origin == "staging"


def test_a_project_that_is_not_there_is_said(field) -> None:
    field.let_go()
    shutil.rmtree(field.root / "staging")
    with pytest.raises(NotFound, match=r"no trackbook project in .*staging"):
        field.promote("staging")
    assert not (field.root / "staging").exists()
