"""A virtual environment with the packages of a run, built once for each state of them."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trackbook.runs import Around

LONGEST_S = 1800.0
A_DAY_S = 86_400
BY_PIP = re.compile(r"(?:No matching distribution found for|requirement) ([^\s(]+)")
BY_UV = re.compile(r"(?:no version of|download and build) `?([\w.=+-]+)")
"""How the two installers name the package that they cannot install."""


class NotBuilt(TrackbookError):
    """The environment of a run could not be built again; the message says which package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An environment in which cells can be executed."""

    python: str
    """Path of its interpreter."""
    version: str
    remarks: Sequence[str]
    """In what it is not as it was."""


def built(
    around: Around,
    *,
    say: Callable[[str], None] = lambda _: None,
    timeout_s: float = LONGEST_S,
    cache: Path | None = None,
) -> Built:
    """Return an environment with the packages that a run had in use, at their versions.

    What these need is held to what was installed then. Beside them stands what the fresh
    kernel and trackbook need; trackbook itself is that of this process.

    Args:
        around: what was around the run
        say: told what is being done
        timeout_s: how long the building may take
        cache: where environments are kept; the user's cache folder when left out

    Raises:
        NotBuilt: a package cannot be installed, or it took too long
    """
    interpreter, version = python_like(around.python)
    wanted, held, remarks = texts(around)
    if version != around.python:
        remarks.append(
            f"Python {around.python} then, {version} now: no such Python is here"
        )
    python = made_once(
        interpreter, version, wanted, held, say=say, timeout_s=timeout_s, cache=cache
    )
    return Built(python=python, version=version, remarks=remarks)


def made_once(
    interpreter: str,
    version: str,
    wanted: str,
    held: str,
    *,
    said: str = "",
    say: Callable[[str], None] = lambda _: None,
    timeout_s: float = LONGEST_S,
    cache: Path | None = None,
) -> str:
    """Return the interpreter of an environment, made if there is none like it yet.

    Args:
        interpreter: of which Python
        version: of that
        wanted: requirements, one a line
        held: constraints, one a line
        said: what the requirements rest on besides their own words: files that they name
        say: told what is being done
        timeout_s: how long the building may take
        cache: where environments are kept; the user's cache folder when left out

    Raises:
        NotBuilt: a package cannot be installed, or it took too long
    """
    known = (wanted, held, interpreter, version, *([said] if said else []))
    key = blake3(repr(known).encode()).hexdigest()[:32]
    place = (cache or own_cache()) / "environments"
    python = place / key / "bin" / "python"
    if not python.exists():
        place.mkdir(parents=True, exist_ok=True)
        swept(place)
        with tempfile.TemporaryDirectory(
            dir=place, prefix=f"{key[:8]}-", ignore_cleanup_errors=True
        ) as fresh:
            folder = Path(fresh) / "environment"
            install(folder, interpreter, wanted, held, say=say, timeout_s=timeout_s)
            if not (place / key).exists():
                folder.rename(place / key)
    return str(python)


def texts(around: Around) -> tuple[str, str, list[str]]:
    """Return requirements, constraints, and in what they are not as it was."""
    used = around.pins()
    # An older trackbook recorded only what was in use.
    held = around.pins(full=True).lines if around.lock is not None else []
    own = ["ipykernel", *(one for one in requires_of_own() if ";" not in one)]
    lines = [line for line in used.lines if not is_own(line, around)]
    pinned = [
        one for one in held if "==" in one and " " not in one and not is_own(one, around)
    ]
    remarks = [one for one in used.remarks if not is_own(one, around)]
    wanted = "\n".join([*lines, *own])
    return wanted + "\n", "\n".join(pinned) + "\n", remarks


def is_own(line: str, around: Around) -> bool:
    """Tell whether a line is about trackbook itself, which comes from this process."""
    return line.split("==", maxsplit=1)[0].split(" ", maxsplit=1)[0].rstrip(
        ":"
    ) == "trackbook" or (line == around.origins.get("trackbook"))


def requires_of_own() -> list[str]:
    """Return what trackbook needs."""
    try:
        return requires("trackbook") or []
    except PackageNotFoundError:
        raise NotBuilt(
            "what trackbook needs is not known, for it is not installed: pip install it"
        ) from None


def install(
    folder: Path,
    interpreter: str,
    wanted: str,
    held: str,
    *,
    say: Callable[[str], None],
    timeout_s: float,
) -> None:
    """Make an environment in a folder and install into it."""
    deadline = time.monotonic() + timeout_s
    files = folder.parent / "requirements.txt", folder.parent / "constraints.txt"
    for file, text in zip(files, (wanted, held), strict=True):
        file.write_text(text, encoding="utf-8")
    given = ["-r", str(files[0]), "-c", str(files[1])]
    python = str(folder / "bin" / "python")
    uv = shutil.which("uv")
    say("making an environment")
    made = [uv, "venv", "--python", interpreter] if uv else [interpreter, "-m", "venv"]
    told([*made, str(folder)], deadline)
    count = sum("==" in line or "@" in line for line in wanted.splitlines())
    say(f"installing {count} packages of the run, and what they need")
    # What is imported is compiled then; most of what is installed never is.
    plain = [python, "-m", "pip", "install", "--no-compile", "--disable-pip-version-check"]
    told([*([uv, "pip", "install", "--python", python] if uv else plain), *given], deadline)


def told(command: Sequence[str], deadline: float) -> None:
    """Run a command until its end; on an interrupt it ends too."""
    try:
        done = subprocess.run(  # noqa: S603  # our own words, and files that we wrote
            command,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=max(1.0, deadline - time.monotonic()),
            env={
                k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")
            },
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(
            "the environment could not be built in time: give more seconds with --timeout"
        ) from None
    except OSError as error:
        raise NotBuilt(f"the environment could not be built: {error}") from error
    if done.returncode:
        raise NotBuilt(complaint(done.stderr or done.stdout))


def complaint(said: str) -> str:
    """Return what an installer could not do, in one line that names the package."""
    found = BY_PIP.findall(said) or BY_UV.findall(said)
    if found:
        return (
            f"the environment could not be built: {found[-1]} could not be installed;"
            " is there an index that has it (pip config, UV_INDEX_URL)?"
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines or ["?"]
    return f"the environment could not be built: {errors[-1][:300]}"


def python_like(version: str) -> tuple[str, str]:
    """Return an interpreter of that version and its version; else the nearest there is."""
    own = getattr(sys, "_base_executable", "") or sys.executable
    if version == platform.python_version():
        return own, version
    minor = ".".join(version.split(".")[:2])
    found = [(path, version_of(path)) for path in interpreters(version, minor)]
    exact = [one for one in found if one[1] == version]
    near = [one for one in found if one[1].startswith(f"{minor}.")]
    return (*exact, *near, (own, platform.python_version()))[0]


def interpreters(version: str, minor: str) -> Iterator[str]:
    """Yield where Pythons of a version may be: the path, pyenv, uv."""
    for name in (f"python{minor}", "python3", "python"):
        if path := shutil.which(name):
            yield path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    if pyenv.is_dir():
        names = sorted(
            one.name for one in pyenv.iterdir() if one.name.startswith(f"{minor}.")
        )
        yield from (str(pyenv / name / "bin" / "python") for name in names)
    if uv := shutil.which("uv"):
        done = subprocess.run(  # noqa: S603  # a version of our own record
            [uv, "python", "find", version], capture_output=True, text=True, check=False
        )
        if not done.returncode:
            yield done.stdout.strip()


def version_of(path: str) -> str:
    """Return the version of an interpreter; empty where it cannot be started."""
    asked = [path, "-I", "-c", "import platform; print(platform.python_version())"]
    try:
        done = subprocess.run(  # noqa: S603  # found on the path, or in the folder of pyenv
            asked, capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def own_cache() -> Path:
    """Return the user's folder for what can be made again."""
    import platformdirs

    return Path(platformdirs.user_cache_path("trackbook"))


def swept(place: Path) -> None:
    """Remove what processes that were killed had begun to build a day ago or earlier."""
    for folder in place.glob("????????-*"):
        if time.time() - folder.stat().st_mtime > A_DAY_S:
            shutil.rmtree(folder, ignore_errors=True)
