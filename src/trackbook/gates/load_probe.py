"""Loads a package in a fresh process and writes what it predicts; executed as a script.

It needs the standard library and numpy only. What it finds it writes into files: whoever
started it compares, for what is loaded here may say anything. An error is its traceback.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main(folder: Path, work: Path) -> None:
    """Load the package in a folder, predict its probes, and write both down."""
    facts: dict[str, object] = {
        "network": os.environ.get("TRACKBOOK_GATE_NETWORK"),
        "before_bytes": in_memory(),
        "python": sys.version.split()[0],
    }
    code = folder / "code"
    if not (code / "predict.py").is_file():
        sys.exit("the package has no code/predict.py with load_model(folder)")
    started = time.perf_counter()
    predict = module_at(code / "predict.py")
    model = predict.load_model(folder)
    facts |= {"load_s": time.perf_counter() - started, "loaded_bytes": in_memory()}
    write(work / "loaded.json", facts)
    probe = folder / "data" / "probe.npz"
    if not probe.is_file():
        return
    import numpy as np

    inputs = inputs_of(probe)
    started = time.perf_counter()
    if hasattr(predict, "predict"):
        outputs = predict.predict(model, inputs)
    else:
        outputs = model.predict(inputs) if hasattr(model, "predict") else model(inputs)
    facts["predict_s"] = time.perf_counter() - started
    found = np.asarray(outputs)
    np.save(work / "outputs.npy", found.astype(str) if found.dtype == object else found)
    write(work / "predicted.json", facts | {"peak_bytes": peak()})


def module_at(file: Path) -> Any:
    """Return a file as a module; what stands beside it can be imported by it."""
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location("predict", file)
    if spec is None or spec.loader is None:
        sys.exit(f"{file.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["predict"] = module
    spec.loader.exec_module(module)
    return module


def inputs_of(probe: Path) -> Any:
    """Return the rows to predict: one array, or columns by name as a pandas DataFrame."""
    import numpy as np

    with np.load(probe, allow_pickle=False) as arrays:
        if "inputs" in arrays:
            return arrays["inputs"]
        columns = {
            name.removeprefix("inputs").lstrip("./:_"): arrays[name]
            for name in arrays.files
            if name.startswith("inputs")
        }
    if not columns:
        sys.exit("data/probe.npz has no inputs")
    import pandas as pd

    return pd.DataFrame(columns)


def in_memory() -> int | None:
    """Return what this process has in memory; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak() -> int | None:
    """Return the most that this process had in memory since it began."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(found[0]) * 1024 if found else None


def write(file: Path, facts: object) -> None:
    """Write facts as JSON."""
    file.write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
