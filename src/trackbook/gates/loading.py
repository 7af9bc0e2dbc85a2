"""Whether a package loads where nothing but its own is there, and gives what it gave."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from trackbook.gates.answer import Answer, failed, passed
from trackbook.gates.child import Ended, run_child
from trackbook.gates.package import MB, in_mb, tampered
from trackbook.gates.probes import difference, probes_of

if TYPE_CHECKING:
    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

SCRIPT = Path(__file__).with_name("load_probe.py")
MEMORY_MB = 4_000.0
LARGEST_NOTE, LARGEST_OUTPUT = 200_000, 200 * MB
SAID = 2_000
T = TypeVar("T")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the process wrote of itself; it may have lied."""

    python: str = ""
    network: str = ""
    """closed or open."""
    before_bytes: int | None = None
    load_s: float | None = None
    loaded_bytes: int | None = None
    predict_s: float | None = None
    peak_bytes: int | None = None


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """How long a model is timed, after it has predicted."""

    calls: int = 1_000
    """At most, with one row as well as with a batch."""
    batch: int = 100
    """Rows of a batch, at most."""
    seconds: float = 2.0
    """For each of both."""


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """How long calls took, as the process told it; it may have lied."""

    one_ns: list[int]
    """Of calls with one row, one after another."""
    batch_ns: list[int]
    batch_rows: int
    processors: int | None = None
    """That it might use."""


class Loaded(NamedTuple):
    """What came of loading a package in a fresh process."""

    memory_mb: float
    """How much it might take."""
    ended: Ended
    told: Told | None
    """None where it did not come so far as to load."""
    outputs: Any
    """The array that it predicted; None where it did not come so far."""
    refused: str = ""
    """Why it was not loaded at all."""
    scores: Any = None
    """What it gave for each class, where it was asked to and can."""
    changed: str = ""
    """What was no longer as registered afterwards."""
    is_done: bool = False
    """Whether it came so far as to have predicted all; it may have failed at being timed."""
    times: Times | None = None


def clean_process(
    _candidate: Candidate,
    bench: Bench,
    *,
    memory_mb: float = MEMORY_MB,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    require_probes: bool = True,
    despite_scan: bool = False,
) -> Answer:
    """A fresh Python process loads the package and predicts what was predicted before.

    The process has no variables of ours that could hold a secret, no local modules, so
    much memory, and the check's time limit. Unless `despite_scan`, nothing is loaded in
    which the scanner finds danger.
    """
    probes = probes_of(bench)
    found = loaded(bench, memory_mb, despite_scan=despite_scan)
    ended, told = found.ended, found.told
    evidence: dict[str, object] = {
        "folder": str(bench.folder),
        "seconds": round(ended.seconds, 3),
        "peak_mb": round(ended.peak_bytes / MB, 1),
        "told": msgspec.to_builtins(told) if told else None,
    }
    held = {"rtol": rtol, "atol": atol, "memory_mb": memory_mb}
    fault = fault_of(found)
    if fault is not None:
        said = ended.said[-SAID:] if not found.refused else ""
        return failed(fault, None, held, said=said, **evidence)
    took = (
        f"loaded in {told.load_s:.2g} s" if told and told.load_s is not None else "loaded"
    )
    if probes is None:
        said = f"{took}, but no probes are kept with it to compare: give an input example"
        return (failed if require_probes else passed)(said, None, held, **evidence)
    wanted = probes.outputs
    apart = difference(found.outputs, wanted, rtol, atol)
    if apart.words:
        return failed(f"{took}, but {apart.words}", apart.largest, held, **evidence)
    said = f"{took}, {len(wanted) if wanted.ndim else 1} probes as they were"
    return passed(said, apart.largest, held, **evidence)


def memory(_candidate: Candidate, bench: Bench, *, max_mb: float = 2_000.0) -> Answer:
    """A process that loads the package and predicts takes no more memory than `max_mb`."""
    held = {"max_mb": max_mb}
    earlier = [
        one
        for one in bench.memory.values()
        if isinstance(one, Loaded) and (one.refused or one.ended.why == "ended")
    ]
    found = earlier[0] if earlier else loaded(bench, max(MEMORY_MB, max_mb))
    fault = fault_of(found)
    if fault is not None or found.told is None:
        return failed(f"what it takes cannot be told: {fault}", None, held)
    told = found.told
    peak = max(found.ended.peak_bytes, told.peak_bytes or 0, told.loaded_bytes or 0)
    evidence = {"before_bytes": told.before_bytes, "loaded_bytes": told.loaded_bytes}
    if peak > max_mb * MB:
        said = f"{in_mb(peak)} at its peak, {max_mb:g} MB are allowed"
        return failed(said, peak / MB, held, **evidence)
    return passed(f"{in_mb(peak)} at its peak", peak / MB, held, **evidence)


def loaded(bench: Bench, memory_mb: float, *, despite_scan: bool = False) -> Loaded:
    """Load the package in a fresh process; once for all checks that ask the same."""
    key = ("loaded", memory_mb, despite_scan)
    earlier = bench.memory.get(key)
    if isinstance(earlier, Loaded) and earlier.ended.why == "time":
        del bench.memory[key]  # the limit was another check's
    return bench.once(key, lambda: load(bench, memory_mb, despite_scan=despite_scan))


def load(
    bench: Bench,
    memory_mb: float,
    *,
    despite_scan: bool = False,
    rows: Any = None,
    clock: Clock | None = None,
) -> Loaded:
    """Load the package in a fresh process, if it is what was registered and harmless.

    It predicts the rows that are kept with it, or else those that are given, and of these
    what it gives for each class too. With a clock it is timed then.
    """
    refused = tampered(bench)
    scan = None if refused or despite_scan else bench.scanned()
    if scan is not None and not scan.is_safe:
        first = next((f for f in scan.findings if f.severity == "error"), None)
        refused = f"the scanner found {first.path}: {first.words}" if first else "not safe"
    if refused:
        return Loaded(memory_mb, Ended("halted", None, 0.0, 0, ""), None, None, refused)
    work = Path(tempfile.mkdtemp(prefix="load-", dir=bench.scratch))
    put_question(work, bench, rows, clock)
    ended = run_child(
        SCRIPT,
        [str(bench.folder.resolve()), str(work)],
        work,
        seconds=bench.seconds_left,
        memory_bytes=int(memory_mb * MB),
        halt=bench.halt,
        network="closed",
    )
    done = told_in(work / "predicted.json", Told)
    told = done or told_in(work / "loaded.json", Told)
    return Loaded(
        memory_mb,
        ended,
        told,
        outputs_in(work / "outputs.npy"),
        scores=outputs_in(work / "scores.npy"),
        changed=tampered(bench) or "",
        is_done=done is not None,
        times=told_in(work / "times.json", Times),
    )


def put_question(work: Path, bench: Bench, rows: Any, clock: Clock | None) -> None:
    """Write down what a process is to be asked: rows, or else the probes, and how long."""
    probes = probes_of(bench) if rows is None else None
    if rows is not None:
        (work / "scores").touch()
    if rows is not None or probes is not None:
        asked = rows if probes is None else probes.rows
        (work / "rows.pkl").write_bytes(pickle.dumps(asked))
    if clock is not None:
        (work / "clock.json").write_bytes(msgspec.json.encode(clock))


def fault_of(found: Loaded) -> str | None:
    """Say why a package was not loaded, or not used, to the end; None where it was."""
    ended = found.ended
    stage = "while predicting" if found.told else "while loading"
    stopped = {
        "time": f"not done after {ended.seconds:.0f} s, {stage}; all its processes were ended",
        "memory": f"took more than {found.memory_mb:g} MB of memory {stage}; it was ended",
        "halted": f"stopped {stage}",
    }
    if found.refused:
        return f"not loaded: {found.refused}"
    if ended.why != "ended":
        return stopped[ended.why]
    if ended.code != 0:
        return f"failed {stage}: {ended.last_line}"
    if found.changed:
        return f"loading it changed the package: {found.changed}"
    return None if found.told else "ended without having loaded anything"


def outputs_in(file: Path) -> Any:
    """Return the array in a file that somebody else wrote; None where there is none."""
    import numpy as np

    if not file.is_file() or file.is_symlink() or file.stat().st_size > LARGEST_OUTPUT:
        return None
    try:
        return np.load(file, allow_pickle=False)
    except (ValueError, OSError, EOFError):
        return None


def told_in(file: Path, of: type[T]) -> T | None:
    """Return what a process wrote of itself; None where it wrote nothing sensible."""
    if not file.is_file() or file.is_symlink() or file.stat().st_size > LARGEST_NOTE:
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=of)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
