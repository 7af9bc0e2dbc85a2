"""What `pip install` puts into JupyterLab, with no further step."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def said(*words) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)


def test_jupyter_says_that_the_sidebar_and_its_server_are_there() -> None:
    assert re.search(r"trackbook v\S+ enabled OK", said("jupyter", "labextension", "list"))
    told = said("jupyter", "server", "extension", "list")
    assert re.search(r"trackbook enabled\n.*\n\s+trackbook \S+ OK", told)


def test_the_lock_file_names_no_host_and_all_versions_are_one() -> None:
    assert "://" not in (ROOT / "js/yarn.lock").read_text()
    package = json.loads((ROOT / "js/package.json").read_text())
    python = re.search(
        r'"(.+)"', (ROOT / "src/trackbook/version.py").read_text().split("=")[1]
    )
    assert package["version"].replace("-alpha.", "a") == python[1]
