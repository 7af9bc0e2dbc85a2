"""Asks picklescan about files; executed as a script, in an environment that has it.

What it finds it writes into a file. An error is its traceback.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(folder: Path, work: Path) -> None:
    """Scan the files that are ordered, and write down what each of them names."""
    from picklescan.scanner import scan_bytes

    found = {}
    for name in json.loads((work / "files.json").read_text(encoding="utf-8")):
        (work / "now").write_text(name, encoding="utf-8", errors="surrogateescape")
        file = folder / name
        with file.open("rb") as opened:
            said = scan_bytes(opened, name, os.path.splitext(name)[1])  # noqa: PTH122  as it does
        found[name] = {
            "is_broken": said.scan_err,
            "names": [
                [one.safety.value, f"{one.module}.{one.name}"] for one in said.globals
            ],
        }
    (work / "found.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
