"""`%track env`: what was around a run, and files that build it."""

from __future__ import annotations

import ast
import json
import re
import sys

import pytest
import yaml
from IPython.core.error import UsageError
from packaging.requirements import Requirement


@pytest.fixture
def made(sheet):
    (sheet.project / "mine_of_env.py").write_text("rate = 2\n")
    sheet.ok(
        "import sys, random; sys.path.insert(0, '')",
        "import numpy as np, mine_of_env\nnp.random.seed(1)",
        "%%track a\nx = np.random.rand() + random.random() + mine_of_env.rate\nacc = x",
    )
    return sheet


@pytest.fixture(autouse=True)
def fresh_module(monkeypatch):
    """An earlier test's module of the same name would be there before the session."""
    monkeypatch.delitem(sys.modules, "mine_of_env", raising=False)


def env(sheet, line=""):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sheet.project)
        return sheet.shell.run_line_magic("track", f"env {line}")


def test_the_page_says_machine_packages_modules_and_which_dice_were_seeded(made) -> None:
    facts = dict(env(made).rows)
    assert facts["seeded"] == "numpy"
    assert facts["thrown and never seeded"] == "random"
    assert "mine_of_env.py" in facts["module mine_of_env"]
    assert {"system", "processor", "memory", "gpus", "threads"} <= set(facts)
    assert int(facts["packages in use"]) < int(facts["packages installed"])


def test_a_module_imported_after_a_run_is_not_among_what_the_run_used(sheet) -> None:
    (sheet.project / "mine_of_env.py").write_text("rate = 2\n")
    sheet.ok(
        "import sys; sys.path.insert(0, '')",
        "%%track a\nacc = 0.5",
        "import mine_of_env",
        "%%track b\nacc = mine_of_env.rate / 4",
    )
    assert "module mine_of_env" not in dict(env(sheet, "a").rows)
    assert "module mine_of_env" in dict(env(sheet, "b").rows)


def test_requirements_are_lines_that_pip_reads(made) -> None:
    env(made, "--requirements")
    lines = (made.project / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line[0] not in "#-"]
    assert all(Requirement(pin) for pin in pins)
    assert any(pin.startswith("numpy==") for pin in pins)


def test_a_file_that_is_there_is_not_overwritten_unasked(made) -> None:
    env(made, "--conda")
    with pytest.raises(UsageError, match="is there already"):
        env(made, "--conda")
    env(made, "--conda --overwrite --full")
    found = yaml.safe_load((made.project / "environment.yml").read_text())
    assert found["dependencies"][0].startswith("python=3.")
    assert len(found["dependencies"][2]["pip"]) > 30


def test_a_dockerfile_holds_packages_modules_and_the_slice(made) -> None:
    env(made, "--docker --to Made")
    text = (made.project / "Made").read_text()
    inside = {
        name: content
        for _, name, content in re.findall(r"(?s)COPY <<'(\w+)' (\S+)\n(.*?)\n\1\n", text)
    }
    assert set(inside) >= {"requirements.txt", "mine_of_env.py", "run.ipynb"}
    assert inside["mine_of_env.py"] == "rate = 2"
    cells = json.loads(inside["run.ipynb"])["cells"]
    assert any("np.random.seed(1)" in "".join(cell["source"]) for cell in cells)
    assert text.splitlines()[-1] == 'CMD ["jupyter", "execute", "--inplace", "run.ipynb"]'


def test_one_file_at_a_time_and_a_name_needs_a_kind(made) -> None:
    with pytest.raises(UsageError, match="one file at a time"):
        env(made, "--docker --conda")
    with pytest.raises(UsageError, match="--to needs --requirements"):
        env(made, "--to x")


def test_a_module_cannot_leave_its_place_in_a_dockerfile() -> None:
    from trackbook.records import LocalModule
    from trackbook.runs.builds import copied

    odd = LocalModule(digest="d", name="a\nRUN evil", path="/x\nRUN evil", source="")
    assert "\n" not in copied(odd)
    fine = LocalModule(digest="d", name="a.b", path="/x/a/b.py", source="x = 1\nEND\n")
    head, *lines, mark = copied(fine).splitlines()
    assert head == f"COPY <<'{mark}' a/b.py"
    assert ast.parse("\n".join(lines))
