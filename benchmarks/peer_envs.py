"""The other trackers: which, where they are installed, and how their tasks are run offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Peer(NamedTuple):
    """Another tracker, with the oldest version that is measured."""

    name: str
    needs: str
    python: str = ""
    """The version of Python it has wheels for, if not every one."""


PEERS = (
    Peer("trackio", "trackio>=0.43"),
    Peer("exptrack", "exptrack>=2.1"),
    Peer("wandb", "wandb>=0.31"),
    Peer("tensorboardX", "tensorboardX>=2.6.5"),
    Peer("aim", "aim>=3.29.1", python="3.11"),
    Peer("dvclive", "dvclive>=3.49.1"),
    # 3.18.0 asks for an mlflow-skinny of its own number, which was not published with it.
    Peer("mlflow", "mlflow>=3.10,!=3.18.0"),
)
OFFLINE = {
    "WANDB_MODE": "offline",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_SILENT": "true",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "AIM_UI_TELEMETRY_ENABLED": "0",
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    # Whatever would ask for a page all the same finds nobody at home.
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
}


class Failed(Exception):
    """A peer could not be installed or run; says how it ended."""


def ready(envs: Path, failed: dict[str, str], *, only: list[str]) -> dict[str, Path]:
    """Return the peers' interpreters, made and filled where they are not there yet.

    What could not be installed goes into `failed`.
    """
    pythons: dict[str, Path] = {}
    for peer in PEERS:
        if not only or peer.name in only:
            try:
                pythons[peer.name] = installed(peer, envs / peer.name)
            except Failed as error:
                failed[peer.name] = str(error)
    return pythons


def at_hand(envs: Path, name: str) -> dict[str, Path]:
    """Return an interpreter that has a peer already, if there is one."""
    if find_spec(name):
        return {name: Path(sys.executable)}
    python = envs / name / "bin" / "python"
    return {name: python} if has(python, name) else {}


def installed(peer: Peer, env: Path) -> Path:
    """Return the interpreter of an environment that has the peer."""
    python = env / "bin" / "python"
    if has(python, peer.name):
        return python
    print(f"installing {peer.needs} ...", flush=True)
    maker = (peer.python and shutil.which(f"python{peer.python}")) or sys.executable
    output([maker, "-m", "venv", "--clear", str(env)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--prefer-binary"]
    output([*pip, peer.needs], patience_s=3600)
    return python


def has(python: Path, package: str) -> bool:
    """Say whether an environment has a package."""
    ask = f"from importlib.metadata import version; version({package!r})"
    asked = [str(python), "-c", ask]
    return (
        python.exists()
        and not subprocess.run(asked, capture_output=True, check=False).returncode
    )


def command(python: Path, *words: object) -> list[str]:
    tools = Path(__file__).with_name("peer_tools.py").absolute()
    return [str(python), str(tools), *map(str, words)]


def environment(place: Path) -> dict[str, str]:
    """Return the variables for a tool: offline, and with a home of its own."""
    own = {"HOME": str(place), "TRACKIO_DIR": str(place / "trackio")}
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return kept | OFFLINE | own


def output(asked: list[str], place: Path | None = None, *, patience_s: float = 300) -> str:
    """Return what a command prints, or raise with its error's last line."""
    env = environment(place) if place else None
    try:
        done = subprocess.run(
            asked,
            cwd=place,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience_s,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"no answer after {patience_s:.0f} s") from error
    if done.returncode:
        raise Failed(last_line(done.stderr) or f"ended with {done.returncode}")
    return done.stdout


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
