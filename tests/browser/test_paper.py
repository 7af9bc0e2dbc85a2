"""The page for auditors, as a browser shows it: still, whole, and to be read by everybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

HOSTILE = "<img src=x onerror=alert(1)>"
NOTEBOOK = f"""
import trackbook
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
X, y = load_wine(return_X_y=True, as_frame=True)
with trackbook.start_run(run_name="all of it", experiment="wine"):
    model = LogisticRegression(max_iter=5000).fit(X, y)
    trackbook.log_input(X, {HOSTILE!r})
    trackbook.log_metric("accuracy", model.score(X, y))
    trackbook.register(model, "wine", example=X, description={HOSTILE!r})
trackbook.promote("wine@1.0.0", "staging", reason={HOSTILE!r})
"""


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """A version's page, written by the shell."""
    folder = tmp_path_factory.mktemp("paper")
    env = {**os.environ, "TRACKBOOK_PROJECT": str(folder)}

    def run(*words):
        done = subprocess.run(
            words, check=False, cwd=folder, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    (folder / "train.py").write_text(NOTEBOOK)
    run(sys.executable, "train.py")
    said = ["paper", "wine@1.0.0", "--form", "html", "--to", "wine.html"]
    run(str(Path(sys.executable).with_name("trackbook")), *said)
    return folder / "wine.html"


@pytest.fixture(params=["light", "dark"])
def opened(paper, browser, request):
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 1180, "height": 900}
    )
    page = context.new_page()
    page.asked, page.said = [], []
    page.on("request", lambda one: page.asked.append(one.url))
    page.on("console", lambda one: page.said.append(one.text))
    page.on("dialog", lambda box: (page.said.append(box.message), box.dismiss()))
    page.goto(paper.as_uri())
    yield page
    where = os.environ.get("TRACKBOOK_SHOTS")
    if where:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1180, "height": 900})
        page.evaluate("() => scrollTo(0, 0)")
        Path(where).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(where) / f"paper-{request.param}.png")
    context.close()


def test_it_asks_nobody_runs_nothing_and_shows_hostile_words_as_words(opened, paper):
    assert opened.asked == [paper.as_uri()]
    assert not opened.said
    for title in ("Intended use", "Data", "History"):
        assert HOSTILE in opened.get_by_role("region", name=title, exact=True).inner_text()
    assert opened.locator("img, script, iframe").count() == 0


def test_it_fits_a_wide_window_a_phone_and_paper(opened):
    for width in (1180, 390):
        opened.set_viewport_size({"width": width, "height": 900})
        whole = opened.evaluate("() => document.documentElement.scrollWidth")
        assert whole <= width
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": 688, "height": 990})
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= 688


def test_its_links_lead_to_its_sections(opened):
    links = opened.get_by_role("navigation").get_by_role("link")
    for link in links.all():
        link.click()
        target = opened.locator(f"section{link.get_attribute('href')}")
        assert target.get_by_role("heading", level=2).inner_text() == link.inner_text()
        assert target.get_by_role("heading", level=2).is_visible()
    assert links.count() == 13


def test_nothing_stands_in_the_way_of_a_screen_reader(paper, browser):
    for scheme in ("light", "dark"):
        # the page's own policy keeps axe out as it keeps all scripts out
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(paper.as_uri())
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert not [
            (one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]
        ]
        context.close()
