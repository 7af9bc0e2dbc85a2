"""How long a call takes, where nothing but the package is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.errors import TrackbookError
from trackbook.fingerprint import computer
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.loading import outputs_in
from trackbook.gates.probes import probes_of
from trackbook.gates.trial import tried
from trackbook.statistics import quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

On = Literal["point", "ci_upper"]
SCRIPT = Path(__file__).with_name("latency_probe.py")
CALLS, WARMUP, MOST_CALLS, MOST_BATCH, MOST_THREADS = 1_000, 50, 1_000_000, 100_000, 1_024
TIME_SHARE = 0.8
"""Of the check's time limit, after which no further call is begun."""
THREADS_OF = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS",
)  # fmt: skip
"""The variables by which numerical libraries are told how many threads to use."""
LEVEL = 0.95


class Unmeasured(TrackbookError):
    """Calls of a package could not be timed."""


class Calls(NamedTuple):
    """How a package is called."""

    batch: int
    calls: int
    warmup: int
    threads: int


class Timed(NamedTuple):
    """How long the calls took."""

    took_ms: Any
    facts: Mapping[str, object]


def p50(
    _candidate: Candidate,
    bench: Bench,
    *,
    max_ms: float,
    on: On = "point",
    batch: int = 1,
    calls: int = CALLS,
    warmup: int = WARMUP,
    threads: int = 1,
) -> Answer:
    """Half of all calls take no longer than `max_ms`, in a process of its own.

    Its inputs are the rows that are kept with the package, `batch` at a time. The process has
    `threads` threads, and that many processors to itself where the system can say so.
    """
    return held_up(bench, 0.5, max_ms, on, Calls(batch, calls, warmup, threads))


def p99(
    _candidate: Candidate,
    bench: Bench,
    *,
    max_ms: float,
    on: On = "point",
    batch: int = 1,
    calls: int = CALLS,
    warmup: int = WARMUP,
    threads: int = 1,
) -> Answer:
    """99 of 100 calls take no longer than `max_ms`, in a process of its own.

    `ci_upper` holds the upper bound of the 99th percentile against `max_ms` (95 %, of order
    statistics; needs 368 calls). Asked beside `latency.p50` with the same calls, both are
    told from one measurement.
    """
    return held_up(bench, 0.99, max_ms, on, Calls(batch, calls, warmup, threads))


def held_up(bench: Bench, share: float, max_ms: float, on: On, how: Calls) -> Answer:
    """Hold a percentile, or its upper bound, against the most that is allowed."""
    if probes_of(bench) is None:
        return skipped("no rows are kept with the package to call it with: give an example")
    found = bench.once(("latency", how), lambda: timed(bench, how))
    name = f"p{100 * share:g}"
    told = quantile(found.took_ms, share, LEVEL)
    seen = told.value if on == "point" else told.high
    held = {"max_ms": max_ms, "on": on}
    evidence = dict(found.facts) | {
        "percentile": name, "value_ms": told.value, "low_ms": told.low, "high_ms": told.high,
        "level": LEVEL, "interval": "order statistics",
    }  # fmt: skip
    n = len(found.took_ms)
    if seen is None:
        said = f"{n} calls are too few for an upper bound of {name}: give it more time"
        return failed(said, None, held, **evidence)
    bound = "" if told.high is None else f", at most {told.high:.3g} ms at {LEVEL:.0%}"
    rows = f"{how.batch} rows" if how.batch > 1 else "one row"
    words = f"{name} is {told.value:.3g} ms{bound}, of {n} calls with {rows}"
    if n < how.calls:
        words += f" ({how.calls} were asked for: its time was over)"
    if seen > max_ms:
        return failed(f"{words}; {max_ms:g} ms are allowed", seen, held, **evidence)
    return passed(words, seen, held, **evidence)


def timed(bench: Bench, how: Calls) -> Timed:
    """Call the package in a fresh process, and return how long each call took.

    Raises:
        Unmeasured: it was not loaded, or could not be called to the end
    """
    import numpy as np

    probes = probes_of(bench)
    order = how._asdict() | {
        "rows": None if probes is None else probes.rows,
        "seconds": TIME_SHARE * bench.seconds_left,
    }
    found = tried(
        bench, SCRIPT, order, variables=dict.fromkeys(THREADS_OF, str(how.threads))
    )
    if found.fault is not None:
        raise Unmeasured(f"no call could be timed: {found.fault}")
    took = outputs_in(found.work / "took.npy")
    if took is None or took.ndim != 1 or not len(took) or took.dtype.kind != "i":
        raise Unmeasured("the process wrote no times that can be read")
    if (took < 0).any() or took.sum() / 1e9 > found.loaded.ended.seconds:
        raise Unmeasured("the process wrote times that cannot be true")
    took_ms = took / 1e6
    low, middle, high = np.quantile(took_ms, (0.5, 0.9, 0.99))
    told = found.loaded.told
    facts = how._asdict() | {
        "n": len(took), "p50_ms": low, "p90_ms": middle, "p99_ms": high,
        "slowest_ms": took_ms.max(), "mean_ms": took_ms.mean(),
        "rows_per_s": 1e3 * how.batch / took_ms.mean(),
        "load_s": told.load_s if told else None,
        "processors": found.note("latency.json").get("processors"),
        "machine": on_what(),
    }  # fmt: skip
    return Timed(took_ms, facts)


def on_what() -> dict[str, object]:
    """Return the machine on which times were taken: they hold for no other."""
    seen = computer()
    return {
        "processor": seen.cpu, "cpu_count": seen.cpu_count, "cpus_usable": seen.cpus_usable,
        "memory_bytes": seen.memory_limit_bytes or seen.memory_bytes, "system": seen.os,
        "python": seen.python,
    }  # fmt: skip


def untimely(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for times."""
    if params["max_ms"] <= 0:
        return f"max_ms is {params['max_ms']:g}: nothing could pass"
    for name, usual, least, most in (
        ("batch", 1, 1, MOST_BATCH),
        ("calls", CALLS, 1, MOST_CALLS),
        ("warmup", WARMUP, 0, MOST_CALLS),
        ("threads", 1, 1, MOST_THREADS),
    ):
        found = params.get(name, usual)
        if not least <= found <= most:
            return f"{name} is {found}: {least} to {most} go"
    return None
