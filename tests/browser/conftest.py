"""A real JupyterLab and Debian's Chromium; collected only when tests/browser is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
import warnings
from pathlib import Path

import nbformat
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for what tests share
TOKEN = "for-tests-only"
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
CONFIG = """
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = {home!r}
c.IdentityProvider.token = {token!r}
c.LabApp.expose_app_in_browser = True
c.JupyterNotebookApp.expose_app_in_browser = True
c.LabApp.extension_manager = "readonly"
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.workspaces_dir = {home!r} + "/.workspaces"
c.LabApp.user_settings_dir = {home!r} + "/.settings"
"""
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
SAMPLES = f"""
import sys
sys.path.insert(0, {str(HERE.parent / "panels")!r})
from sample_runs import HOSTILE, Shelf, run
from trackbook.panels import ComparePanel, PlotPanel, RunTable
"""

STATE = (
    "() => { const book = globalThis.jupyterapp?.shell.currentWidget;"
    " const kernel = book?.sessionContext?.session?.kernel;"
    " return `${book?.title?.label}: ${kernel?.connectionStatus}, ${kernel?.status}`; }"
)
IS_READY = f"() => ({STATE})().endsWith(': connected, idle')"


def pytest_ignore_collect(collection_path, config):
    """Leave the browser alone unless it is asked for: it takes minutes."""
    return None if any("browser" in arg for arg in config.args) else True


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # This file is read without a browser too, where playwright is not installed.
    from playwright.sync_api import expect

    expect.set_options(timeout=30_000)  # as of actions: gates start processes
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": ARGS,
    }


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address and the folder of a JupyterLab that runs during the tests."""
    home = tmp_path_factory.mktemp("lab")
    settings = home / ".settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS))
    (home / "jupyter_server_config.py").write_text(
        CONFIG.format(home=str(home), token=TOKEN)
    )
    own = {f"JUPYTER_{name}_DIR": str(home / f".{name}") for name in ("DATA", "RUNTIME")}
    env = {
        **os.environ,
        **own,
        "JUPYTER_CONFIG_DIR": str(home),
        "IPYTHONDIR": str(home / ".ipy"),
    }
    log = (home / "lab.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab"], env=env, cwd=home, stdout=log, stderr=log
    )
    try:
        yield _address(home / ".RUNTIME", server), home
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _address(runtime, server):
    for _ in range(300):
        for file in runtime.glob("jpserver-*.json"):
            if not file.name.endswith(f"-{server.pid}.json"):
                continue
            try:
                address = json.loads(file.read_text())["url"].rstrip("/")
                urllib.request.urlopen(f"{address}/api", timeout=60).close()
            except (ValueError, OSError):
                continue  # the file is being written, or the server does not listen yet
            return address
        assert server.poll() is None, (runtime.parent / "lab.log").read_text()
        time.sleep(0.2)
    raise TimeoutError("JupyterLab did not start")


class Notebook:
    """One notebook, open in Lab in a page of its own."""

    def __init__(self, browser, lab, name, cells, *, size=(1400, 1000)):
        self.address, home = lab
        self.name, self.path = f"{name}.ipynb", home / f"{name}.ipynb"
        self.path.parent.mkdir(exist_ok=True)
        if cells:
            kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
            book = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
            book.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
            nbformat.write(book, self.path)
        self.page = browser.new_page(
            viewport=dict(zip(("width", "height"), size, strict=True))
        )
        self.page.set_default_timeout(30_000)
        self.strangers, self.dialogs, self.errors = set(), [], []
        self.page.on("request", self._asked)
        self.page.on("pageerror", self._failed)
        self.page.on(
            "dialog", lambda box: (self.dialogs.append(box.message), box.dismiss())
        )
        self.load()

    def load(self):
        """Open the notebook, alone, and wait for its kernel."""
        # This file is read without a browser too, where playwright is not installed.
        from playwright.sync_api import TimeoutError as Late

        self.page.goto(f"{self.address}/lab/tree/{self.name}?token={TOKEN}&reset")
        try:
            self.page.wait_for_function(IS_READY, timeout=60_000)
        except Late:
            # A page may miss that its kernel is there; who sits before it loads it again.
            state = self.page.evaluate(STATE)
            warnings.warn(f"{self.name} was loaded once more: {state}", stacklevel=2)
            self.page.reload()
            self.page.wait_for_function(IS_READY, timeout=60_000)

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:", "ws://127.0.0.1")):
            self.strangers.add(request.url)

    def _failed(self, error):
        """Keep an error of the page; not that JupyterLab may take its splash screen away twice."""
        frames = [line for line in (error.stack or "").splitlines() if " at " in line]
        splash = "removeChild" in error.message and len(frames) == 1
        if not (splash and "/static/lab/jlab_core" in frames[0]):
            self.errors.append(f"{error.message} {error.stack}")

    def harmless(self):
        """Say that the page asked no strangers, opened no dialogs and failed at nothing."""
        assert not self.strangers
        assert not self.dialogs
        assert not self.errors, "\n".join(self.errors)

    def command(self, name, args=None):
        # `void`: a command's promise may never be kept, and evaluate would wait for it
        self.page.evaluate(
            "([name, args]) => { void jupyterapp.commands.execute(name, args ?? {}); }",
            [name, args],
        )

    def say(self, code):
        """Execute in the kernel, leaving no trace in the notebook."""
        self.page.evaluate(
            "async (code) => { const kernel = jupyterapp.shell.currentWidget.sessionContext"
            ".session.kernel; const asked = kernel.requestExecute({code, silent: true,"
            " store_history: false}); const {content} = await asked.done;"
            " if (content.status !== 'ok') throw new Error(`${content.ename}: ${content.evalue}`); }",
            code,
        )

    def run(self):
        self.command("notebook:run-all-cells")

    def save(self):
        before = self.path.stat().st_mtime_ns
        self.command("docmanager:save")
        for _ in range(100):
            self.page.wait_for_timeout(100)
            if self.path.stat().st_mtime_ns != before:
                self.page.wait_for_timeout(500)  # it may be half written
                return nbformat.read(self.path, 4)
        raise TimeoutError("the notebook was not saved")

    def faults(self, part):
        """Return what axe finds against WCAG 2 A and AA in a part of the page."""
        # This file is read without a browser too, where axe is not installed.
        from axe_playwright_python.sync_playwright import Axe

        rules = {"runOnly": ["wcag2a", "wcag2aa"]}
        answer = Axe().run(self.page, context=part, options=rules)
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for one in answer.response["violations"]
            for node in one["nodes"][:3]
        ]

    def theme(self, name):
        """Change JupyterLab's theme, and wait for it."""
        self.command("apputils:change-theme", {"theme": name})
        self.page.wait_for_function(
            "(name) => document.body.dataset.jpThemeName === name", arg=name
        )
        self.page.wait_for_timeout(600)

    def shot(self, name, folder):
        """Keep a screenshot, where TRACKBOOK_SHOTS says."""
        place = Path(os.environ.get("TRACKBOOK_SHOTS", folder))
        place.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=place / f"{name}.png")


@pytest.fixture(scope="module")
def open_notebook(browser, lab):
    """Open notebooks that close with the module."""
    opened = []

    def open_one(name, cells=(), *, samples=True, **looks):
        first = [SAMPLES] if samples and cells else []
        opened.append(Notebook(browser, lab, name, [*first, *cells], **looks))
        return opened[-1]

    yield open_one
    for notebook in opened:
        notebook.page.close()
