"""How each tracker is begun, told one number, ended, and read back: one `Tool` each.

Runs inside the tool's own environment, in the folder the tool is to write to:
`python peer_tools.py TOOL speed CALLS TIMED`, `... TOOL log COUNTER PER_SECOND`,
`... TOOL kept ACKNOWLEDGED`. Each prints one line of JSON last.
"""

from __future__ import annotations

import json
import mmap
import os
import sqlite3
import statistics
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

Log = Callable[[float, int], object]
"""Takes the value and its step."""
End = Callable[[], object]

WARM_UP = 200


class Tool(NamedTuple):
    """One tracker: the package, how a run is begun, and which steps it kept."""

    package: str
    begin: Callable[[], tuple[Log, End]]
    kept: Callable[[], Iterable[int]]


# ---- the tools ---------------------------------------------------------------------


def trackbook() -> tuple[Log, End]:
    import trackbook

    trackbook.start_run("bench")
    log = trackbook.log_metric
    return lambda value, step: log("loss", value, step), trackbook.end_run


def trackbook_kept() -> Iterator[int]:
    import trackbook

    rows = trackbook.sql("SELECT step FROM metrics WHERE name = 'loss'", limit=10**9)
    return (step for (step,) in rows.rows)


def trackio() -> tuple[Log, End]:
    import trackio

    trackio.init("bench", embed=False, auto_log_cpu=False, auto_log_gpu=False)
    log = trackio.log
    return lambda value, step: log({"loss": value}, step=step), trackio.finish


def trackio_kept() -> Iterator[int]:
    for file in Path("trackio").rglob("*.db"):
        yield from first_column(file, "SELECT step FROM metrics")


def exptrack() -> tuple[Log, End]:
    from exptrack import Experiment

    run = Experiment("bench", script="bench", auto_capture=False)
    log = run.log_metric
    return lambda value, step: log("loss", value, step=step), run.finish


def exptrack_kept() -> Iterator[int]:
    for file in Path().rglob("experiments.db"):
        yield from first_column(file, "SELECT step FROM metrics WHERE key = 'loss'")


def wandb() -> tuple[Log, End]:
    import wandb

    run = wandb.init(project="bench", mode="offline", settings=wandb.Settings(silent=True))
    log = run.log
    return lambda value, step: log({"loss": value}, step=step), run.finish


def wandb_kept() -> Iterator[int]:
    from wandb.proto.wandb_internal_pb2 import Record

    for file in Path().rglob("*.wandb"):
        for data in leveldb_records(file.read_bytes()[7:]):
            record = Record.FromString(data)
            if record.WhichOneof("record_type") == "history":
                named = {
                    i.key or ".".join(i.nested_key): i.value_json
                    for i in record.history.item
                }
                if "loss" in named:
                    yield int(json.loads(named["_step"]))


def tensorboardx() -> tuple[Log, End]:
    from tensorboardX import SummaryWriter

    writer = SummaryWriter("events")
    add = writer.add_scalar
    return lambda value, step: add("loss", value, step), writer.close


def tensorboardx_kept() -> Iterator[int]:
    from tensorboardX.proto.event_pb2 import Event

    for file in Path("events").glob("*tfevents*"):
        for data in tf_records(file.read_bytes()):
            event = Event.FromString(data)
            if any(value.tag == "loss" for value in event.summary.value):
                yield event.step


def aim() -> tuple[Log, End]:
    import aim

    run = aim.Run(repo=".", system_tracking_interval=None, capture_terminal_logs=False)
    log = run.track
    return lambda value, step: log(value, name="loss", step=step), run.close


def aim_kept() -> Iterator[int]:
    import aim
    from aim.sdk.index_manager import RepoIndexManager

    repo = aim.Repo(".")
    for chunks in Path(".aim/meta/chunks").iterdir():
        # Its server does this; without it a new run is not seen by any reader.
        RepoIndexManager.get_index_manager(repo).index(chunks.name)
    for run in repo.iter_runs():
        for metric in run.metrics():
            if metric.name == "loss":
                yield from metric.data.items_list()[0]


def dvclive() -> tuple[Log, End]:
    from dvclive import Live

    live = Live("live", save_dvc_exp=False, dvcyaml=None, report=None, monitor_system=False)

    def log(value: float, step: int) -> None:
        live.step = step
        live.log_metric("loss", value)

    return log, live.end


def dvclive_kept() -> Iterator[int]:
    for file in Path("live").rglob("loss.tsv"):
        for line in file.read_text().splitlines()[1:]:
            if line.count("\t") == 1:
                yield int(line.split("\t")[0])


def mlflow() -> tuple[Log, End]:
    import mlflow

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.start_run()
    log = mlflow.log_metric
    return lambda value, step: log("loss", value, step=step), mlflow.end_run


def mlflow_kept() -> Iterator[int]:
    from mlflow import MlflowClient

    client = MlflowClient("sqlite:///mlflow.db")
    for run in client.search_runs(["0"]):
        for point in client.get_metric_history(run.info.run_id, "loss"):
            yield point.step


TOOLS = {
    "trackbook": Tool("trackbook", trackbook, trackbook_kept),
    "trackio": Tool("trackio", trackio, trackio_kept),
    "exptrack": Tool("exptrack", exptrack, exptrack_kept),
    "wandb": Tool("wandb", wandb, wandb_kept),
    "tensorboardX": Tool("tensorboardX", tensorboardx, tensorboardx_kept),
    "aim": Tool("aim", aim, aim_kept),
    "dvclive": Tool("dvclive", dvclive, dvclive_kept),
    "mlflow": Tool("mlflow", mlflow, mlflow_kept),
}

# ---- what is done with them --------------------------------------------------------


def main() -> None:
    name, task, *rest = sys.argv[1:]
    tool = TOOLS[name]
    numbers = [float(word) for word in rest if word.replace(".", "").isdigit()]
    if task == "speed":
        answer = speed(tool, int(numbers[0]), int(numbers[1]))
    elif task == "log":
        log_for_ever(tool, Path(rest[0]), numbers[-1])
    else:
        wanted = int(numbers[0])
        answer = {"kept": len({step for step in tool.kept() if 0 <= step < wanted})}
    sys.stdout.flush()
    print(f"\n{json.dumps(answer)}", flush=True)


def speed(
    tool: Tool, most: int, timed: int, *, patience_s: float = 10.0
) -> dict[str, object]:
    """Return seconds a call, of a bare loop, and of single calls in another one.

    The bare loop makes `most` calls, or as many as go into `patience_s`.
    """
    log, end = tool.begin()
    for step in range(WARM_UP):
        log(0.5, step)
    made, wall, cpu = WARM_UP, time.perf_counter(), time.thread_time()
    while made < most + WARM_UP and time.perf_counter() - wall < patience_s:
        for step in range(made, made + 500):
            log(0.5, step)
        made += 500
    cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
    nothing = one_by_one(lambda _value, _step: None, 0, 2000)
    single = one_by_one(log, made, timed)
    ending = time.perf_counter()
    end()
    ending = time.perf_counter() - ending
    calls = made - WARM_UP
    answer: dict[str, object] = {"version": version(tool.package), "calls": calls}
    answer |= {"ending": ending, "cpu": cpu / calls, "wall": wall / calls}
    for kind in ("cpu", "wall"):
        empty = statistics.median(nothing[kind])
        ordered = sorted(max(0.0, taken - empty) for taken in single[kind])
        answer[f"{kind}_median"] = ordered[len(ordered) // 2]
        answer[f"{kind}_p99"] = ordered[len(ordered) * 99 // 100]
    return answer


def one_by_one(log: Log, first: int, calls: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"cpu": [], "wall": []}
    for step in range(first, first + calls):
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        log(0.5, step)
        cpu, wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
        found["cpu"].append(cpu / 1e9)
        found["wall"].append(wall / 1e9)
    return found


def log_for_ever(tool: Tool, counter: Path, per_second: float) -> None:
    """Log until killed, and after each call that returned say so in shared memory.

    With `per_second` 0, as fast as it goes.
    """
    with counter.open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 8)
    log, _end = tool.begin()
    begun, step = time.perf_counter(), 0
    while True:
        if per_second:
            time.sleep(max(0.0, begun + step / per_second - time.perf_counter()))
        log(0.5, step)
        step += 1
        struct.pack_into("<q", shared, 0, step)


# ---- file formats ------------------------------------------------------------------


def first_column(file: Path, question: str) -> list[int]:
    """Return the numbers of a question to a SQLite file, its write-ahead log included."""
    db = sqlite3.connect(file)
    try:
        return [row[0] for row in db.execute(question)]
    except sqlite3.OperationalError:
        return []  # another of the tool's databases: it has no metrics
    finally:
        db.close()


def tf_records(data: bytes) -> Iterator[bytes]:
    """Yield the whole records of an event file: length, its sum, data, its sum."""
    at = 0
    while at + 12 <= len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        if at + 16 + length > len(data):
            return
        yield data[at + 12 : at + 12 + length]
        at += 16 + length


def leveldb_records(data: bytes, *, head: int = 7, block: int = 32768) -> Iterator[bytes]:
    """Yield the whole records of a LevelDB log that follows a header of `head` bytes.

    Blocks are counted from the file's beginning; a chunk is checksum, length and kind
    (1 whole, 2 first, 3 middle, 4 last), then data.
    """
    at, parts = 0, b""
    while at + 7 <= len(data):
        left = block - (at + head) % block
        if left < 7:
            at += left
            continue
        length, kind = struct.unpack_from("<HB", data, at + 4)
        if kind == 0 or at + 7 + length > len(data):
            return
        chunk = data[at + 7 : at + 7 + length]
        parts = chunk if kind in (1, 2) else parts + chunk
        if kind in (1, 4):
            yield parts
        at += 7 + length


if __name__ == "__main__":
    sys.path.pop(0)  # this folder holds files named like modules of other people's
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
