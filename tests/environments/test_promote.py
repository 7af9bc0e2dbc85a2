"""A version goes from project to project: the same bytes, the same identity, noted on both sides."""

from __future__ import annotations

import pytest

from trackbook.errors import Refused


def test_a_version_keeps_its_identity_along_the_chain(field) -> None:
    field.whole()
    versions = [field.at(env) for env in ("dev", "staging", "prod")]
    same = ("version_id", "version", "package_digest", "weights_fp", "object_fp", "signature",
            "author", "run_id", "git_commit")  # fmt: skip
    for fact in same:
        assert len({getattr(one, fact) for one in versions}) == 1, fact
    assert [one.state for one in versions] == ["DEVELOPMENT", "STAGING", "PRODUCTION"]
    assert [one.origin for one in versions] == ["", "dev", "staging"]
    assert field.rows("prod", "SELECT role FROM slots WHERE env = 'prod'") == [
        ("champion",)
    ]


def test_dev_cannot_pass_staging_by(field) -> None:
    with pytest.raises(Refused, match=r"from dev a version goes to staging"):
        field.promote("prod", at="dev")
    assert field.rows("prod", "SELECT * FROM versions") == []
