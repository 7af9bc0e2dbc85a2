"""The graphics cards of a machine, and how much of them is in use."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

PATIENCE_S = 5.0
ASKED = ("--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")


class GpuUse(NamedTuple):
    """What all graphics cards together are doing."""

    percent: float
    """Of their time, the mean over the cards."""
    memory_bytes: int


@cache
def gpus() -> tuple[str, ...]:
    """Return each card as `name, memory, driver`; takes up to seconds, the first time."""
    library = nvml()
    if library is not None:
        return tuple(map(card_of, handles(library)))
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    try:
        done = subprocess.run(  # noqa: S603  a tool of the system, without any text of the user's
            [tool, *ASKED], capture_output=True, timeout=PATIENCE_S, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in done.stdout.splitlines() if line.strip())


def gpu_use() -> GpuUse | None:
    """Return what the cards are doing; None where nvidia-ml-py does not see any."""
    library = nvml()
    found = handles(library) if library is not None else []
    if library is None or not found:
        return None
    try:
        busy = [library.nvmlDeviceGetUtilizationRates(one).gpu for one in found]
        used = [library.nvmlDeviceGetMemoryInfo(one).used for one in found]
    except library.NVMLError:
        return None
    return GpuUse(sum(busy) / len(busy), sum(used))


@cache
def nvml() -> Any:
    """Return nvidia-ml-py, ready to be asked; None where it or a driver is not there."""
    if find_spec("pynvml") is None:
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


@cache
def handles(library: Any) -> list[Any]:
    """Return a handle of each card."""
    count = library.nvmlDeviceGetCount()
    return [library.nvmlDeviceGetHandleByIndex(number) for number in range(count)]


def card_of(handle: Any) -> str:
    """Return a card as `name, memory, driver`, as nvidia-smi writes it."""
    library = nvml()
    total = library.nvmlDeviceGetMemoryInfo(handle).total
    name, driver = library.nvmlDeviceGetName(handle), library.nvmlSystemGetDriverVersion()
    return f"{name}, {total >> 20} MiB, {driver}"
