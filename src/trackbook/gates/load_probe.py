"""Loads a package in a fresh process and writes what it predicts; executed as a script.

It needs the standard library and numpy only. What it finds it writes into files: whoever
started it compares, for what is loaded here may say anything. An error is its traceback.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import pickle
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
    started = time.perf_counter()
    package, model = loaded(folder)
    facts |= {"load_s": time.perf_counter() - started, "loaded_bytes": in_memory()}
    write(work / "loaded.json", facts)
    kept = work / "rows.pkl"
    if kept.is_file():
        rows = pickle.loads(kept.read_bytes())  # noqa: S301  whoever started this process wrote it
        started = time.perf_counter()
        outputs = predicted(package, model, rows)
        facts["predict_s"] = time.perf_counter() - started
        keep(outputs, work / "outputs.npy")
        scores = (
            scored(package, model, rows, folder) if (work / "scores").exists() else None
        )
        if scores is not None:
            keep(scores, work / "scores.npy")
    write(work / "predicted.json", facts | {"peak_bytes": peak()})
    # Last: whatever comes of it, the predictions are there.
    if kept.is_file() and (work / "clock.json").is_file():
        clocked(package, model, rows, folder, work)


def loaded(folder: Path) -> tuple[Any, Any]:
    """Return what loads the package, and the model."""
    code = folder / "code"
    if not (code / "predict.py").is_file():
        sys.exit("the package has no code/predict.py")
    sys.path.insert(0, str(code))
    package = module_at(code / "predict.py", "predict")
    if hasattr(package, "load_model"):
        return package, package.load_model(folder)
    return package, package.load(str(folder))


def predicted(package: Any, model: Any, rows: Any) -> Any:
    """Return what the model gives for rows."""
    return asker(package, model)(rows)


def asker(package: Any, model: Any) -> Any:
    """Return what is called with rows: the package's own `predict`, if it has one."""
    predict = getattr(package, "predict", None)
    if predict is not None:
        names = list(inspect.signature(predict).parameters)
        first = next(name for name in names if name != "model")
        return lambda rows: predict(**{first: rows, "model": model})
    return model.predict if hasattr(model, "predict") else model


def count_of(rows: Any) -> int:
    """Return how many rows there are."""
    if isinstance(rows, dict):
        return min((count_of(item) for item in rows.values()), default=0)
    return int(rows.shape[0]) if getattr(rows, "shape", ()) else len(rows)


def picked(rows: Any, places: list[int]) -> Any:
    """Return the rows at some places, in the form in which they came."""
    if isinstance(rows, dict):
        return {name: picked(item, places) for name, item in rows.items()}
    if hasattr(rows, "iloc"):
        return rows.iloc[places]
    return [rows[at] for at in places] if isinstance(rows, list) else rows[places]


def scored(package: Any, model: Any, rows: Any, folder: Path) -> Any:
    """Return what a model gives for each class, by the package's own way; None without."""
    if hasattr(package, "scores"):
        return package.scores(model, rows)
    if hasattr(package, "loader_of"):
        return package.loader_of(str(folder)).scores(model, rows)
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None


def clocked(package: Any, model: Any, rows: Any, folder: Path, work: Path) -> None:
    """Write how long the model takes for one row and for many, call by call."""
    stopwatch = module_at(Path(__file__).with_name("stopwatch.py"), "trackbook_stopwatch")
    loader = package.loader_of(str(folder)) if hasattr(package, "loader_of") else None

    def ask(some: Any) -> Any:
        return loader.predict(model, some) if loader else predicted(package, model, some)

    wanted = json.loads((work / "clock.json").read_text(encoding="utf-8"))
    write(work / "times.json", stopwatch.timed(ask, rows, **wanted))


def keep(outputs: Any, file: Path) -> None:
    """Write predictions as one array, without pickle."""
    import numpy as np

    whole = outputs.toarray() if hasattr(outputs, "toarray") else outputs
    found = np.asarray(whole.detach().cpu() if hasattr(whole, "detach") else whole)
    np.save(file, found if found.dtype.kind in "biufcUS" else found.astype(str))


def module_at(file: Path, name: str) -> Any:
    """Return a file as a module of that name."""
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        sys.exit(f"{file.name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


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
