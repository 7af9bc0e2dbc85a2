"""What each check lets pass, and what it does not."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from datetime import timedelta
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from trackbook.errors import Misused
from trackbook.gates import Approval, Champion, Gate, ask, evaluate, gates

NAN = float("nan")


@pytest.mark.parametrize(
    ("keys", "outcome", "says"),
    [
        ({"metric": "f1", "min": 0.9}, "passed", "f1 0.9 is at least 0.9"),
        ({"metric": "f1", "min": 0.91}, "failed", "f1 0.9 is below 0.91"),
        ({"metric": "loss", "max": 0.2}, "failed", "loss 0.3 is above 0.2"),
        ({"metric": "f1", "min": 0.1, "max": 1}, "passed", "at least 0.1 and at most 1"),
        (
            {"metric": "f11", "min": 0.1},
            "failed",
            "no metric named 'f11': did you mean 'f1'",
        ),
        ({"metric": "auc", "min": 0.1}, "failed", "there are bad, f1, loss"),
        ({"metric": "bad", "min": 0.1}, "failed", "bad is nan, which is no measure"),
    ],
)
def test_a_metric_is_held_against_its_bounds(judged, keys, outcome, says) -> None:
    found = judged(
        "perf.threshold", keys=keys, metrics={"f1": 0.9, "loss": 0.3, "bad": NAN}
    )
    assert (found.outcome, says in found.words) == (outcome, True), found.words


@pytest.mark.parametrize(
    ("keys", "metrics", "outcome", "says"),
    [
        ({"metric": "f1"}, {"f1": 0.9}, "passed", "f1 0.9 is equal to the champion's 0.9"),
        ({"metric": "f1"}, {"f1": 0.89}, "failed", "worse than the champion's 0.9 by 0.01"),
        ({"metric": "f1", "margin": 0.01}, {"f1": 0.89}, "passed", "worse than"),
        ({"metric": "f1", "mode": "superiority"}, {"f1": 0.9}, "failed", "more than 0"),
        (
            {"metric": "f1", "mode": "superiority", "margin": 0.01},
            {"f1": 0.91},
            "failed",
            "more than 0.01",
        ),
        ({"metric": "f1", "mode": "superiority"}, {"f1": 0.91}, "passed", "better than"),
        ({"metric": "loss"}, {"loss": 0.4}, "failed", "loss 0.4 is worse"),
        ({"metric": "loss"}, {"loss": 0.2}, "passed", "loss 0.2 is better"),
        ({"metric": "f1", "direction": "min"}, {"f1": 0.95}, "failed", "f1 0.95 is worse"),
        ({"metric": "f1"}, {"loss": 0.2}, "failed", "no metric named 'f1'"),
        ({"metric": "auc"}, {"auc": 0.2}, "skipped", "the champion has no auc"),
        ({"metric": "f1"}, {"f1": NAN}, "failed", "no comparison"),
        ({}, {"f1": 0.95, "loss": 0.4, "other": 1}, "failed", "loss 0.4 is worse"),
        ({}, {"f1": 0.95, "loss": 0.3}, "passed", "f1 0.95 is better"),
        ({}, {"size_of_it": 0.95}, "skipped", "no metric that both have"),
    ],
)
def test_a_metric_is_held_against_the_champion(
    judged, keys, metrics, outcome, says
) -> None:
    champion = Champion(version="1.1.0", metrics={"f1": 0.9, "loss": 0.3, "other": 2})
    found = judged("perf.vs_champion", keys=keys, metrics=metrics, champion=champion)
    assert (found.outcome, says in found.words) == (outcome, True), found.words


@pytest.mark.parametrize("rule", ["", {"default": "warn"}, {"perf.*": "warn"}])
def test_without_a_champion_to_beat_only_the_policys_words_let_it_pass(
    packed, rule
) -> None:
    policy = gates(Gate("staging", [ask("perf.vs_champion")], on_skip=rule))
    (found,) = evaluate(packed.candidate(), policy, "staging").results
    assert (found.outcome, found.blocks) == ("skipped", not rule)
    assert found.words.startswith("first version")
    assert 'on_skip = { "perf.vs_champion" = "warn" }' in found.words


def test_the_first_version_has_no_callers_to_break(judged) -> None:
    found = judged("signature.compatible")
    assert (found.outcome, found.blocks) == ("skipped", False)


def test_other_test_data_are_said_and_may_be_refused(judged) -> None:
    champion = Champion(version="1.1.0", metrics={"f1": 0.9}, data={"test": "fp1:a"})
    known = {"champion": champion, "data": {"test": "fp1:b"}}
    assert "(measured on other test data)" in judged("perf.vs_champion", **known).words
    found = judged("perf.vs_champion", keys={"same_data": True}, **known)
    assert (found.outcome, "not measured on the champion's" in found.words) == (
        "failed",
        True,
    )


def test_a_package_may_be_so_large_and_a_link_is_not_followed(
    packed, judged, tmp_path
) -> None:
    (tmp_path / "huge").write_bytes(b"x" * 3_000_000)
    (packed.folder / "model/link").symlink_to(tmp_path / "huge")
    assert judged("size.package", keys={"max_mb": 1}).outcome == "passed"
    packed.write("model/weights.bin", b"x" * 2_000_000)
    found = judged("size.package", keys={"max_mb": 1})
    assert found.outcome == "failed"
    assert "1 MB are allowed" in found.words
    assert next(iter(json.loads(found.evidence)["largest"])) == "model/weights.bin"


def test_a_package_that_is_gone_is_an_error_with_its_name(packed, judged, tmp_path) -> None:
    found = judged("size.package", candidate=packed.candidate(folder=tmp_path / "nix"))
    assert found.outcome == "errored"
    assert str(tmp_path / "nix") in found.words


def test_bytes_that_were_changed_are_seen(packed, judged) -> None:
    candidate = packed.candidate()
    assert judged("package.intact", candidate=candidate).outcome == "passed"
    packed.write("model/weights.json", "[1, 1, 1]")
    assert judged("package.intact", candidate=candidate).outcome == "failed"


def column(name, kind="double", **more):
    return {"name": name, "type": kind, "required": True} | more


def signed(inputs, outputs) -> str:
    return json.dumps({"inputs": json.dumps(inputs), "outputs": outputs})


def tensor(*shape, dtype="float64"):
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": list(shape)}}


@pytest.mark.parametrize(
    ("signature", "outcome"),
    [
        (signed([column("a")], [column("y")]), "passed"),
        (signed([tensor(-1, 4)], [tensor(-1)]), "passed"),
        (signed([column("a")], None), "failed"),
        (signed([], [column("y")]), "failed"),
        (None, "failed"),
        ("", "failed"),
        ("{", "failed"),
        ("[]", "failed"),
        ('{"inputs": 3, "outputs": "x"}', "failed"),
        ('{"inputs": [{"name": "a"}], "outputs": [1]}', "failed"),
        ("[" * 100_000, "failed"),
    ],
)
def test_a_signature_is_there_or_is_not(judged, signature, outcome) -> None:
    assert judged("signature.present", signature=signature).outcome == outcome


OLD = signed([column("a"), column("b", "integer")], [column("y")])


@pytest.mark.parametrize(
    ("inputs", "outputs", "says"),
    [
        ([column("a"), column("b", "integer")], [column("y")], None),
        ([column("b", "long"), column("a")], [column("y")], None),
        ([column("a")], [column("y"), column("z")], None),
        (
            [column("a"), column("b", "integer"), column("c", required=False)],
            [column("y")],
            None,
        ),
        (
            [column("a"), column("b", "integer"), column("c")],
            [column("y")],
            "input 'c' is new and required",
        ),
        ([column("a", "float")], [column("y")], "input 'a' was double, is float"),
        ([column("a")], [column("x")], "output 'y' is gone"),
        ([column("a")], [column("y", "long")], "output 'y' was double, is long"),
        ([tensor(-1, 2)], [column("y")], "the input is new and required"),
    ],
)
def test_what_breaks_callers_of_the_champion_is_named(
    judged, inputs, outputs, says
) -> None:
    champion = Champion(version="1.1.0", signature=OLD)
    known = {"signature": signed(inputs, outputs), "champion": champion}
    found = judged("signature.compatible", **known)
    assert found.outcome == ("failed" if says else "passed")
    assert (says or "fits") in found.words
    assert judged("signature.compatible", **known, version="2.0.0").outcome == "passed"
    strict = judged(
        "signature.compatible", keys={"major_may_break": False}, **known, version="2.0.0"
    )
    assert strict.outcome == found.outcome


def field(name, dtype="float64", **more):
    return {"name": name, "dtype": dtype, "shape": [], "nullable": False} | more


def test_a_signature_of_trackbooks_own_is_read_and_compared_as_its_room_does(
    judged,
) -> None:
    old = json.dumps(
        {"form": "table", "inputs": [field("a")], "outputs": [field("", "int64")]}
    )
    new = old.replace('"a"', '"b"')
    champion = Champion(version="1.1.0", signature=old)
    assert judged("signature.present", signature=new).outcome == "passed"
    found = judged("signature.compatible", signature=new, champion=champion)
    assert found.words == "breaks callers of 1.1.0: input 'b' is new and required"

    def compare(before, after):
        broken = before != after
        return SimpleNamespace(
            verdict="broken" if broken else "same", reasons=("it is b now",) * broken
        )

    found = judged(
        "signature.compatible", signature=new, champion=champion, compare=compare
    )
    assert found.words == "breaks callers of 1.1.0: it is b now"
    found = judged(
        "signature.compatible", signature=old, champion=champion, compare=compare
    )
    assert found.outcome == "passed"


@pytest.mark.parametrize(
    ("new", "old", "outcome"),
    [
        (tensor(-1, 4), tensor(-1, 4), "passed"),
        (tensor(-1, -1), tensor(-1, 4), "passed"),
        (tensor(-1, 5), tensor(-1, 4), "failed"),
        (tensor(-1, 4), tensor(-1, -1), "failed"),
        (tensor(-1, 4, dtype="float32"), tensor(-1, 4), "failed"),
    ],
)
def test_tensors_are_compared_by_shape_and_type(judged, new, old, outcome) -> None:
    champion = Champion(version="1.1.0", signature=signed([old], [tensor(-1)]))
    known = {"signature": signed([new], [tensor(-1)]), "champion": champion}
    assert judged("signature.compatible", **known).outcome == outcome


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("numpy==2.0.0", "passed"),
        ("numpy == 2.0.0 ; python_version > '3.0'  # why", "passed"),
        ("numpy[x]==2.0.0 \\\n  --hash=sha256:abc \\\n  --hash=sha256:def", "passed"),
        ("torch @ git+https://example.org/t@" + "a" * 40, "passed"),
        ("t @ https://example.org/t.whl#sha256=" + "a" * 64, "passed"),
        ("--index-url https://example.org\nnumpy==2", "passed"),
        ("--only-binary :all:\nnumpy==2", "passed"),
        ("numpy", "failed"),
        ("numpy>=2", "failed"),
        ("numpy==2.*", "failed"),
        ("numpy==2,>1", "failed"),
        ("numpy==2\n-r more.txt", "failed"),
        ("-e .", "failed"),
        ("torch @ git+https://example.org/t@main", "failed"),
        ("../wheels/x.whl", "failed"),
        ("# nothing", "failed"),
        ("\ufeffnumpy==2", "passed"),
    ],
)
def test_requirements_are_pinned_or_are_not(packed, judged, line, outcome) -> None:
    packed.write("environment/requirements.txt", line + "\n")
    assert judged("deps.pinned").outcome == outcome


def test_a_package_without_requirements_is_not_pinned(packed, judged) -> None:
    (packed.folder / "environment/requirements.txt").unlink()
    assert judged("deps.pinned").outcome == "failed"
    assert judged("deps.resolves").outcome == "skipped"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"NumPy=={version('numpy')}", None),
        ("nix-da==1.0 ; sys_platform == 'win32'", None),
        ("numpy==0.0.1", "is installed, ==0.0.1 is required"),
        ("nix-da==1.0", "nix-da is not installed"),
        ("-r more.txt", "-r more.txt is no requirement"),
    ],
)
def test_requirements_are_held_against_this_environment(packed, judged, line, says) -> None:
    packed.write("environment/requirements.txt", line + "\n")
    found = judged("deps.resolves")
    assert found.outcome == ("failed" if says else "passed")
    assert (says or "installed here") in found.words


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "outcome"),
    [
        ("model/model.json", b"{}", "passed"),
        ("model/model.skops", zipped("schema.json", "1.npy"), "passed"),
        ("model/model.pkl", b"anything", "failed"),
        ("model/model.JOBLIB", b"anything", "failed"),
        ("model/innocent.bin", pickle.dumps([1]), "failed"),
        ("model/innocent.bin", zipped("archive/data.pkl"), "failed"),
        ("model/broken.zip", zipped("a.txt")[:-4], "passed"),
    ],
)
def test_a_form_that_can_execute_code_is_seen_whatever_its_name(
    packed, judged, name, content, outcome
) -> None:
    packed.write(name, content)
    assert judged("security.format").outcome == outcome
    assert judged("security.format", is_unsafe=True).outcome == "failed"


def finding(severity, words):
    return SimpleNamespace(path="m", severity=severity, code="x", words=words)


@pytest.mark.parametrize(
    ("findings", "is_safe", "keys", "outcome"),
    [
        ([], True, {}, "passed"),
        ([finding("note", "a"), finding("warning", "b")], True, {}, "passed"),
        ([finding("warning", "b")], True, {"max_warnings": 0}, "failed"),
        ([finding("note", "a"), finding("error", "calls os.system")], False, {}, "failed"),
        ([finding("error", "calls os.system")], True, {}, "failed"),
        ([], False, {}, "failed"),
    ],
)
def test_the_scanner_has_the_word(judged, findings, is_safe, keys, outcome) -> None:
    scan = SimpleNamespace(findings=findings, is_safe=is_safe)
    found = judged("security.scan", keys=keys, scan=lambda _: scan)
    assert found.outcome == outcome
    assert ("os.system" in found.words) == any(f.severity == "error" for f in findings)


KEY = "sk-" + "a1B2" * 8


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("code/train.py", f"x = 1\nkey = {KEY!r}\n", "code/train.py:2"),
        ("code/train.py", "import os\n\npassword = 'hunter2'\n", "code/train.py:3"),
        ("conf/a.toml", 'name = "x"\ndb_password = "hunter2"\n', "conf/a.toml:2"),
        ("conf/a.ini", "password = hunter2\n", "conf/a.ini:1"),
        ("CARD.md", "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "CARD.md:1"),
        (".env", "X=1", ".env"),
        ("code/id_rsa", "x", "code/id_rsa"),
        (
            "code/a.ipynb",
            json.dumps({"cells": [{"cell_type": "code", "source": ["k = 1\n", f"t = {KEY!r}"]}]}),
            "code/a.ipynb:1",
        ),
    ],
)  # fmt: skip
def test_a_secret_is_found_and_not_repeated(packed, judged, name, content, where) -> None:
    assert judged("security.secrets").outcome == "passed"
    packed.write(name, content)
    found = judged("security.secrets")
    assert found.outcome == "failed"
    assert json.loads(found.evidence)["found"] == [where]
    assert "hunter2" not in found.words + found.evidence
    assert KEY not in found.words + found.evidence
    ignored = judged("security.secrets", keys={"ignore": ["*" + name[-5:]]})
    assert ignored.outcome == "passed"


def test_a_package_at_its_version_is_no_secret(packed, judged) -> None:
    packed.write("environment/all.lock", "google-auth==2.63.0\nmsal-token==1.0.0rc1\n")
    packed.write("environment/Dockerfile", 'RUN pip install "google-auth==2.63.0"\n')
    assert judged("security.secrets").outcome == "passed"


def test_bytes_and_links_are_not_read_for_secrets(packed, judged, tmp_path) -> None:
    (tmp_path / "outside").write_text("password = 'hunter2'")
    (packed.folder / "code/link.py").symlink_to(tmp_path / "outside")
    packed.write("model/w.bin", b"\0password='hunter2'")
    found = judged("security.secrets")
    assert found.outcome == "passed"
    left = json.loads(found.evidence)["not looked into"]
    assert {"code/link.py", "model/w.bin"} <= set(left)


@pytest.mark.parametrize("empty", [None, "", "  ", "TODO", "n/a", "tbd.", [], {}])
def test_a_field_that_says_nothing_is_missing(judged, empty) -> None:
    given = {"description": "Who leaves.", "owner": empty, "tags": {"team": "growth"}}
    found = judged("compliance.metadata", keys={"tags": ["team", "tier"]}, metadata=given)
    assert found.words == "not said: owner, tag tier"
    whole = given | {"owner": "ann"}
    assert judged(
        "compliance.metadata", keys={"tags": ["team"]}, metadata=whole
    ).outcome == ("passed")


class Votes:
    """Ask for approvals at noon."""

    def __init__(self, packed, noon):
        self.packed, self.noon = packed, noon
        self.digest = packed.candidate().package_digest

    def word(self, who, hours=-1.0, decision="approved", **more) -> Approval:
        facts = {"package_digest": self.digest} | more
        at = self.noon + timedelta(hours=hours)
        return Approval(approver=who, decision=decision, at=at, **facts)

    def judge(self, *approvals, author="ann", **keys):
        candidate = self.packed.candidate(approvals=approvals, author=author)
        policy = gates(Gate("a", [ask("compliance.approvals", **keys)]))
        clock = int(self.noon.timestamp() * 1e6)
        (found,) = evaluate(candidate, policy, "a", clock=lambda: clock).results
        return found


@pytest.fixture
def votes(packed, noon) -> Votes:
    return Votes(packed, noon)


def test_somebody_else_has_to_approve(votes) -> None:
    assert votes.judge(votes.word("bo")).words == "approved by bo"
    assert votes.judge().words == "0 of 1 approvals, each of somebody other than ann"
    assert votes.judge(votes.word("ANN ")).words == (
        "0 of 1 approvals, each of somebody other than ann; ANN  is the author"
    )
    assert votes.judge(votes.word("ann"), not_author=False).outcome == "passed"
    assert votes.judge(votes.word("bo"), author="").outcome == "failed"
    assert votes.judge(votes.word("  ")).outcome == "failed"


def test_one_person_counts_once(votes) -> None:
    twice = (votes.word("bo"), votes.word("Bo", -2))
    assert votes.judge(*twice, count=2).outcome == "failed"
    assert votes.judge(*twice, votes.word("cy"), count=2).outcome == "passed"


def test_only_those_who_may_count(votes) -> None:
    keys = {"from": ["cy"]}
    assert "bo is not one of those who may" in votes.judge(votes.word("bo"), **keys).words
    assert votes.judge(votes.word("cy"), **keys).outcome == "passed"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"hours": -25}, "bo approved too long ago"),
        ({"hours": 1}, "bo approved in the future"),
        ({"package_digest": "0" * 64}, "bo approved other bytes"),
        ({"policy_digest": "0" * 64}, "bo approved under another policy"),
    ],
)
def test_an_approval_holds_for_a_time_and_for_what_was_seen(votes, more, says) -> None:
    found = votes.judge(votes.word("bo", **more), expires="1d")
    assert (found.outcome, found.words) == (
        "failed",
        f"0 of 1 approvals, each of somebody other than ann; {says}",
    )


def test_an_approval_may_say_itself_when_it_ends(votes, noon) -> None:
    ended = votes.word("bo", expires_at=noon)
    assert votes.judge(ended).outcome == "failed"


def test_a_no_blocks_until_it_is_taken_back(votes) -> None:
    no = votes.word("bo", -999, "rejected")
    assert votes.judge(no, votes.word("cy"), expires="1d").words == "rejected by bo"
    assert votes.judge(no, votes.word("bo"), expires="1d").outcome == "passed"
    other = votes.word("bo", -0.5, package_digest="0")
    assert votes.judge(no, other, votes.word("cy")).words == "rejected by bo"


def test_a_time_without_a_zone_is_refused(votes, noon) -> None:
    with pytest.raises(Misused, match="time without a zone"):
        Approval(
            approver="bo",
            decision="approved",
            at=noon.replace(tzinfo=None),
            package_digest="0",
        )


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("identical", "passed"),
        ("within tolerance", "passed"),
        ("different", "failed"),
        ("failed", "failed"),
        (None, "failed"),
    ],
)
def test_a_run_gave_the_same_again_or_did_not(judged, verdict, outcome) -> None:
    assert judged("repro.verified", reproduction=verdict).outcome == outcome


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({"git_dirty": False}, "passed"),
        ({"git_dirty": True}, "failed"),
        ({"git_dirty": True, "has_diff": True}, "passed"),
        ({"git_dirty": None}, "failed"),
        ({"git_commit": None}, "failed"),
    ],
)
def test_code_is_committed_or_what_differed_is_known(judged, known, outcome) -> None:
    assert judged("repro.git_clean", **known).outcome == outcome


def test_a_recorded_difference_may_be_too_little(judged) -> None:
    known = {"git_dirty": True, "has_diff": True}
    found = judged("repro.git_clean", keys={"diff_will_do": False}, **known)
    assert found.outcome == "failed"
