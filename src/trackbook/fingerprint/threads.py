"""Settings by which numbers come out differently: threads, hashes, exact kernels."""

from __future__ import annotations

import os
import sys
from threading import Thread

from trackbook.fingerprint.dice import imported

VARIABLES = (
    "OMP_NUM_THREADS", "OMP_DYNAMIC", "MKL_NUM_THREADS", "MKL_DYNAMIC", "MKL_CBWR",
    "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS", "LOKY_MAX_CPU_COUNT", "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS", "TF_DETERMINISTIC_OPS", "TF_CUDNN_DETERMINISTIC", "XLA_FLAGS",
    "CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES", "PYTHONHASHSEED",
)  # fmt: skip


def thread_settings() -> list[str]:
    """Return what is set, as NAME=VALUE, sorted.

    Libraries keep such numbers for each thread: one that is new has those that were set
    for all, whoever asks.
    """
    found: list[str] = []
    asking = Thread(target=lambda: found.extend([*pools(), *of_torch()]), daemon=True)
    try:
        asking.start()
        asking.join()
    except RuntimeError:  # the interpreter ends, and takes no new threads
        asking.run()
    found += [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ]
    return sorted(found)


def pools() -> list[str]:
    """Return the threads of each pool of a loaded library, where threadpoolctl is in use."""
    library = imported("threadpoolctl", None)
    if library is None or not hasattr(library, "threadpool_info"):
        return []
    return [
        f"{pool.get('internal_api')} {pool.get('version')}={pool.get('num_threads')}"
        for pool in library.threadpool_info()
    ]


def of_torch() -> list[str]:
    """Return torch's threads, and whether its kernels are exact, where it is in use."""
    torch = imported("torch", None)
    if torch is None or "torch.backends.cudnn" not in sys.modules:
        return []
    cudnn = sys.modules["torch.backends.cudnn"]
    return [
        f"torch threads={torch.get_num_threads()}",
        f"torch interop threads={torch.get_num_interop_threads()}",
        f"torch deterministic={torch.are_deterministic_algorithms_enabled()}",
        f"cudnn deterministic={getattr(cudnn, 'deterministic', None)}",
        f"cudnn benchmark={getattr(cudnn, 'benchmark', None)}",
    ]
