"""A sweep in JupyterLab, as somebody who waits for it uses it."""

from __future__ import annotations

import nbformat

CELLS = [
    "from sample_sweeps import Shelf, told_of\nfrom trackbook.panels import SweepPanel",
    "shelf = Shelf(told_of(60, status='RUNNING'))\npanel = SweepPanel(shelf)\npanel",
]


def test_a_sweep_is_followed_picked_from_and_stopped(open_notebook, lab, tmp_path):  # noqa: PLR0915  one page for all
    notebook = open_notebook("sweep/sweep", CELLS, size=(1400, 1500))
    notebook.run()
    notebook.command("application:toggle-left-area")
    notebook.theme("JupyterLab Light")  # another file's tests may have left the dark one
    page = notebook.page
    panel = page.locator(".tb-sweep")
    panel.wait_for(timeout=60_000)
    panel.locator(".tb-plot .main-svg").nth(2).wait_for(state="attached")
    panel.get_by_text("share in being among").wait_for()
    page.wait_for_timeout(1000)
    notebook.shot("sweep-60-light", tmp_path)

    assert panel.locator("img, script").count() == 0
    assert "<img src=x onerror=alert(1)>" in panel.locator(".tb-headline").inner_text()
    assert "46 of 65 done" in panel.locator(".tb-counts").inner_text()
    assert panel.locator(".tb-parallel polyline").count() == 46
    assert notebook.faults(".tb-sweep") == []
    notebook.theme("JupyterLab Dark")
    notebook.shot("sweep-60-dark", tmp_path)
    assert notebook.faults(".tb-sweep") == []
    notebook.theme("JupyterLab Light")

    # a stretch of an axis picks trials, in the table and the plots alike
    box = panel.locator(".tb-catch").last.bounding_box()
    page.mouse.move(box["x"] + 13, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 13, box["y"] + 70)
    page.mouse.up()
    picked = panel.locator(".tb-parallel polyline.tb-on").count()
    assert 0 < picked < 46
    assert f"{picked} picked" in panel.locator(".tb-count").inner_text()
    notebook.shot("sweep-60-picked", tmp_path)
    panel.get_by_role("button", name="drop all").click()

    # stopping asks for a second word, by keyboard too
    panel.get_by_role("button", name="Stop sweep…").press("Enter")
    page.keyboard.press("Escape")
    panel.get_by_role("button", name="Stop sweep…").press("Enter")
    panel.get_by_role("button", name="Stop it").press("Enter")
    panel.get_by_text("asked to stop: what runs is cancelled").wait_for()

    # it goes on, and the panel with it
    notebook.say("assert shelf.heard == ['stop'], shelf.heard\nshelf.go_on(told_of(1000))")
    panel.get_by_text("800 of 1000 done", exact=True).wait_for()
    page.wait_for_timeout(2500)
    notebook.shot("sweep-1000-light", tmp_path)
    page.set_viewport_size({"width": 600, "height": 2000})
    page.wait_for_timeout(1200)
    assert panel.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    notebook.shot("sweep-1000-narrow", tmp_path)
    page.set_viewport_size({"width": 1400, "height": 1500})
    notebook.say("shelf.go_on(told_of(5, status='RUNNING'))")
    panel.get_by_text("3 of 10 done", exact=True).wait_for()
    page.wait_for_timeout(1500)
    notebook.shot("sweep-5-light", tmp_path)
    notebook.say("panel.renew_picture()")
    page.wait_for_timeout(500)
    saved = notebook.save()
    nbformat.write(saved, lab[1] / "sweep" / "reopened.ipynb")
    again = open_notebook("sweep/reopened")
    picture = again.page.get_by_role("img", name="best accuracy").first
    picture.wait_for()
    assert picture.evaluate("one => one.naturalWidth") > 100
    again.shot("sweep-reopened", tmp_path)
    again.harmless()
    notebook.harmless()


RUNNING = [
    "%load_ext trackbook",
    "import math, time\n"
    "def train(lr, depth, kind='relu'):\n"
    "    time.sleep(0.5)\n"
    "    miss = (math.log10(lr) + 2) ** 2 / 8 + abs(depth - 6) / 40 + (kind == 'tanh') / 30\n"
    "    return {'accuracy': 0.95 - miss}",
    "import trackbook\n"
    "found = trackbook.sweep(train, {'lr': '1e-4..1:log', 'depth': range(2, 10),"
    " 'kind': ['relu', 'gelu', 'tanh']}, search='optuna', metric='accuracy', direction='max',"
    " budget=400, jobs=2, seed=1, name='depths')",
]


def test_a_sweep_is_followed_under_the_cell_that_runs_it(open_notebook, lab, tmp_path):
    project = lab[1] / "sweep-running"
    (project / ".trackbook").mkdir(parents=True)
    notebook = open_notebook("sweep-running/it", RUNNING, samples=False, size=(1400, 1500))
    notebook.run()
    notebook.command("application:toggle-left-area")
    panel = notebook.page.locator(".tb-sweep")
    panel.wait_for(timeout=90_000)
    panel.get_by_text("share in being among").wait_for(timeout=90_000)  # 20 trials are done
    panel.locator(".tb-plot .main-svg").nth(2).wait_for(state="attached", timeout=30_000)
    notebook.page.wait_for_timeout(1000)
    notebook.shot("sweep-running", tmp_path)

    # the button is heard though the cell still runs
    panel.get_by_role("button", name="Stop sweep…").click()
    panel.get_by_role("button", name="Stop it").click()
    panel.get_by_role("button", name="Stop sweep…").wait_for(state="hidden", timeout=60_000)
    assert "of 400 done" in panel.locator(".tb-counts").inner_text()
    notebook.harmless()
