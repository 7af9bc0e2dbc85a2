"""Commands as processes that end, with what they put out."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from trackbook.errors import Misused
from trackbook.launch.processes import MOST, Text, ran


def run(code: str, folder, **more):
    text, heard = Text(), []
    command = [sys.executable, "-c", code]
    ended = ran(command, folder, os.environ, output=text, echo=heard.append, **more)
    assert "".join(heard).startswith(text.head)
    return ended, str(text)


def test_how_a_process_ended_is_told(tmp_path) -> None:
    ended, text = run("print('é', flush=True); import os; os.write(1, b'\\xff')", tmp_path)
    assert (ended.exit_code, ended.error, text) == (0, None, "é\n\\xff")
    ended, _ = run("import sys; sys.exit('no luck')", tmp_path)
    assert ended.error == "exit code 1: no luck"
    ended, _ = run("import os; os.kill(os.getpid(), 9)", tmp_path)
    assert ended.error == "ended by SIGKILL"
    with pytest.raises(Misused, match="cannot start 'no such': No such file"):
        ran(["no such"], tmp_path, {}, output=Text())


def test_a_process_that_takes_too_long_ends_with_its_children(tmp_path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "kept = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(kept.pid, flush=True)\ntime.sleep(600)"
    )
    ended, text = run(code, tmp_path, timeout_s=4)
    assert ended.is_late
    child = int(text.splitlines()[0])
    # A process that is killed closes its files before it is dead.
    until = time.monotonic() + 10
    while not has_ended(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert has_ended(child)


def has_ended(pid: int) -> bool:
    """Tell whether a process is gone, or dead and not yet fetched by its new parent."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return text.rpartition(")")[2].split()[0] == "Z"


def test_a_process_that_prints_for_hours_is_kept_in_part(tmp_path) -> None:
    _, text = run("print('a' * 3_000_000 + 'z')", tmp_path)
    assert len(text) < MOST + 200
    assert text.startswith("aaa") and text.endswith("z\n") and "were not kept" in text
