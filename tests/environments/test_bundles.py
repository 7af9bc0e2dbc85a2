"""A version goes into a file and comes out of it on another machine, or is refused whole."""

from __future__ import annotations

import json
import shutil

import pytest

from trackbook.environments import new_key, pack, read_chart, take_in
from trackbook.errors import Misused, Refused


@pytest.fixture
def carried(field, tmp_path):
    """A signed bundle of the version in dev, and where its keys are."""
    new_key(tmp_path / "ann")
    file = tmp_path / "iris.tbz"
    pack(field["dev"], field.name, file, key=tmp_path / "ann", papers={"card.md": "# Iris"})
    return file


def trust(tmp_path, name="ann"):
    return [tmp_path / f"{name}.pub"]


def test_a_version_is_the_same_on_the_other_machine(field, carried, tmp_path) -> None:
    done = take_in(field["prod"], carried, trust=trust(tmp_path))
    here, there = field.at("dev"), field.at("prod")
    same = ("version_id", "version", "package_digest", "weights_fp", "object_fp", "signature",
            "run_id", "git_commit", "author", "flavour")  # fmt: skip
    assert [getattr(here, one) for one in same] == [getattr(there, one) for one in same]
    assert there.state == "DEVELOPMENT"
    assert there.signed_by == done.signed_by
    assert done.signed_by.startswith("ed25519:")
    import numpy as np

    model = field["prod"].models.load(field.name)
    first = field["dev"].models.load(field.name)
    rows = np.random.default_rng(0).random((20, 4))
    assert (model.predict(rows) == first.predict(rows)).all()


def test_run_data_and_papers_come_along(field, carried, tmp_path) -> None:
    take_in(field["prod"], carried, trust=trust(tmp_path))
    told = dict(field.rows("prod", "SELECT what, facts FROM origins"))
    assert json.loads(told["run"])["metrics"] == {"accuracy": 0.95}
    assert json.loads(told["paper"])["text"] == "# Iris"
    assert json.loads(told["dataset"])["name"] == "train"


def test_it_goes_to_production_by_the_gates_of_where_it_arrives(
    field, carried, tmp_path
) -> None:
    take_in(field["prod"], carried, trust=trust(tmp_path))
    models = field["prod"].models
    assert models.promote(field.name, "staging").report.passed
    models.promote(field.name, "production")
    assert field.at("prod").state == "PRODUCTION"


def test_twice_is_once(field, carried, tmp_path) -> None:
    take_in(field["prod"], carried, trust=trust(tmp_path))
    again = take_in(field["prod"], carried, trust=trust(tmp_path))
    assert not again.is_new
    assert field.rows("prod", "SELECT count(*) FROM shipments") == [(1,)]
    assert field.rows("prod", "SELECT count(*) FROM version") == [(1,)]


def test_where_it_was_made_it_is_not_received(field, carried, tmp_path) -> None:
    assert not take_in(field["dev"], carried, trust=trust(tmp_path)).is_new
    assert field.rows("dev", "SELECT step FROM shipments") == [("sent",)]
    assert field.rows("dev", "SELECT * FROM origins") == []


def test_the_same_version_makes_the_same_file(field, carried, tmp_path) -> None:
    other = tmp_path / "other.tbz"
    pack(
        field["dev"], field.name, other, key=tmp_path / "ann", papers={"card.md": "# Iris"}
    )
    assert other.read_bytes() == carried.read_bytes()


def test_who_is_trusted_can_stand_in_the_projects_file(field, carried, tmp_path) -> None:
    file = field["prod"].project / "trackbook.environments.toml"
    file.write_text('[trust]\nkeys = ["ann.pub"]\n')
    shutil.copy(tmp_path / "ann.pub", field["prod"].project)
    assert len(read_chart(field["prod"].project).keys) == 1
    assert take_in(field["prod"], carried).is_new


def test_a_stranger_is_not_trusted(field, carried, tmp_path) -> None:
    new_key(tmp_path / "eve")
    with pytest.raises(Refused, match="does not trust"):
        take_in(field["prod"], carried, trust=trust(tmp_path, "eve"))
    with pytest.raises(Misused, match="whom do you trust"):
        take_in(field["prod"], carried)
    assert field.at("prod") is None


def test_unsigned_needs_the_word_and_is_marked_for_ever(field, tmp_path) -> None:
    file = tmp_path / "iris.tbz"
    with pytest.raises(Misused, match="--key"):
        pack(field["dev"], field.name, file, key=None)
    pack(field["dev"], field.name, file, key=None, unsigned=True)
    new_key(tmp_path / "ann")
    with pytest.raises(Refused, match="--unsigned"):
        take_in(field["staging"], file, trust=trust(tmp_path))
    take_in(field["staging"], file, unsigned=True)
    version = field.at("staging")
    assert version.signed_by == "unsigned"
    assert "nobody signed" in version.warning
    # What it says of itself counts for nothing.
    with pytest.raises(Refused, match=r"perf\.threshold"):
        field["staging"].models.promote(field.name, "staging")
    field["staging"].models.promote(
        field.name, "staging", force=True, reason="looked at it"
    )
    field.promote("prod", force=True, reason="looked at it again")
    assert field.at("prod").signed_by == "unsigned"


def test_a_key_is_its_owners_and_never_overwritten(tmp_path) -> None:
    new_key(tmp_path / "k")
    before = (tmp_path / "k").read_bytes()
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="never overwritten"):
        new_key(tmp_path / "k")
    (tmp_path / "m.pub").write_text("mine")
    with pytest.raises(Refused, match="never overwritten"):
        new_key(tmp_path / "m")
    assert not (tmp_path / "m").exists()
    assert (tmp_path / "k").read_bytes() == before


def test_a_key_that_others_can_read_signs_nothing(field, tmp_path) -> None:
    new_key(tmp_path / "k")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        pack(field["dev"], field.name, tmp_path / "x.tbz", key=tmp_path / "k")
    assert not (tmp_path / "x.tbz").exists()
    assert field.rows("dev", "SELECT count(*) FROM shipments") == [(0,)]


def test_a_file_that_is_there_stays(field, carried, tmp_path) -> None:
    with pytest.raises(Refused, match="--overwrite"):
        pack(field["dev"], field.name, carried, key=tmp_path / "ann")
