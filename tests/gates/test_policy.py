"""A policy says what it means before anything is asked, or it is not taken."""

from __future__ import annotations

import hashlib
import sys
from types import SimpleNamespace

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.gates import (
    POLICY_FILE,
    Gate,
    ask,
    built_in,
    catalogue,
    evaluate,
    gates,
    read_policy,
)

FULL = """
version = 1

[groups]
ml-leads = ["bo", "cy"]

[targets.staging]
require = ["signature.present", "deps.pinned"]
checks = [
  { check = "perf.threshold", metric = "f1_macro", min = 0.80 },
  { check = "size.package", max_mb = 200, time_limit = "5s" },
]

[targets.production]
extends = "staging"
on_error = "fail"
on_skip = { "security.*" = "fail", default = "warn" }
approvals = { count = 2, not_author = true, from = ["ml-leads", "di"], expires = "14d" }

[[targets.production.checks]]
check = "size.package"
max_mb = 100
severity = "warn"

[[targets.production.checks]]
check = "my_pkg.checks:no_weekend_bias"
max = 0.02
"""


@pytest.fixture
def policy(tmp_path):
    """Write a policy file and read it."""

    def read(text: str):
        (tmp_path / POLICY_FILE).write_text(text, encoding="utf-8")
        return read_policy(tmp_path)

    return read


def labels(policy, target) -> list[str]:
    return [want.label for want in policy.target(target).wants]


def test_a_file_is_read_with_all_that_it_extends(policy) -> None:
    found = policy(FULL)
    assert labels(found, "production") == [
        "signature.present",
        "deps.pinned",
        "perf.threshold(f1_macro)",
        "size.package",
        "my_pkg.checks:no_weekend_bias",
        "compliance.approvals",
    ]
    size = found.target("production").wants[3]
    assert (size.params, size.severity, size.time_limit_s) == ({"max_mb": 100}, "warn", 120)
    approvals = found.target("production").wants[-1]
    assert approvals.params == {
        "count": 2, "not_author": True, "from": ("bo", "cy", "di"), "expires": 14 * 86_400,
    }  # fmt: skip
    assert found.target("production").after("skip", "security.scan") == "fail"
    assert found.target("staging").after("skip", "security.scan") == "warn"


def test_the_digest_is_that_of_the_file(policy, tmp_path) -> None:
    found = policy(FULL)
    assert found.digest == hashlib.sha256((tmp_path / POLICY_FILE).read_bytes()).hexdigest()
    assert policy(FULL + "# looser soon\n").digest != found.digest


def test_a_project_without_a_file_has_gates(tmp_path) -> None:
    found = read_policy(tmp_path)
    assert found == built_in(tmp_path)
    assert {"security.scan", "load.clean_process"} <= set(labels(found, "staging"))
    assert labels(found, "production")[-1] == "compliance.approvals"


def target_with(check: str) -> str:
    return f"[targets.staging]\nchecks = [{{ {check} }}]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[targets.staging", r"cannot read .*trackbook\.gates\.toml"),
        ("", "has no targets"),
        ("version = 2", "version is 2: this trackbook reads version 1"),
        ("[target.staging]", "no key named 'target': did you mean 'targets'"),
        ("targets = 3", "targets is 3: it has to be a table"),
        ("[targets.staging]", "target 'staging' asks for nothing"),
        ('[targets."a b"]', "'a b' is no name for a target"),
        ('[targets.staging]\nrequires = ["deps.pinned"]', "did you mean 'require'"),
        ('[targets.staging]\nrequire = "deps.pinned"', "has to be a list of texts"),
        ('[targets.staging]\nrequire = ["deps.pined"]', "did you mean 'deps.pinned'"),
        ('[targets.staging]\nrequire = ["perf.threshold"]', "perf.threshold needs metric"),
        ('[targets.staging]\nrequire = ["os;x:y"]', "names no function"),
        ('[targets.staging]\nextends = "stagin"', "did you mean|no target named 'stagin'"),
        ('[targets.a]\nextends = "b"\n[targets.b]\nextends = "a"', "extends itself"),
        (target_with('metric = "f1"'), "a check has no name"),
        (target_with('check = "size.package", max_gb = 1'), "no key named 'max_gb'"),
        (target_with('check = "size.package", max_mb = "1"'), "max_mb is '1', which does not go"),
        (target_with('check = "size.package", severity = "wran"'), "did you mean 'warn'"),
        (target_with('check = "size.package", time_limit = "soon"'), "write a span such as"),
        (target_with('check = "size.package", time_limit = inf'), "write a span such as"),
        (target_with(f'check = "size.package", time_limit = {10**400}'), "write a span such"),
        (target_with(f'check = "size.package", max_mb = {10**400}'), "max_mb is inf|max_mb is '1000"),
        (target_with('check = "size.package", max_mb = nan'), "it has to be finite"),
        (target_with('check = "perf.threshold", metric = "f1"'), "give min or max"),
        (target_with('check = "perf.threshold", metric = "f1", min = nan'), "it has to be finite"),
        (target_with('check = "perf.threshold", metric = "f1", min = 2, max = 1'), "above max"),
        (target_with('check = "perf.vs_champion", metric = "zap"'), 'give direction = "max"'),
        (
            target_with('check = "perf.vs_champion", metric = "f1", direction = "maxx"'),
            "direction is 'maxx', it can be max, min, auto: did you mean 'max'",
        ),
        (target_with('check = "perf.vs_champion", metric = "f1", margin = -1'), "not negative"),
        (target_with('check = "perf.vs_champion", direction = "max"'), "name it"),
        ("[targets.a]\napprovals = { count = 0 }", "count is 0: it can be 1 or more"),
        ("[targets.a]\napprovals = { expire = '1d' }", "did you mean 'expires'"),
        ('[targets.a]\napprovals = { count = 2, from = ["bo"] }', "nothing could pass"),
        ('[targets.a]\nrequire=["deps.pinned"]\non_skip = "ignore"', "it can be fail, warn"),
        (
            '[targets.a]\nrequire=["deps.pinned"]\non_skip = { "securty.*" = "fail" }',
            r"no check named 'securty\.\*'",
        ),
        (
            '[targets.a]\nchecks = [{check="size.package"}, {check="size.package"}]',
            "asks for size.package twice: give one of them a label",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_with_the_file_and_what_may_be_meant(
    policy, text, says
) -> None:
    with pytest.raises(Misused, match=says) as told:
        policy(text)
    assert POLICY_FILE in str(told.value)
    assert "\n" not in str(told.value).split("cannot read")[0]


def test_a_target_that_is_not_there_is_said_before_anything_is_asked(packed) -> None:
    steps = []
    with pytest.raises(
        NotFound, match="no target named 'prodction': did you mean 'production'"
    ):
        evaluate(packed.candidate(), built_in(), "prodction", progress=steps.append)
    assert steps == []


def test_bytes_that_are_no_text_are_refused(tmp_path) -> None:
    (tmp_path / POLICY_FILE).write_bytes(b"version = 1 # \xff")
    with pytest.raises(Misused, match="is not UTF-8 at byte 14"):
        read_policy(tmp_path)


def test_a_bare_name_does_not_loosen_what_was_extended(policy) -> None:
    found = policy(
        '[targets.a]\nchecks = [{check="size.package", max_mb=1}]\n'
        '[targets.b]\nextends = "a"\nrequire = ["size.package"]'
    )
    assert found.target("b").wants[0].params == {"max_mb": 1}


def test_python_says_the_same_as_the_file(policy) -> None:
    written = policy(FULL)
    declared = gates(
        Gate(
            "staging",
            [
                "signature.present",
                "deps.pinned",
                ask("perf.threshold", metric="f1_macro", min=0.8),
                ask("size.package", max_mb=200, time_limit="5s"),
            ],
        ),
        Gate(
            "production",
            [
                ask("size.package", max_mb=100, severity="warn"),
                ask("my_pkg.checks:no_weekend_bias", max=0.02),
            ],
            extends="staging",
            on_error="fail",
            on_skip={"security.*": "fail", "default": "warn"},
            approvals={
                "count": 2, "not_author": True, "from": ["ml-leads", "di"], "expires": "14d",
            },
        ),
        groups={"ml-leads": ["bo", "cy"]},
    )  # fmt: skip
    assert declared.targets == written.targets


def test_python_cannot_mean_what_a_file_cannot_mean() -> None:
    with pytest.raises(Misused, match="declared twice"):
        gates(Gate("a", ["deps.pinned"]), Gate("a", ["deps.pinned"]))
    with pytest.raises(Misused, match="more than plain values"):
        gates(Gate("a", [ask("size.package", max_mb=object())]))
    with pytest.raises(Misused, match="did you mean 'max_mb'"):
        gates(Gate("a", [ask("size.package", max_m=1)]))


def test_a_check_that_a_package_brings_along_is_asked_like_our_own(
    packed, monkeypatch, tmp_path
) -> None:
    """A real distribution, installed by its metadata, offers a check."""
    info = tmp_path / "team_checks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: team-checks\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(
        "[trackbook.checks]\nteam.short_name = team_checks:short_name\nteam.gone = nix:x\n"
    )
    (tmp_path / "team_checks.py").write_text(
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "from trackbook.gates import passed, failed\n"
        "if TYPE_CHECKING:\n    from trackbook.gates import Answer, Bench, Candidate\n\n"
        "def short_name(candidate: Candidate, bench: Bench, *, most: int = 10) -> Answer:\n"
        "    size = len(candidate.model)\n"
        "    return (passed if size <= most else failed)(f'{size} letters', size, most)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    catalogue.brought_along.cache_clear()
    try:
        policy = gates(Gate("a", [ask("team.short_name", most=3)]))
        (found,) = evaluate(packed.candidate(), policy, "a").results
        assert (found.outcome, found.words) == ("failed", "5 letters")
        with pytest.raises(Misused, match="did you mean 'most'"):
            gates(Gate("a", [ask("team.short_name", mos=3)]))
        with pytest.raises(Misused, match=r"'team\.gone' cannot be imported from 'nix:x'"):
            gates(Gate("a", ["team.gone"]))
    finally:
        catalogue.brought_along.cache_clear()
        sys.modules.pop("team_checks", None)


def test_every_check_of_ours_says_what_it_asks() -> None:
    found = catalogue.checks()
    assert len(found) >= 17
    assert all(says.endswith(".") for says in found.values())
    assert SimpleNamespace(**{name.replace(".", "_"): 1 for name in found})
