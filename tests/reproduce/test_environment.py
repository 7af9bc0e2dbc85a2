"""The packages that a run had are installed again into an environment of its own."""

from __future__ import annotations

import platform

import pytest

from trackbook.records import Environment
from trackbook.reproduce import Terms, reproduce
from trackbook.reproduce.environment import NotBuilt, built, complaint, python_like, texts
from trackbook.reproduce.rebuilt import unbuilt
from trackbook.runs import Around


def around(*packages, python=None):
    """Return a record of what was around a run that used so little."""
    return Around(
        run=None,
        python=python or platform.python_version(),
        environment=Environment(digest="", packages=list(packages)),
        lock=None,
        machine=None,
        checkout=None,
        modules=[],
    )


def test_a_run_is_executed_with_the_packages_that_it_had(sheet, tmp_path) -> None:
    sheet.ok(
        "import six\nmajor, minor, _ = map(int, '1.16.0'.split('.'))\nloss = minor / major"
    )
    said = []
    env = built(around("six==1.16.0"), say=said.append, cache=tmp_path / "cache")
    assert (env.version, list(env.remarks)) == (platform.python_version(), [])
    assert built(around("six==1.16.0"), cache=tmp_path / "cache") == env
    sheet.ok("import six\nloss = sum(map(float, six.__version__.split('.')))")
    terms = Terms(python=env.python, version=env.version, environment="rebuilt")
    found = reproduce(sheet.book.store, sheet.runs()[-1], terms).found
    import six

    same = six.__version__ == "1.16.0"
    assert found.verdict == ("identical" if same else "different"), found.differences
    assert any("17.0" in one for one in found.differences) != same
    assert len(said) == 2


def test_a_package_that_cannot_be_had_is_named(tmp_path) -> None:
    with pytest.raises(NotBuilt, match=r"six==0\.0\.999 could not be installed"):
        built(around("six==0.0.999"), cache=tmp_path)
    assert [one.name for one in (tmp_path / "environments").iterdir()] == []


def test_what_cannot_be_built_is_a_verdict(sheet) -> None:
    sheet.ok("loss = sum([0.5])")
    run = sheet.runs()[-1]
    proven = unbuilt(sheet.book.store, run, Terms(), "six==0.0.999 could not be installed")
    assert (proven.found.verdict, proven.found.cause) == ("failed", "external")
    assert "six==0.0.999" in proven.found.differences[0]


def test_trackbook_comes_from_this_process() -> None:
    wanted, _, remarks = texts(around("trackbook==0.0.1", "six==1.16.0"))
    assert [line for line in wanted.splitlines() if line.startswith("trackbook")] == []
    assert "six==1.16.0" in wanted.splitlines()
    assert remarks == []


def test_another_python_than_any_here_is_said() -> None:
    path, version = python_like("3.99.1")
    assert version == platform.python_version()
    assert path


@pytest.mark.parametrize(
    "said",
    [
        "ERROR: Could not find a version\nERROR: No matching distribution found for six==9.9",
        "  x No solution found\n  ╰─▶ Because there is no version of six==9.9 and you require",
    ],
)
def test_both_installers_are_understood(said) -> None:
    assert "six==9.9 could not be installed" in complaint(said)
