"""MLproject files, well and badly written."""

from __future__ import annotations

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch.projects import entry_of, read_project
from trackbook.launch.targets import plan_of

GOOD = """
name: churn
python_env: python_env.yaml
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.1}
      rounds: {type: int, default: 3}
      fast: {type: bool, default: true}
      data: path
      text: {default: 5}
      where: uri
    command: "python -u train.py {alpha} {data}"
  bare: {command: "python -m churn.train"}
"""


def project(folder, text):
    (folder / "MLproject").write_text(text)
    return read_project(folder)


def test_entry_points_are_read_as_mlflow_reads_them(tmp_path) -> None:
    found = project(tmp_path, GOOD)
    from mlflow.projects._project_spec import load_project

    (tmp_path / "python_env.yaml").write_text("python: '3.11'\n")
    theirs = load_project(str(tmp_path))
    assert (found.name, set(found.entry_points)) == (theirs.name, set(theirs._entry_points))
    main = entry_of(found, "main")
    for one in main.params:
        param = theirs._entry_points["main"].parameters[one.name]
        assert one.type == param.type
        assert one.is_required == (param.default is None)
        assert str(one.default) == str(param.default)
    assert entry_of(found, "bare").command == theirs._entry_points["bare"].command


def test_a_script_of_a_project_can_be_named_instead(tmp_path) -> None:
    project(tmp_path, GOOD)
    (tmp_path / "other.py").write_text("import sys")
    plan = plan_of(tmp_path, {"lr": 1}, entry="other.py", folder=tmp_path)
    assert plan.command == ["python", str(tmp_path / "other.py"), "--lr=1"]
    assert (plan.experiment, plan.label) == ("churn", "churn-other")
    with pytest.raises(NotFound, match="no entry point named 'mian': did you mean 'main'"):
        plan_of(tmp_path, {}, entry="mian", folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is no YAML"),
        ("- 1", "is no mapping"),
        ("a: !!python/object/apply:os.system ['touch pwned']", "is no YAML"),
        ("entry_points: [1]", "entry_points is no mapping"),
        ("entry_points: {main: 3}", "entry point 'main' has no command"),
        ("entry_points: {main: {command: x, parameters: [a]}}", "are no mapping"),
        ("entry_points: {main: {command: x, parameters: {a: text}}}", "it can be string"),
        (
            "entry_points: {main: {command: x, parameters: {a: {type: float, default: b}}}}",
            "param 'a' is 'b': it must be a number",
        ),
        ("python_env: [1]", "python_env is no text"),
        ("python_env: a\nconda_env: b", "it can have one environment"),
    ],
)
def test_a_file_that_cannot_be_meant_is_said(tmp_path, text, said) -> None:
    with pytest.raises(Misused, match=said):
        project(tmp_path, text)
    assert not (tmp_path / "pwned").exists()
