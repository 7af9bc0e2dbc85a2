"""What number a version is proposed, by what is on record of the last."""

from __future__ import annotations

from types import SimpleNamespace

from trackbook.book.models import proposed


def made(digest, **more):
    facts = {"weights_fp": "1" * 64, "fp_algo": "tb-fp/2", "signature": None}
    return SimpleNamespace(package_digest=digest * 64, **(facts | more))


def test_weights_told_by_another_algorithm_are_not_called_retrained():
    before = made("a", version="1.4.2", fp_algo="tb-fp/1", weights_fp="2" * 64)
    found = proposed(made("b"), [before])
    assert (found.semver, "retrained" in found.why) == ("1.5.0", False)
    assert "cannot be compared" in found.why
    assert (
        "retrained"
        in proposed(made("b"), [made("a", version="1.4.2", weights_fp="2" * 64)]).why
    )
