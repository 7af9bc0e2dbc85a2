"""What `%track` answers in a notebook."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

from trackbook.doors.verbs import VERBS

TREES = (
    "from sklearn.datasets import load_iris\n"
    "from sklearn.tree import DecisionTreeClassifier\n"
    "X, y = load_iris(return_X_y=True)",
    "tree = DecisionTreeClassifier(max_depth=1).fit(X, y)\nacc = tree.score(X, y)",
    "tree = DecisionTreeClassifier(max_depth=3).fit(X, y)\nacc = tree.score(X, y)",
)


@pytest.fixture
def trees(sheet):
    sheet.ok(*TREES)
    return sheet


def test_track_alone_says_what_is_recorded_and_where(trees) -> None:
    facts = {row["about"]: row["now"] for row in trees.run("%track").result}
    assert facts["project"] == str(trees.project)
    assert facts["recording"].startswith("auto")
    assert (facts["experiment"], facts["open run"], facts["runs so far"]) == (
        "default",
        "none",
        2,
    )


def test_runs_takes_a_filter_with_quotes_a_sort_and_a_limit(trees) -> None:
    trees.ok("%track tag owner=ann --run last")
    found = trees.run(
        "%track runs metrics.acc > 0.9 and tags.owner = 'ann' --limit 5"
    ).result
    assert found["name"] == ["DecisionTreeClassifier-2"]
    ordered = trees.run("%track runs --sort metrics.acc").result
    assert ordered["params.max_depth"] == [1, 3]


def test_every_answer_gives_a_frame(trees) -> None:
    frame = trees.run("%track runs").result.df()
    assert set(frame["params.max_depth"]) == {1, 3}


def test_show_compare_and_diff_take_references(trees) -> None:
    assert "max_depth" in repr(trees.run("%track show best:acc").result)
    diff = repr(trees.run("%track diff last~1 last").result)
    assert "max_depth" in diff
    assert "acc" in diff
    assert "max_depth=3" in diff


def test_sql_reads_the_views_and_refuses_to_write(trees) -> None:
    rows = trees.run(
        "%track sql SELECT name, params['max_depth'] AS d FROM runs ORDER BY d"
    ).result
    assert rows["d"] == ["1", "3"]
    refused = trees.run("%track sql DELETE FROM run")
    assert "only reads" in str(refused.error_in_exec)


def test_a_cell_of_sql_takes_its_body(trees) -> None:
    result = trees.run("%%track sql\nSELECT count(*) AS n\nFROM runs -- all of them").result
    assert result["n"] == [2]


def test_rm_hides_a_run_until_it_is_taken_out_again(trees) -> None:
    trees.ok("%track rm last")
    assert len(trees.runs()) == 1
    assert "DecisionTreeClassifier-2" in repr(trees.run("%track rm").result)
    trees.ok("%track rm DecisionTreeClassifier-2 --undo")
    assert len(trees.runs()) == 2


def test_gc_says_how_many_bytes_it_freed(trees) -> None:
    trees.ok("%track rm last")
    (row,) = trees.run("%track gc").result
    assert row["runs"] == 1
    assert row["freed_bytes"] >= 0
    assert trees.run("%track rm").result["name"] == []


@pytest.mark.parametrize("ending", ["parquet", "csv", "json"])
def test_export_writes_a_file_that_others_read(trees, ending) -> None:
    import pandas as pd

    trees.ok(f"%track export all runs.{ending}")
    frame = getattr(pd, f"read_{ending}")(trees.project / f"runs.{ending}")
    assert sorted(frame["params.max_depth"]) == [1, 3]


def test_a_wrong_line_is_one_line_with_what_to_do(sheet, capsys) -> None:
    result = sheet.run("%track runss")
    assert isinstance(result.error_in_exec, UsageError)
    assert "did you mean 'runs'" in str(result.error_in_exec)
    result = sheet.run("%track runs --limt 3")
    assert "there is no option" in str(result.error_in_exec)
    result = sheet.run("%track diff onlyone")
    assert "it needs B" in str(result.error_in_exec)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help_from_its_declaration(sheet, name) -> None:
    text = repr(sheet.run(f"%track help {name}").result)
    verb = VERBS[name]
    assert verb.says.endswith(".")
    assert verb.says in text
    for parameter in verb.parameters():
        assert parameter.says, f"{name} {parameter.name} says nothing"
        assert parameter.says in text


def test_the_tab_key_offers_verbs_runs_and_metrics(trees) -> None:
    def offered(text: str) -> list[str]:
        return trees.shell.complete(None, text, len(text))[1]

    assert "compare" in offered("%track com")
    assert "DecisionTreeClassifier-1" in offered("%track show Dec")
    assert "metrics.acc" in offered("%track runs metrics.")
    assert "--limit" in offered("%track runs --l")
    assert "best:acc" in offered("%track diff best:")


def test_a_card_stands_under_the_cell_and_quiet_turns_it_off(trees, capsys) -> None:
    trees.ok("%track normal", "again = DecisionTreeClassifier(max_depth=2).fit(X, y)")
    assert "DecisionTreeClassifier-3" in capsys.readouterr().out
    trees.ok("%track quiet", "more = DecisionTreeClassifier(max_depth=2).fit(X, y)")
    assert "DecisionTreeClassifier-4" not in capsys.readouterr().out


def test_a_card_shows_the_difference_to_the_parent(sheet, capsys) -> None:
    sheet.ok(TREES[0])
    for depth in (1, 3):
        sheet.ok(
            f"%track normal\ntree = DecisionTreeClassifier(max_depth={depth}).fit(X, y)\n"
            "acc = tree.score(X, y)",
            cell_id="same",
        )
    card = capsys.readouterr().out.rpartition("DecisionTreeClassifier-2")[2]
    assert "max_depth=3 (was 1)" in card
    assert "vs parent" in card


def test_a_hostile_name_shows_as_text_in_every_html(trees) -> None:
    evil = "<img src=x onerror=alert(1)>"
    trees.ok(f"%%track {evil}\nscore = 0.5 * 1", f"%track tag --run last who={evil!r}")
    for line in ("%track runs", "%track show last", "%track diff last~1 last", "%track"):
        html = trees.run(line).result._repr_html_()
        assert "<img" not in html
    assert "&lt;img" in trees.run("%track runs").result._repr_html_()


def test_unloading_takes_everything_back(sheet) -> None:
    shell = sheet.shell
    sheet.ok("%unload_ext trackbook")
    assert "track" not in shell.magics_manager.magics["line"]
    assert not any("trackbook" in str(f) for f in shell.input_transformers_cleanup)
    assert not any(
        "trackbook" in str(f) for fs in shell.events.callbacks.values() for f in fs
    )
    sheet.ok("%load_ext trackbook")
    assert "track" in shell.magics_manager.magics["line"]
