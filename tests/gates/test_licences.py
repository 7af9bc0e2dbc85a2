"""Licences of what a package needs, as the installed packages say them."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, gates
from trackbook.gates.licences import is_allowed

NUMPY = f"numpy=={version('numpy')}"  # BSD-3-Clause AND 0BSD AND MIT AND …
DUCKDB = f"duckdb=={version('duckdb')}"  # by a classifier
CERTIFI = f"certifi=={version('certifi')}"  # MPL-2.0


@pytest.mark.parametrize(
    ("lines", "keys", "outcome", "says"),
    [
        ([NUMPY, DUCKDB], {}, "passed", "every licence is allowed (2)"),
        ([NUMPY, CERTIFI], {}, "failed", "certifi (MPL-2.0)"),
        ([CERTIFI], {"trust": ["Certifi"]}, "passed", "every licence is allowed (1)"),
        ([CERTIFI], {"allow": ["mpl-2.0"]}, "passed", "every licence is allowed (1)"),
        ([NUMPY], {"allow": ["MIT"]}, "failed", "numpy (BSD-3-Clause AND"),
        ([NUMPY, "-r more.txt"], {}, "failed", "-r more.txt (not known)"),
        (["nix-da==1.0"], {}, "failed", "nix-da (not known)"),
        (["numpy==0.0.1"], {}, "failed", "numpy (not known)"),
        (["nix-da==1.0"], {"unknown": "pass"}, "passed", "1 of them not known"),
    ],
)
def test_each_requirement_has_a_licence_that_is_allowed(
    packed, judged, lines, keys, outcome, says
) -> None:
    packed.write("environment/requirements.txt", "\n".join(lines) + "\n")
    found = judged("deps.licences", keys=keys)
    assert (found.outcome, says in found.words) == (outcome, True), found.words


def test_without_requirements_it_is_skipped_and_without_a_package_errored(
    packed, judged
) -> None:
    (packed.folder / "environment/requirements.txt").unlink()
    assert judged("deps.licences").outcome == "skipped"
    gone = packed.candidate(folder=packed.folder / "gone")
    assert judged("deps.licences", candidate=gone).outcome == "errored"


@pytest.mark.parametrize("name", ["Free", "MIT OR Apache-2.0", "", "MIT; DROP TABLE runs"])
def test_a_policy_that_allows_what_is_no_licence_is_refused_before_anything_runs(
    name,
) -> None:
    with pytest.raises(Misused, match=r"deps\.licences"):
        gates(Gate("staging", [ask("deps.licences", allow=[name])]))


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("(MIT AND GPL-3.0-only) OR (MIT AND Apache-2.0)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only AND MIT OR GPL-2.0-only", False),
    ],
)
def test_of_either_one_must_be_allowed_of_both_each(expression, fits) -> None:
    assert is_allowed(expression, {"MIT", "Apache-2.0"}) is fits
