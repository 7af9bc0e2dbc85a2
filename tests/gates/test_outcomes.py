"""Whatever is broken is an error that blocks; what a check needs and does not find is no pass."""

from __future__ import annotations

import pytest

from trackbook.gates import Champion, Gate, ask, evaluate, gates
from trackbook.gates.catalogue import OWN

ROWS = {"data": "gone.csv", "target": "y"}
OLD = Champion(version="1.0.0", version_id="v1", package_digest="d", signature="{}")
NEVER_SKIPPED = {
    "perf.threshold": {"metric": "auc", "min": 0.1},
    "perf.overfit": {"metric": "auc", "max_gap": 1},
    "package.intact": {},
    "size.package": {"max_mb": 1e-9},
    "size.memory": {"max_mb": 0.001},
    "signature.present": {},
    "deps.pinned": {},
    "security.format": {},
    "compliance.metadata": {"require": ["nobody wrote this"]},
    "compliance.approvals": {},
    "compliance.card": {},
    "compliance.data_licence": {},
    "repro.verified": {},
    "repro.git_clean": {},
}
"""What they need belongs to a version: where it is missing they fail, they are not skipped."""


class Broken(str):
    """A fact that nobody can look at."""

    __slots__ = ()

    def __eq__(self, other):
        raise RuntimeError("broken on purpose")

    __hash__ = str.__hash__


def boom(*_args, **_keys):
    raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(
    ("check", "keys", "facts"),
    [
        ("perf.overfit", {"metric": "f1", "max_gap": 1},
         {"metrics": {"train_f1": "a", "val_f1": "b"}}),
        ("package.intact", {}, {"verify": boom}),
        ("size.memory", {}, {"verify": boom}),
        ("signature.compatible", {}, {"champion": OLD, "compare": boom}),
        ("compliance.metadata", {}, {"metadata": None}),
        ("compliance.approvals", {}, {"approvals": None}),
        ("compliance.data_licence", {}, {"metadata": None}),
        ("lineage.complete", {}, {"reach": 5}),
        ("repro.verified", {}, {"reproduction": Broken("identical")}),
        ("repro.git_clean", {}, {"git_commit": 5}),
        ("latency.p99", {"max_ms": 5}, {"probes": boom}),
    ],
)  # fmt: skip
def test_a_fact_that_is_broken_is_an_error_and_blocks(judged, check, keys, facts) -> None:
    found = judged(check, keys=keys, **facts)
    assert (found.outcome, found.blocks) == ("errored", True), found.words
    assert found.words


@pytest.mark.parametrize(
    "check",
    [
        "deps.pinned",
        "deps.resolves",
        "security.format",
        "security.secrets",
        "compliance.card",
    ],
)
def test_a_package_that_is_gone_is_an_error_and_blocks(
    packed, judged, tmp_path, check
) -> None:
    gone = packed.candidate(folder=tmp_path / "gone")
    found = judged(check, candidate=gone)
    assert (found.outcome, found.blocks) == ("errored", True), found.words


@pytest.mark.parametrize(
    ("check", "keys"),
    [
        ("perf.vs_baseline", {"metric": "accuracy"}),
        ("perf.slices", {"metric": "accuracy", "by": ["a"], "min": 0.5}),
        ("perf.calibration", {"max_ece": 0.1}),
        ("fairness.demographic_parity", {"group": "a", "max_diff": 0.1}),
        ("fairness.equal_opportunity", {"group": "a", "max_diff": 0.1}),
        ("fairness.equalized_odds", {"group": "a", "max_diff": 0.1}),
        ("fairness.calibration", {"group": "a", "max_ece": 0.1}),
        ("data.schema", {}),
    ],
)
def test_rows_that_are_gone_are_an_error_and_block(packed, tmp_path, check, keys) -> None:
    policy = gates(Gate("staging", [ask(check, **keys)]), evaluation=ROWS, folder=tmp_path)
    candidate = packed.candidate(baseline=OLD, champion=OLD)
    (found,) = evaluate(candidate, policy, "staging").results
    assert (found.outcome, found.blocks) == ("errored", True), found.words
    assert "gone.csv" in found.words


@pytest.mark.parametrize("check", NEVER_SKIPPED)
def test_what_belongs_to_a_version_and_is_missing_is_a_failure(
    packed, judged, check
) -> None:
    (packed.folder / "environment/requirements.txt").unlink()
    packed.write("model/model.pkl", b"\x80\x04N.")
    poor = {
        "metrics": {}, "signature": None, "metadata": {}, "approvals": (), "used": (),
        "reproduction": None, "git_commit": None, "package_digest": "0" * 64, "is_unsafe": True,
    }  # fmt: skip
    found = judged(check, keys=NEVER_SKIPPED[check], candidate=packed.candidate(**poor))
    assert (found.outcome, found.blocks) == ("failed", True), found.words


def test_times_without_rows_to_call_it_with_are_skipped(packed, judged) -> None:
    (packed.folder / "data/probe.npz").unlink()
    for check in ("latency.p50", "latency.p99"):
        found = judged(check, keys={"max_ms": 5}, candidate=packed.candidate())
        assert (found.outcome, "no rows" in found.words) == ("skipped", True)


def test_no_check_is_made_up_here() -> None:
    assert NEVER_SKIPPED.keys() <= OWN.keys()
