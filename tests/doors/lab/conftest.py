"""A real Jupyter server with trackbook's extension, and a project that a script wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

TOKEN = "for-tests-only"
CONFIG = """
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = {root!r}
c.ServerApp.allow_unauthenticated_access = False
c.ServerApp.jpserver_extensions = {{"trackbook": True}}
c.ServerApp.reraise_server_extension_failures = True
c.IdentityProvider.token = {token!r}
"""
SCRIPT = """
import trackbook
with trackbook.start_run("first", experiment="churn") as run:
    trackbook.log_param("lr", 0.1)
    for step in range(5):
        trackbook.log_metric("acc", 0.5 + step / 10, step)
with trackbook.start_run("<b>second</b>", experiment="churn/deep"):
    trackbook.log_param("lr", 0.01)
    trackbook.log_metric("acc", 0.95)
    trackbook.set_tag("owner", "ann")
"""


class Answer:
    """What the server said."""

    def __init__(self, status, body, headers):
        self.status, self.headers = status, headers
        self.text = body.decode()

    @property
    def json(self):
        return json.loads(self.text)


class Server:
    """A Jupyter server, asked as a browser asks."""

    def __init__(self, address, root, process, log):
        self.address, self.root, self.process, self.log = address, root, process, log

    def get(self, path, /, *, headers=None, token=TOKEN, **query):
        asked = urlencode(query, doseq=True)
        return self.ask(f"{path}?{asked}", headers=headers, token=token)

    def post(self, path, body, *, headers=None, token=TOKEN):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask(path, data=data, headers=headers, token=token)

    def ask(self, path, *, data=None, headers=None, token=TOKEN):
        known = {"Authorization": f"token {token}"} if token else {}
        url = f"{self.address}/trackbook/api/{path}"
        request = urllib.request.Request(url, data=data, headers=known | (headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=60) as found:
                return Answer(found.status, found.read(), found.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), error.headers)

    def verb(self, name, project="work", **values):
        return self.post(f"verb/{name}", {"project": project, "values": values})


@pytest.fixture(scope="session")
def execute():
    return executed


def executed(folder, source, **environ):
    """Run a script of a user's in a process of its own."""
    subprocess.run(
        [sys.executable, "-c", source],
        cwd=folder,
        env={**os.environ, **environ},
        check=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("server")
    root = home / "root"
    (root / "work/.trackbook").mkdir(parents=True)
    (root / "elsewhere").mkdir()
    executed(root / "work", SCRIPT)
    (home / "jupyter_server_config.py").write_text(
        CONFIG.format(root=str(root), token=TOKEN)
    )
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(home), "IPYTHONDIR": str(home / ".ipy")}
    env |= {f"JUPYTER_{name}_DIR": str(home / f".{name}") for name in ("DATA", "RUNTIME")}
    env.pop("TRACKBOOK_PROJECT", None)
    file = home / "server.log"
    with file.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server"],
            env=env,
            cwd=root,
            stdout=log,
            stderr=log,
        )
        try:
            yield Server(address_of(home / ".RUNTIME", process, file), root, process, file)
        finally:
            process.terminate()
            process.wait(20)


def address_of(runtime: Path, process, log: Path) -> str:
    for _ in range(300):
        for file in runtime.glob("jpserver-*.json"):
            try:
                address = json.loads(file.read_text())["url"].rstrip("/")
                urllib.request.urlopen(f"{address}/api", timeout=60).close()
            except (ValueError, OSError):
                continue  # the file is being written, or the server does not listen yet
            return address
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
