"""A run's environment as files from which conda and Docker build it."""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import LocalModule
    from trackbook.runs.around import Around

VERSION = re.compile(r"\d+(\.\d+)*[a-z0-9]*")
DOTTED = re.compile(r"\w+(\.\w+)*", re.ASCII)
RUNNER = ("nbclient", "ipykernel")
"""What executes a notebook."""


def conda_of(around: Around, *, full: bool = False) -> str:
    """Return an environment.yml: Python from conda-forge, all else as pip had it."""
    pins = around.pins(full=full)
    python = number_of(around.python)
    lines = pins.lines
    said = [*heads(around), *pins.remarks]
    return "\n".join([
        *comments(said),
        f"name: run-{around.run.run_id[-8:]}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python={python}",
        "  - pip",
        *(["  - pip:"] if lines else []),
        # JSON's texts are YAML's.
        *(f"      - {json.dumps(line)}" for line in lines),
        "",
    ])  # fmt: skip


def docker_of(around: Around, *, notebook: str | None = None, full: bool = False) -> str:
    """Return a Dockerfile that needs no other file: packages, local modules, a notebook.

    Args:
        around: what was around the run
        notebook: the run's slice as the text of an .ipynb, which the image executes
        full: all that was installed, not only what was in use
    """
    text = around.requirements(full=full, local=False)
    parts = [
        "# syntax=docker/dockerfile:1",
        *comments(heads(around)),
        f"FROM python:{number_of(around.python)}-slim",
        "WORKDIR /work",
        inlined("requirements.txt", text),
        "RUN pip install --no-cache-dir -r requirements.txt",
    ]
    if around.machine is not None:
        parts += variables(around.machine.threads)
    parts += [copied(module) for module in around.modules]
    if notebook is not None:
        pins = around.pins(full=full, local=False)
        there = {line.partition("==")[0].lower() for line in pins.lines}
        missing = [name for name in RUNNER if name not in there]
        if missing:
            parts.append(f"RUN pip install --no-cache-dir {' '.join(missing)}")
        parts.append(inlined("run.ipynb", notebook))
        parts.append('CMD ["jupyter", "execute", "--inplace", "run.ipynb"]')
    return "\n".join(parts) + "\n"


def heads(around: Around) -> list[str]:
    """Return what stands over a file."""
    run = around.run
    found = [f"The environment of run {run.run_id} ({run.name}), written by trackbook."]
    tree = around.checkout
    if tree is not None and tree.git_commit:
        changed = f", with {len(tree.changed)} files changed" if tree.dirty else ""
        found.append(
            f"Its work tree: {tree.remote or 'git'} at {tree.git_commit}{changed}."
        )
    return found


def comments(said: Sequence[str]) -> list[str]:
    """Return sentences as comments that nothing can leave."""
    shown = ("".join(c if c.isprintable() else " " for c in words) for words in said)
    return [f"# {words}" for words in shown]


def number_of(python: str) -> str:
    """Return a version of Python, refusing any other text."""
    if not VERSION.fullmatch(python):
        raise Misused(f"{python!r} is no version of Python: nothing can be built from it")
    return python


def inlined(name: str, text: str) -> str:
    """Return the instruction that writes a text into the image, as it is."""
    mark = "END_" + blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()
    return f"COPY <<'{mark}' {name}\n{text.rstrip(chr(10))}\n{mark}"


def copied(module: LocalModule) -> str:
    """Return the instruction that puts a local module where Python finds it."""
    if module.name == "__main__" or not DOTTED.fullmatch(module.name):
        return comments([f"left out: {module.name} of {module.path}"])[0]
    path = module.name.replace(".", "/")
    is_package = module.path.endswith("__init__.py")
    return inlined(f"{path}/__init__.py" if is_package else f"{path}.py", module.source)


def variables(threads: Sequence[str]) -> list[str]:
    """Return the instructions that set the environment variables a run had set."""
    pairs = (setting.partition("=") for setting in threads)
    return [
        f"ENV {name}={json.dumps(value).replace('$', chr(92) + '$')}"
        for name, _, value in pairs
        if re.fullmatch(r"[A-Z_]+", name) and value.isprintable()
    ]
