"""Tells what is wrong with a path: where it leads, what it hides, what it shadows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk

DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))]
)
MOST_NAME = 255
MOST_PATH = 1024
WORDS = (
    "numpy scipy sklearn pandas joblib xgboost lightgbm torch skops trackbook mlflow yaml pickle"
    " copyreg"
)
SHADOWED = frozenset(WORDS.split())
"""Modules that loading a model imports, and that a file of the package must not stand in for."""
ROOTS = frozenset({"code", "src", "lib", "site-packages"})
"""Folders from which modules are imported, beside the package itself."""
STARTED = frozenset({"sitecustomize.py", "usercustomize.py", "conftest.py", "autoexec.bat",
                     "desktop.ini", "autorun.inf", ".bashrc", ".profile", ".envrc"})  # fmt: skip


def trick_in(path: str) -> str:
    """Return what is wrong with a path inside an archive or folder; empty: nothing."""
    if not path or path.startswith(("/", "\\", "~")) or path[1:2] == ":":
        return "has an absolute path"
    if len(path) > MOST_PATH:
        return "has a path that is too long"
    if "\\" in path:
        return "has a backslash in its path, which is a separator on Windows"
    parts = path.removesuffix("/").split("/")
    return next((trick for part in parts if (trick := trick_in_part(part))), "")


def trick_in_part(part: str) -> str:
    """Return what is wrong with one part of a path."""
    if part == "..":
        return "has a path that leads out of its folder"
    if part in {"", "."}:
        return "has an empty part in its path"
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in part):
        return "has a control or invisible character in its name"
    if part != part.rstrip(" .") or ":" in part:
        return "has a name that Windows takes for another one"
    if part.partition(".")[0].lower() in DEVICES:
        return "has the name of a device"
    return "has a name that is too long" if len(part.encode()) > MOST_NAME else ""


def fold(path: str) -> str:
    """Return a path as a file system without case and with composed letters sees it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def tell_tricks(path: str, desk: Desk) -> None:
    """Tell of a file whose name alone makes somebody run it, or use it for another."""
    parts = path.rpartition("!")[2].lower().split("/")
    if parts[-1] in STARTED:
        desk.error(path, "autostart", "is a file that programs run by its name alone")
    if parts[-1] == "__init__.py":
        parts.pop()
    module = parts.pop().removesuffix(".py") if parts and path.endswith(".py") else ""
    if module in SHADOWED and (not parts or parts[-1] in ROOTS):
        desk.error(path, "shadow", "stands in for a module that loading a model imports")
