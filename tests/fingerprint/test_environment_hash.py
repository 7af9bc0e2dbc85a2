"""Equal environments have equal hashes, in whatever process; others have others."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from trackbook.fingerprint import environment_hash, installed

CODE = """
{imports}
from trackbook.fingerprint import environment_hash, installed
print(environment_hash(installed().packages))
"""
SURFACE = ("CPython", "3.12.1", "linux-x86_64")


def in_a_process(imports="", seed="0", path=""):
    environ = os.environ | {"PYTHONHASHSEED": seed}
    if path:
        environ["PYTHONPATH"] = f"{path}{os.pathsep}{environ.get('PYTHONPATH', '')}"
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(imports=imports)],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
    )
    return done.stdout.strip()


def test_two_processes_of_one_environment_agree_whatever_they_imported() -> None:
    here = environment_hash(installed().packages)
    assert here == in_a_process(seed="1") == in_a_process("import numpy, json", seed="2")


def test_one_more_package_or_another_version_is_another_environment(tmp_path) -> None:
    known = {in_a_process()}
    for number in ("1.0", "1.1"):
        made = tmp_path / number / f"tb_probe-{number}.dist-info"
        made.mkdir(parents=True)
        (made / "METADATA").write_text(f"Name: tb-probe\nVersion: {number}\n")
        known.add(in_a_process(path=str(tmp_path / number)))
    assert len(known) == 3


@pytest.mark.parametrize(
    "other",
    [["Sci_Kit.learn==1.0", "a==2"], ["a==2", "sci-kit-learn==1.0"]],
)
def test_neither_order_nor_spelling_counts(other) -> None:
    one = environment_hash(["a==2", "sci-kit-learn==1.0"], surface=SURFACE)
    assert environment_hash(other, surface=SURFACE) == one


@pytest.mark.parametrize("at", range(3))
def test_python_and_platform_count(at) -> None:
    other = list(SURFACE)
    other[at] += "x"
    assert environment_hash(["a==2"], surface=other) != environment_hash(
        ["a==2"], surface=SURFACE
    )
