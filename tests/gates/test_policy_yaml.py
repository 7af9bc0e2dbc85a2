"""A policy in YAML says what the same says in TOML, and nothing that YAML makes of words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.errors import Misused
from trackbook.gates import POLICY_FILE, read_policy
from trackbook.gates.policy_text import file_called
from trackbook.gates.policy_yaml import document_of

YAML = """\
# as a team would write it
version: 1
groups: {ml-leads: [bo, cy]}
evaluation: {data: eval.csv, target: y}
targets:
  staging:
    require: [load.clean_process, signature.present]
    checks:
      - perf.threshold: {metric: accuracy, min: 0.80, on: ci_lower}
      - size.package: {max_mb: 200}
      - check: size.memory
        max_mb: 1000
        severity: warn
  production:
    extends: staging
    checks:
      - perf.vs_champion:
          metric: accuracy
          test: paired_bootstrap
          mode: non_inferiority
          margin: 5e-3
      - my_pkg.checks:no_weekend_bias: {max: 0.02}
      - deps.pinned:
    approvals: {count: 1, not_author: true, from: [ml-leads], expires: 14d}
    on_error: fail
    on_skip: {security.*: fail, default: warn}
"""
TOML = """\
version = 1
groups = { ml-leads = ["bo", "cy"] }
evaluation = { data = "eval.csv", target = "y" }
[targets.staging]
require = ["load.clean_process", "signature.present"]
checks = [
  { check = "perf.threshold", metric = "accuracy", min = 0.80, on = "ci_lower" },
  { check = "size.package", max_mb = 200 },
  { check = "size.memory", max_mb = 1000, severity = "warn" },
]
[targets.production]
extends = "staging"
checks = [
  { check = "perf.vs_champion", metric = "accuracy", test = "paired_bootstrap", mode = "non_inferiority", margin = 0.005 },
  { check = "my_pkg.checks:no_weekend_bias", max = 0.02 },
  { check = "deps.pinned" },
]
approvals = { count = 1, not_author = true, from = ["ml-leads"], expires = "14d" }
on_error = "fail"
on_skip = { "security.*" = "fail", default = "warn" }
"""
BOMB = "a: &a [x,x,x]\nb: &b [*a,*a,*a]\ntargets: [*b,*b]\n"


@pytest.fixture
def policy(tmp_path):
    def read(text: str, name: str = "trackbook.gates.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_policy(tmp_path)

    return read


@pytest.mark.parametrize("name", ["trackbook.gates.yaml", "trackbook.gates.yml"])
def test_it_says_the_same_as_in_toml(policy, tmp_path, name) -> None:
    said = policy(YAML, name)
    assert said.text == YAML
    assert said.source == str(tmp_path / name)
    (tmp_path / name).unlink()
    assert said.targets == policy(TOML, POLICY_FILE).targets


def test_a_report_points_to_the_file_that_asked(policy) -> None:
    assert file_called(YAML) == "trackbook.gates.yaml"
    assert file_called(TOML) == POLICY_FILE


def test_two_policies_in_one_project_are_refused(policy, tmp_path) -> None:
    (tmp_path / POLICY_FILE).write_text(TOML)
    with pytest.raises(Misused, match=r"gates\.toml and trackbook\.gates\.yaml: keep one"):
        policy(YAML)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no policy"),
        ("- a\n- b\n", "no policy"),
        ("targets: {staging: [}", "cannot read .*line 1"),
        ("targets: {}\ntargets: {}\n", "'targets' stands twice, line 2"),
        ("targets:\n  x: {require: [a], require: []}\n", "'require' stands twice, line 2"),
        (BOMB, "anchors and aliases are not read, line 1"),
        ("targets: !!python/object/apply:os.system ['true']\n", "tags .* are not read"),
        ("targets: !x {}\n", "tags such as '!x' are not read"),
        ("{[1, 2]: 3}", "a key has to be a text"),
        ("version: 2\ntargets: {}\n", "version is 2"),
        ("[" * 1500, "cannot read"),
        ("version: 1\nversoin: 1\n", "versoin"),
        ("a: 1\n---\nb: 2\n", "cannot read"),
        (
            "targets: {staging: {require: load.clean_process}}\n",
            "has to be a list of texts",
        ),
        ("targets: {staging: {checks: [perf.thresold: {min: 1}]}}\n", "perf.thresold"),
        ("targets: {staging: {checks: [{a: 1, b: 2}]}}\n", "has no name"),
        ("targets: {staging: {require: }}\n", "has to be a list"),
        ("a: \x07\n", "cannot read"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(policy, text, words) -> None:
    with pytest.raises(Misused, match=words) as said:
        policy(text)
    assert "\n" not in str(said.value)
    assert len(str(said.value)) < 1000


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("on", "on"), ("no", "no"), ("Yes", "Yes"), ("true", True), ("FALSE", False),
        ("~", None), ("", None), ("012", 12), ("0x1f", "0x1f"), ("1:30", "1:30"),
        ("2026-05-03", "2026-05-03"), ("1_000", "1_000"), (".5", 0.5), ("-1e3", -1000.0),
        ("14d", "14d"), (".inf", ".inf"), ("'1'", "1"), ('"true"', "true"), ("=", "="),
        ("<<", "<<"),
    ],
)  # fmt: skip
def test_words_mean_what_they_say(word, meant) -> None:
    found = document_of(f"key: {word}\n", "here")["key"]
    assert found == meant
    assert type(found) is type(meant)


def test_the_key_on_stays_a_key() -> None:
    assert document_of("on: 1\nno: 2\n<<: 3\n", "here") == {"on": 1, "no": 2, "<<": 3}


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Co", "Zl", "Zp"]),
    max_size=12,
)
PLAIN = st.recursive(
    st.booleans() | st.none() | st.integers(-(10**17), 10**17) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXT.filter(lambda key: key != "targets"), PLAIN, max_size=5))
def test_json_is_read_as_it_is_written(document) -> None:
    assert document_of(json.dumps(document, ensure_ascii=False), "here") == document
