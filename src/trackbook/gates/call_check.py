"""Calls one function of a project and writes what it says; executed as a script.

It needs the standard library only. An error is its traceback.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main(asked: Path, answer: Path) -> None:
    """Call the function that is asked for and write its answer down."""
    order = json.loads(asked.read_text(encoding="utf-8"))
    sys.path[:0] = order["paths"]
    module, _, name = order["check"].partition(":")
    function = getattr(importlib.import_module(module), name)
    said = function(order["facts"], **order["params"])
    answer.write_text(json.dumps(said, default=as_plain), encoding="utf-8")


def as_plain(value: object) -> object:
    """Return what JSON has no form for, of numpy and the like, as it has."""
    item = getattr(value, "tolist", None)
    return item() if callable(item) else str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
