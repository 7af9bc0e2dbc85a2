"""Versions compared in JupyterLab, as somebody who has to choose one uses it."""

from __future__ import annotations

import re

import nbformat
import pytest

POLICY = """\
version = 1
[evaluation]
data = "seen_by_none.csv"
target = "left"
[targets.staging]
require = ["package.intact", "signature.present"]
checks = [
  { check = "perf.threshold", metric = "accuracy", min = 0.4, on = "point" },
  { check = "perf.slices", metric = "accuracy", by = ["region"], min = 0.1 },
]
"""
SETUP = f"""\
import numpy as np, pandas as pd, pathlib
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
pathlib.Path("trackbook.gates.toml").write_text({POLICY!r})

def people(count, seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(count, 3)), columns=["age", "visits", "fee"])
    table["region"] = np.where(np.arange(count) % 3 == 0, "<img src=x onerror=alert(1)>", "south")
    odds = np.where(np.arange(count) % 3 == 0, 0.4, 2.0) * (table["age"] - table["visits"])
    table["left"] = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    return table

people(240, 2).to_csv("seen_by_none.csv", index=False)
columns = ["age", "visits", "fee"]
"""
TRAIN = """\
rows = people(800, 1)
X_train, y_train = rows[columns], rows["left"]
later = people(300, 3)
X_test, y_test = later[columns], later["left"]
"""
FIT = "C = {c}\nmodel = LogisticRegression(C=C).fit(X_train, y_train)\naccuracy = model.score(X_test, y_test)"
CELLS = [
    # A project of its own, whatever other tests left in the folders above.
    "import pathlib\npathlib.Path('.trackbook').mkdir()\n%load_ext trackbook\n%track quiet",
    SETUP,
    TRAIN,
    FIT.format(c=0.5).replace("fit(X_train", "fit(X_train * [0.0, 0.0, 1.0]"),
    "%track register model churn --description 'hardly learns: <script>alert(2)</script>'",
    FIT.format(c=1.0),
    "%track register model churn --description 'looks at everything'",
    "trees = 60\nmodel = RandomForestClassifier(n_estimators=trees, max_depth=5, random_state=0)\\\n"
    "    .fit(X_train, y_train)\naccuracy = model.score(X_test, y_test)",
    "%track register model churn --description 'a forest'",
    "%track promote churn@1.1.0 staging --reason 'the best so far'",
    "%track compare-versions churn 1.0.0 1.1.0 1.2.0",
]


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("versus/versus", CELLS, samples=False, size=(1500, 1400))
    opened.run()
    opened.command("application:toggle-left-area")
    opened.page.wait_for_selector(".tb-versus", state="attached", timeout=180_000)
    drawn = opened.page.locator(".tb-versus .tb-plot .main-svg").first
    for _ in range(60):
        # JupyterLab takes cells that are out of sight off the page, and outputs above still grow.
        opened.page.locator(".tb-versus").scroll_into_view_if_needed()
        if drawn.is_visible():
            break
        opened.page.wait_for_timeout(1000)
    else:
        opened.shot("versus-without-a-plot", opened.path.parent)
        raise AssertionError("no plot was drawn in a minute")
    yield opened
    opened.harmless()


@pytest.fixture
def page(notebook):
    return notebook.page


def panel(page):
    return page.locator(".tb-versus")


def line(page, name):
    head = page.get_by_role("rowheader", name=re.compile(rf"(^|\s){name}$"))
    return panel(page).get_by_role("row").filter(has=head)


def folder(page, title):
    return panel(page).get_by_role("button", name=title)


def test_versions_stand_in_columns_with_their_states(notebook, page, tmp_path):
    heads = panel(page).get_by_role("columnheader").all_inner_texts()
    assert [one.split() for one in heads] == [
        ["churn@1.0.0", "reference", "DEVELOPMENT"],
        ["churn@1.1.0", "STAGING"],
        ["churn@1.2.0", "DEVELOPMENT"],
    ]
    assert (
        "churn@1.1.0: better in accuracy"
        in panel(page).locator(".tb-headline").inner_text()
    )
    assert "better by 0." in line(page, "accuracy").first.inner_text()
    picture = panel(page).get_by_role("img", name="gains over churn@1.0.0")
    assert picture.locator(".scatterlayer .trace").count() >= 3
    notebook.shot("versus-light", tmp_path)


def test_hostile_words_are_text(page):
    assert panel(page).locator("img, script").count() == 0
    assert "<img src=x onerror=alert(1)>" in panel(page).inner_text()
    assert "<script>alert(2)</script>" in panel(page).inner_text()


def test_what_is_alike_comes_and_goes(page):
    switch = panel(page).get_by_role("switch", name="Only what differs")
    assert switch.is_checked()
    assert line(page, "flavour").count() == 0
    switch.press("Space")
    assert line(page, "flavour").inner_text().split() == ["flavour", *["sklearn"] * 3]
    panel(page).locator("tr.tb-differs", has_text="description").get_by_label(
        "differs"
    ).wait_for()
    switch.press("Space")
    assert line(page, "flavour").count() == 0


def test_sections_fold_by_keyboard_and_say_so(page):
    button = folder(page, "Params")
    assert button.get_attribute("aria-expanded") == "true"
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "false"
    assert line(page, "max_depth").count() == 0
    page.keyboard.press("Enter")
    assert line(page, "max_depth").count() == 1
    every = panel(page).get_by_role("button", name="Fold all")
    every.press("Enter")
    assert panel(page).get_by_role("row").count() == 1 + 9
    panel(page).get_by_role("button", name="Open all").press("Enter")


def test_code_that_changed_opens(page):
    panel(page).get_by_text("churn@1.2.0: 1 cell changed").click()
    added = panel(page).get_by_role("region", name="Code of churn@1.2.0").locator(".tb-add")
    assert any("n_estimators=trees" in one for one in added.all_inner_texts())


def test_axe_finds_nothing_on_light_and_dark_paper(notebook, page, tmp_path):
    assert notebook.faults(".tb-versus") == []
    notebook.theme("JupyterLab Dark")
    notebook.shot("versus-dark", tmp_path)
    found = notebook.faults(".tb-versus")
    notebook.theme("JupyterLab Light")
    assert found == []


@pytest.mark.parametrize("width", [600, 1600])
def test_it_fits_narrow_and_wide_pages(notebook, page, width, tmp_path):
    page.set_viewport_size({"width": width, "height": 1400})
    page.wait_for_timeout(900)
    box = panel(page).bounding_box()
    inside = panel(page).evaluate("one => one.scrollWidth - one.clientWidth")
    assert box["width"] <= width and inside <= 0
    drawn = panel(page).locator(".tb-plot .main-svg").first.bounding_box()
    assert (
        drawn["x"] >= box["x"]
        and drawn["x"] + drawn["width"] <= box["x"] + box["width"] + 1
    )
    subplots = (
        panel(page)
        .locator(".tb-plot .subplot")
        .evaluate_all(
            "all => new Set(all.map((one) => Math.round(one.getBoundingClientRect().top))).size"
        )
    )
    assert subplots == (4 if width == 600 else 2)
    notebook.shot(f"versus-{width}", tmp_path)
    page.set_viewport_size({"width": 1500, "height": 1400})
    page.wait_for_timeout(600)


def test_a_reopened_notebook_shows_tables_and_a_picture(
    notebook, open_notebook, lab, tmp_path
):
    saved = notebook.save()
    kinds = {
        kind for cell in saved.cells for out in cell.outputs for kind in out.get("data", {})
    }
    assert "application/vnd.jupyter.widget-view+json" not in kinds
    nbformat.write(saved, lab[1] / "versus" / "reopened.ipynb")
    again = open_notebook("versus/reopened")
    page = again.page
    picture = page.get_by_role("img", name="gains over churn@1.0.0")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("one => one.naturalWidth") > 100
    assert page.get_by_text("accuracy, churn@1.1.0: better by").count() == 1
    assert page.locator(".tb-panel").count() == 0
    again.shot("versus-reopened", tmp_path)
    assert not again.dialogs and not again.strangers
