"""What it costs to scan models before they are loaded, and that real ones raise no alarm.

A forest of 500 trees as a pickle, as joblib writes it, packed, as skops, and what lies in a package
beside it. Goal: a plain pickle costs at most 1.5 times what `pickletools.genops` alone costs, which
reads the same opcodes and draws no conclusion from them. References, in the same run, turn by turn:
bare `genops`, and SHA-256 of the same file, the least that is done to a file before it is trusted.

Accuracy: the samples of `tests/scan`, hostile and benign, none of which is ever loaded.
"""

from __future__ import annotations

import pickle
import pickletools
import statistics
import sys
import tempfile
import warnings
from hashlib import sha256
from pathlib import Path
from time import process_time

import joblib
import numpy as np
from machine import machine, told
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from trackbook.scan import scan_file, scan_folder

SAMPLES = Path(__file__).parents[1] / "tests" / "scan"
GOAL = 1.5


def main() -> None:
    choice = told(__doc__, repeats=0)
    trees, repeats = (40, 3) if choice.smoke else (500, choice.repeats or 9)
    print(machine())
    print(f"a forest of {trees} trees; median of {repeats} turns; process CPU, ms")
    with tempfile.TemporaryDirectory() as folder:
        ratio = speeds(Path(folder), trees, repeats)
    print(f"goal (pickle <= {GOAL} x genops): {'kept' if ratio <= GOAL else 'missed'}")
    with tempfile.TemporaryDirectory() as folder:
        accuracy(Path(folder))


def speeds(folder: Path, trees: int, repeats: int) -> float:
    """Print what each way to keep a forest costs; return the ratio for a plain pickle."""
    x, y = make_classification(2000, 20, random_state=0)
    forest = RandomForestClassifier(trees, max_depth=8, random_state=0).fit(x, y)
    ways = {
        "pickle": lambda file: file.write_bytes(pickle.dumps(forest)),
        "joblib": lambda file: joblib.dump(forest, file),
        "joblib, packed": lambda file: joblib.dump(forest, file, compress=3),
        "skops": lambda file: with_skops(forest, file),
        "npz": lambda file: np.savez(file, x=np.tile(x, (50, 1))),
    }
    endings = {"skops": ".skops", "npz": ".npz", "pickle": ".pkl"}
    ratio = 0.0
    for name, write in ways.items():
        file = folder / f"model{endings.get(name, '.joblib')}"
        write(file)
        ours, hashed, bare = [], [], []
        for _ in range(repeats):
            ours.append(spent(scan_file, file))
            hashed.append(spent(digest, file))
            bare.append(spent(genops, file) if name == "pickle" else 0.0)
        if not scan_file(file).is_safe:
            raise SystemExit(f"{name}: a false alarm: {scan_file(file).findings[0]}")
        own, other = statistics.median(ours), statistics.median(hashed)
        line = f"{name:<16}{file.stat().st_size / 1e6:7.1f} MB  scan {own:8.1f}  sha256 {other:6.1f}"
        line += f"  {own / other:5.1f} x sha256"
        if name == "pickle":
            ratio = own / statistics.median(bare)
            line += f"  genops {statistics.median(bare):7.1f}  {ratio:.2f} x genops"
        print(line)
        file.unlink()
    return ratio


def with_skops(model, file: Path) -> None:
    import skops.io

    skops.io.dump(model, file)


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def genops(file: Path) -> None:
    with file.open("rb") as opened:
        for _ in pickletools.genops(opened):
            pass


def spent(work, *args) -> float:
    """Return the CPU of the process in ms that a piece of work takes."""
    begun = process_time()
    work(*args)
    return (process_time() - begun) * 1e3


def accuracy(folder: Path) -> None:
    """Print how many samples are judged rightly."""
    sys.path.insert(0, str(SAMPLES))
    warnings.simplefilter("ignore")
    from benign_models import FILES as GOOD
    from benign_models import MODELS, WAYS, model
    from hostile_files import FILES
    from hostile_pickles import PICKLES

    marker = folder / "marker"
    found = 0
    for number, (write, name, _) in enumerate(PICKLES.values()):
        file = place(folder, f"p{number}") / name
        file.write_bytes(write(f"touch {marker}"))
        found += not scan_file(file).is_safe
    for number, (write, _) in enumerate(FILES.values()):
        path = write(place(folder, f"f{number}"), f"touch {marker}")
        found += not (scan_folder(path) if path.is_dir() else scan_file(path)).is_safe
    passed = 0
    for way, name in WAYS.items():
        for kind in MODELS:
            file = place(folder, f"{way.__name__}-{kind}") / name
            way(model(kind), file)
            passed += scan_file(file).is_safe
    for name, write in GOOD.items():
        file = place(folder, f"good-{name}") / name
        write(file)
        passed += scan_file(file).is_safe
    hostile, benign = len(PICKLES) + len(FILES), len(WAYS) * len(MODELS) + len(GOOD)
    print(
        f"hostile samples found out: {found} of {hostile}; executed: {int(marker.exists())}"
    )
    print(f"benign files that pass: {passed} of {benign}")


def place(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


if __name__ == "__main__":
    main()
