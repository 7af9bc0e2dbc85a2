"""Who works: processes of our own, an executor that was given, or Dask's workers."""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
import threading
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.sweeps.plan import Outcome, Target, Task

DASK = "dask://"
PATIENCE_S = 8.0
"""How long a worker that is asked to end may take: it ends what it has started first."""
MOST_JOBS = 4096


class Crew(Protocol):
    """Takes tasks; whoever of it dies is replaced."""

    name: str
    jobs: int

    def submit(self, target: Target, task: Task) -> Future[Outcome]: ...

    def is_gone(self, error: BaseException) -> bool:
        """Tell whether an error means that a worker died, not that the trial failed."""

    def renew(self) -> None:
        """Replace those that died."""

    def end(self, *, kill: bool) -> None:
        """Let everybody go; with `kill` at once, whatever they do."""


def crew_for(target: Target, executor: Executor | str | None, jobs: int | None) -> Crew:
    """Return who is to work.

    Args:
        target: what they are to try
        executor: `dask://host:port`, an executor, or None for processes of our own
        jobs: how many trials at once; as many as there are processors when left out

    Raises:
        Misused: no executor is meant
        NotFound: Dask is not installed, or does not answer
    """
    if jobs is not None and not 1 <= jobs <= MOST_JOBS:
        raise Misused(f"--jobs is {jobs}: a number from 1 to {MOST_JOBS}")
    if isinstance(executor, str):
        return Dask(executor, target, jobs)
    if executor is not None:
        return Given(executor, target, jobs or usable_cpus())
    if target.records_itself and not target.own_processes:
        return Threads(target, jobs or usable_cpus())
    return Processes(target, jobs or usable_cpus())


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Processes:
    """Processes of our own, started afresh: nothing of this one is in them."""

    name = "processes"

    def __init__(self, target: Target, jobs: int) -> None:
        self.jobs = jobs
        self._packed = packed(target)
        self._pool = self._made()

    def _made(self) -> ProcessPoolExecutor:
        import multiprocessing

        how = "forkserver" if sys.platform == "linux" else "spawn"
        return ProcessPoolExecutor(
            self.jobs,
            mp_context=multiprocessing.get_context(how),
            initializer=settled,
        )

    def submit(self, target: Target, task: Task) -> Future[Outcome]:  # noqa: ARG002  packed before
        with no_main():
            return self._pool.submit(done, self._packed, task)

    def is_gone(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def renew(self) -> None:
        self.end(kill=True)
        self._pool = self._made()

    def end(self, *, kill: bool) -> None:
        processes: dict[int, Any] = dict(getattr(self._pool, "_processes", None) or {})
        if kill:
            for process in processes.values():
                process.terminate()
            for process in processes.values():
                process.join(PATIENCE_S)
                process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)


class Threads:
    """Threads that wait for processes which the trials start themselves."""

    name = "processes"

    def __init__(self, target: Target, jobs: int) -> None:
        self.jobs = jobs
        self._target = target
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="trackbook-sweep")

    def submit(self, target: Target, task: Task) -> Future[Outcome]:
        return self._pool.submit(target.perform, task)

    def is_gone(self, error: BaseException) -> bool:
        return isinstance(error, BrokenExecutor)

    def renew(self) -> None:
        """Nobody died."""

    def end(self, *, kill: bool) -> None:
        if kill:
            self._target.end()
        self._pool.shutdown(wait=True, cancel_futures=True)


class Given:
    """An executor of the user's, which goes on living."""

    def __init__(self, executor: Executor, target: Target, jobs: int) -> None:
        self.jobs = jobs
        self.name = type(executor).__qualname__
        self._executor = executor
        self._packed = packed(target)

    def submit(self, target: Target, task: Task) -> Future[Outcome]:  # noqa: ARG002  packed before
        with no_main():
            return self._executor.submit(done, self._packed, task)

    def is_gone(self, error: BaseException) -> bool:
        # A broken pool stays broken, and it is the user's: its trials end as failed.
        return is_dask_loss(error)

    def renew(self) -> None:
        """It replaces its own workers, if it does."""

    def end(self, *, kill: bool) -> None:
        """It is the user's; what waits in it was taken back one by one."""


class Dask(Given):
    """The workers of a Dask cluster; Dask does a trial again whose worker died."""

    def __init__(self, address: str, target: Target, jobs: int | None) -> None:
        if not address.startswith(DASK):
            raise Misused(
                f"--executor is {address!r}: dask://host:port, or left out for processes"
            )
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError:
            raise NotFound(
                "--executor dask:// needs distributed: pip install distributed"
            ) from None
        where = address.removeprefix(DASK)
        try:
            self._client = distributed.Client(f"tcp://{where}", set_as_default=False)
        except (OSError, ValueError) as error:
            raise NotFound(f"no Dask scheduler answers at {where!r}: {error}") from None
        threads = sum(self._client.nthreads().values())
        super().__init__(
            self._client.get_executor(pure=False), target, jobs or max(1, threads)
        )
        self.name = address

    def end(self, *, kill: bool) -> None:  # noqa: ARG002  the workers are not ours
        self._client.close()


def is_dask_loss(error: BaseException) -> bool:
    """Tell whether Dask gave a trial up because its workers died."""
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(
        error, distributed.KilledWorker | distributed.client.FutureCancelledError
    )


def packed(target: Target) -> bytes:
    """Return a target as bytes; functions of the notebook go along with what they use.

    Raises:
        Misused: it cannot be pickled
    """
    try:
        with suppress(ImportError):
            import cloudpickle

            return bytes(cloudpickle.dumps(target))
        return pickle.dumps(target)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise Misused(
            f"{target.name} cannot be sent to other processes ({error}): define it in a module,"
            " or pip install 'trackbook[sweep]'"
        ) from None


unpacked: dict[bytes, Target] = {}
"""What this worker was sent, so that it is read once."""


def done(pack: bytes, task: Task) -> Outcome:
    """Try once, on a worker."""
    target = unpacked.get(pack)
    if target is None:
        unpacked.clear()
        try:
            target = unpacked[pack] = pickle.loads(pack)  # noqa: S301  our own coordinator's
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"{error.name} is not where the worker looks: install it there, start the"
                " workers with its folder in PYTHONPATH, or define the function in a notebook"
            ) from None
    return target.perform(task)


def settled() -> None:
    """Make a worker end with its coordinator: Ctrl-C is the coordinator's to answer."""
    signal.signal(signal.SIGINT, unanswered)
    threading.Thread(target=end_with_parent, daemon=True).start()


def unanswered(_number: int, _frame: object) -> None:
    """Leave Ctrl-C to others; if it was ignored, what starts from here would ignore it too."""


def end_with_parent() -> None:
    """End this process once the one that sweeps is gone.

    That is not the system's parent of it: a fork server lives as long as its children.
    """
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def no_main() -> Iterator[None]:
    """Let a process start that does not execute the user's script once more."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
