"""The README says what is true: every verb, every setting, the views, the commands."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from trackbook.contract import contract_of
from trackbook.doors.verbs import VERBS
from trackbook.environments import CHART_FILE, read_chart
from trackbook.gates.catalogue import OWN, params_of
from trackbook.gates.policy_text import policy_of
from trackbook.settings import Settings

README = Path(__file__).parents[1] / "README.md"
VIEW = re.compile(
    r"^\| `(?P<view>runs|params|metrics|metric_summaries|cells)` \| (?P<columns>(run|execution)_id.+) \|$",
    re.MULTILINE,
)


def verbs_table() -> str:
    rows = [f"| `{verb.usage('%track')}` | {verb.says} |" for verb in VERBS.values()]
    return "\n".join(["| verb | what it does |", "|---|---|", *rows])


def settings_table() -> str:
    source = Path(__import__("trackbook.settings").settings.__file__).read_text(
        encoding="utf-8"
    )
    rows = []
    for field in msgspec.structs.fields(Settings):
        says = re.search(rf'^    {field.name}: .+\n    """(.+?)"""', source, re.MULTILINE)
        default = field.default or "nothing"
        rows.append(f"| `{field.name}` | {default} | {says[1]} |")
    return "\n".join(["| setting | unless set | what it is |", "|---|---|---|", *rows])


def checks_table() -> str:
    rows = []
    for name, check in OWN.items():
        keys = [f"{key.name}{'' if key.is_required else '?'}" for key in params_of(check)]
        says = (check.__doc__ or "").partition("\n")[0]
        rows.append(
            f"| `{name}` | {says} | {', '.join(k for k in keys if k != 'evaluation?')} |"
        )
    return "\n".join(["| check | passes where | keys |", "|---|---|---|", *rows])


@pytest.mark.parametrize(
    ("name", "made"),
    [("verbs", verbs_table), ("settings", settings_table), ("checks", checks_table)],
)
def test_the_tables_are_those_of_the_code(name, made, request) -> None:
    mark = f"<!-- {name}: written by tests/test_readme.py -->"
    before, _, after = README.read_text(encoding="utf-8").partition(mark)
    rest = re.sub(r"\A\n+(\|.*\n)*", "", after)
    whole = f"{before}{mark}\n\n{made()}\n\n{rest.lstrip()}"
    if request.config.getoption("--update-golden"):
        README.write_text(whole, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == whole


def test_the_views_have_the_columns_that_the_readme_promises(sheet) -> None:
    for found in VIEW.finditer(README.read_text(encoding="utf-8")):
        columns = re.sub(r"\(.*?\)", "", found["columns"]).replace(" ", "").split(",")
        assert sheet.book.store.shape(f"SELECT * FROM {found['view']}") == columns


def test_the_five_questions_are_answered(sheet) -> None:
    text = README.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    questions = [q.strip() for q in text.split(";\n") if q.strip()]
    assert len(questions) == 5
    for question in questions:
        sheet.book.store.question(question)


def test_its_files_are_read_as_they_stand(tmp_path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    contract = contract_of(next(one for one in blocks if "[tags." in one))
    assert {"project", "model_family", "date"} <= contract.tags.keys()
    policy = policy_of(next(one for one in blocks if "[targets." in one), source="README")
    assert list(policy.targets) == ["staging", "production"]
    chart = next(one for one in blocks if "[environments]" in one)
    (tmp_path / CHART_FILE).write_text(chart)
    assert list(read_chart(tmp_path).projects) == ["staging", "prod"]


def test_what_the_readme_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists(), target
