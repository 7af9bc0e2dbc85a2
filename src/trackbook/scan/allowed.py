"""Which names pickles of models may use, and what for: the list is in `allowed.txt`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

Use = Literal["call", "make", "name"]
USES: dict[str, Use] = {"call": "call", "make": "make", "name": "name"}
WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper"
"""Behind each of these joblib writes an array that is no part of the pickle."""
FILLED = frozenset({
    "collections.OrderedDict", "collections.Counter", "collections.defaultdict",
    "collections.deque", "builtins.list", "builtins.dict", "builtins.set",
    "builtins.bytearray",
    "sklearn.utils._bunch.Bunch",
})  # fmt: skip
"""What pickles fill with items by calling methods of it."""
DANGEROUS_NAMES = (
    "os posix nt posixpath subprocess sys pty commands socket shutil runpy importlib imp pkgutil"
    " code codeop ctypes cffi multiprocessing concurrent asyncio threading _thread pickle _pickle"
    " dill cloudpickle marshal types operator functools inspect webbrowser pip pdb bdb timeit"
    " cProfile profile trace doctest site platform tempfile pathlib urllib requests http"
    " ftplib smtplib telnetlib ssl logging idlelib lib2to3 distutils setuptools ensurepip venv"
    " zipimport httplib gc signal mmap io _io builtins __builtin__ numpy.testing numpy.f2py"
    " torch.hub torch.serialization torch.storage torch.jit torch.utils torch._inductor"
    " torch.distributed"
    " pandas.io pandas.eval joblib.memory sklearn.externals aiohttp uvicorn test xmlrpc"
    " __main__.__builtins__"
)
DANGEROUS = frozenset(DANGEROUS_NAMES.split())
"""Modules, and names in them, that pickles name when they mean harm; only for the words."""


@cache
def allowed_names() -> dict[str, Use]:
    """Return what each `module.name` may be used for."""
    found: dict[str, Use] = {}
    text = Path(__file__).with_name("allowed.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        use, _, rest = line.partition(" ")
        module, _, names = rest.partition(": ")
        if use in USES:
            found |= dict.fromkeys(
                [f"{module}.{name}" for name in names.split()], USES[use]
            )
    return found


@cache
def last_names() -> frozenset[str]:
    """Return the names that are allowed in some module."""
    return frozenset(full.rpartition(".")[2] for full in allowed_names())


def is_dangerous(full: str) -> bool:
    """Tell whether a name that is not allowed belongs to what attacks use."""
    parts = full.split(".")
    return any(".".join(parts[:n]) in DANGEROUS for n in range(1, len(parts) + 1))
