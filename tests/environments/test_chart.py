"""What the file of environments may say; anything else is one clear error."""

from __future__ import annotations

import pytest

from trackbook.environments import CHART_FILE, Wish, promote, read_chart
from trackbook.errors import Misused, Refused

APART = '[environments]\nchain = ["dev", "staging", "prod"]\n'


def test_without_a_file_every_environment_is_a_slot(tmp_path) -> None:
    chart = read_chart(tmp_path)
    assert (chart.own, chart.projects, chart.here) == (["dev", "staging", "prod"], {}, "")


def test_the_file_names_the_others(tmp_path) -> None:
    (tmp_path / CHART_FILE).write_text(
        APART + '[environments.prod]\nproject = "../prod"\n[trust]\nkeys = ["k.pub"]\n'
    )
    chart = read_chart(tmp_path)
    assert chart.own == ["dev", "staging"]
    assert chart.here == "staging"
    assert chart.projects == {"prod": tmp_path.parent / "prod"}
    assert chart.keys == (tmp_path / "k.pub",)


WRONG = {
    "an unknown table": ("[enviroments]\n", "did you mean 'environments'"),
    "an unknown environment": ('[environments.qa]\nproject = "../qa"\n', "no key named 'qa'"),
    "an unknown key": ('[environments.prod]\nprojekt = "../p"\n', "did you mean 'project'"),
    "no project": ("[environments.prod]\n", 'write project = "../prod"'),
    "a number": ("[environments.prod]\nproject = 5\n", "names no folder"),
    "a zero byte": ('[environments.prod]\nproject = "a\\u0000b"\n', "names no folder"),
    "a text for a table": ("environments = 'x'\n", "has to be a table"),
    "itself": ('[environments.prod]\nproject = "."\n', "is this project itself"),
    "itself by another name": (
        '[environments.prod]\nproject = "../{name}/sub/.."\n', "is this project itself",
    ),
    "a chain in a circle": ('[environments]\nchain = ["dev", "prod", "dev"]\n', "circle"),
    "a chain that comes back here": (
        '[environments.staging]\nproject = "../s"\n', "comes back to this project at prod",
    ),
    "a chain that comes back there": (
        APART + '[environments.dev]\nproject = "../x"\n[environments.prod]\nproject = "../x"\n',
        "it runs in a circle",
    ),
    "a chain backwards": ('[environments]\nchain = ["prod", "dev"]\n', "the order is dev"),
    "a chain of one": ('[environments]\nchain = ["dev"]\n', "two or more"),
    "a chain of what there is not": ('[environments]\nchain = ["dev", "qa"]\n', "named 'qa'"),
    "one that is not in the chain": (
        '[environments]\nchain = ["dev", "prod"]\n[environments.staging]\nproject = "../s"\n',
        "not in the chain",
    ),
    "all elsewhere": (
        '[environments]\nchain = ["dev", "prod"]\n[environments.dev]\nproject = "../d"\n'
        '[environments.prod]\nproject = "../p"\n', "leave out the table of the one that is here",
    ),
    "no TOML": ("[environments", "cannot read"),
    "keys that are none": ("[trust]\nkeys = 'k'\n", "list of texts"),
    "too much": ("#" * 200_000, "larger than"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_meant_is_said(tmp_path, case) -> None:
    text, match = WRONG[case]
    (tmp_path / CHART_FILE).write_text(text.replace("{name}", tmp_path.name))
    with pytest.raises(Misused, match=match) as caught:
        read_chart(tmp_path)
    assert CHART_FILE in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path) -> None:
    (tmp_path / CHART_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(Misused, match="cannot read"):
        read_chart(tmp_path)


def test_two_projects_must_tell_the_same_chain(field) -> None:
    file = field.root / "staging" / CHART_FILE
    file.write_text(
        '[environments.prod]\nproject = "../prod"\n[environments]\nchain = ["dev", "prod"]\n'
    )
    with pytest.raises(Refused, match="make both say the same"):
        promote(field["dev"], field.name, Wish(to="staging", env="staging"))
