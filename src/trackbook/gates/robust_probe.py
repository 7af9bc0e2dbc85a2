"""Loads a package in a fresh process and asks it odd rows, case by case; executed as a script.

It needs the standard library and numpy only. What it finds it writes into files.
"""

from __future__ import annotations

import os
import pickle
import runpy
import sys
import time
import warnings
from pathlib import Path
from typing import Any

OWN = runpy.run_path(str(Path(__file__).with_name("load_probe.py")), run_name="probe")
"""How packages are loaded and asked, in a file that needs nothing either."""
LONGEST = 300


def main(folder: Path, work: Path) -> None:
    """Load the package in a folder, ask it every case, and write down what came of each."""
    order = pickle.loads((work / "order.pkl").read_bytes())  # noqa: S301  our own starter wrote it
    started = time.perf_counter()
    package, model = OWN["loaded"](folder)
    facts = {
        "load_s": time.perf_counter() - started,
        "python": sys.version.split()[0],
        "network": os.environ.get("TRACKBOOK_GATE_NETWORK"),
    }
    OWN["write"](work / "loaded.json", facts)
    warnings.simplefilter("ignore")
    for number, rows in order["cases"]:
        (work / f"{number}.begun").touch()
        said = asked(package, model, rows, folder, work / f"{number}")
        OWN["write"](work / f"{number}.json", said)


def asked(
    package: Any, model: Any, rows: Any, folder: Path, place: Path
) -> dict[str, object]:
    """Ask a model one case; return what it raised, or keep what it gave."""
    try:
        outputs = OWN["predicted"](package, model, rows)
        scores = OWN["scored"](package, model, rows, folder)
    except Exception as error:  # noqa: BLE001  what it raises is what is looked for
        kinds = [one.__name__ for one in type(error).__mro__]
        return {"raised": kinds, "said": str(error)[:LONGEST]}
    OWN["keep"](outputs, place.with_suffix(".npy"))
    if scores is not None:
        OWN["keep"](scores, place.with_name(f"{place.name}-scores.npy"))
    return {}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
