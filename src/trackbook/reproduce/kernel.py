"""A fresh kernel of this interpreter, to which cells are sent one by one."""

from __future__ import annotations

import asyncio
import math
import os
import sys
import time
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from trackbook.errors import NotFound, TrackbookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

PATIENCE_S, LAST_WORDS_S = 180, 20


class CellFailed(TrackbookError):
    """A cell of a notebook that trackbook executes raised; what came before it is kept."""


class FreshKernel:
    """A kernel in a folder, while a `with` statement lasts.

    Args:
        notebook: the notebook whose cells are executed; their outputs come to stand in it
        folder: where the kernel works
        env: its environment's variables; those of trackbook in ours are not handed on
        timeout_s: how long one cell may take; None for as long as it likes
        python: the interpreter; this one when left out
    """

    def __init__(
        self,
        notebook: Any,
        folder: Path,
        env: Mapping[str, str],
        *,
        timeout_s: float | None = None,
        python: str = sys.executable,
    ) -> None:
        must_be_able(python)
        # With nbformat, which takes a second or two.
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient

        from trackbook.reproduce.one_python import OnePython

        self.notebook = notebook
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("TRACKBOOK_")}
        self._env |= env
        self._inside = ExitStack()
        self._client: Any = NotebookClient(
            notebook,
            km=AsyncKernelManager(kernel_spec_manager=OnePython(python)),
            timeout=timeout_s,
            startup_timeout=PATIENCE_S,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
        )
        self._client.owns_km = True

    def __enter__(self) -> Self:
        self._inside.enter_context(self._client.setup_kernel(env=self._env))
        told = self._client.wait_for_reply(self._client.kc.kernel_info())
        self.notebook.metadata.language_info = told["content"]["language_info"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inside.close()

    def execute(self, at: int, *, timeout_s: float | None = None) -> None:
        """Execute one cell as JupyterLab does: the request says which cell it is.

        With `timeout_s` this cell may take so long, whatever the others may.

        Raises:
            CellFailed: it raised and is not tagged `raises-exception`, took too long, or
                the kernel died in it
        """
        from nbclient.exceptions import (
            CellExecutionError,
            CellTimeoutError,
            DeadKernelError,
        )

        cell = self.notebook.cells[at]
        if timeout_s is not None:
            self._client.timeout = max(1, math.ceil(timeout_s))
        self._client.kc.session.metadata = {"cellId": cell.id}
        try:
            self._client.execute_cell(cell, at)
        except CellExecutionError as error:
            last = f"{error.ename}: {error.evalue}".strip().splitlines()[-1]
            raise CellFailed(f"cell {cell.id!r} failed: {last}") from error
        except CellTimeoutError as error:
            raise CellFailed(
                f"cell {cell.id!r} failed: it took more than {self._client.timeout:.0f} s"
            ) from error
        except DeadKernelError as error:
            raise CellFailed(f"cell {cell.id!r} failed: the kernel died in it") from error
        except KeyboardInterrupt:
            drop_pending(self._client)
            raise

    def leave(self, source: str, *, is_busy: bool) -> bool:
        """Execute last words before the kernel is shut down; say whether it answered.

        It is not always polite then: one with child processes is killed at once.

        Args:
            source: the words
            is_busy: a cell may still be running: it is interrupted first
        """
        from jupyter_core.utils import run_sync
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        self._client.timeout = LAST_WORDS_S
        until = time.monotonic() + LAST_WORDS_S
        try:
            if is_busy:
                run_sync(self._client.km.interrupt_kernel)()
            # What is asked while a cell fails is turned away together with all that waits.
            while (status := self._asked(source)["status"]) == "aborted":
                if time.monotonic() > until:
                    break
                time.sleep(0.1)
        except (CellTimeoutError, DeadKernelError):
            return False
        return bool(status == "ok")

    def silently(self, source: str) -> None:
        """Execute code that is no cell of the notebook and leaves no trace in its history.

        Raises:
            CellFailed: it raised
        """
        answer = self._asked(source)
        if answer["status"] != "ok":
            raise CellFailed(f"preparing the kernel failed: {answer.get('evalue', '')}")

    def _asked(self, source: str) -> dict[str, Any]:
        sent = self._client.kc.execute(source, silent=True, store_history=False)
        return dict(self._client.wait_for_reply(sent)["content"])


def must_be_able(python: str) -> None:
    """Refuse to start a kernel where what that takes is not installed."""
    needed = ("nbclient", "ipykernel") if python == sys.executable else ("nbclient",)
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise NotFound(
            f"a fresh kernel needs {' and '.join(missing)}: pip install 'trackbook[run]'"
        )


def drop_pending(client: Any) -> None:
    """Wait no more for a cell that was interrupted: it would take the answers to others.

    In a notebook the waiting is done in another thread's loop, which goes on.
    """
    task = getattr(client, "task_poll_for_reply", None)
    if task is None:
        return
    loop = task.get_loop()
    if not loop.is_running():
        for one in asyncio.all_tasks(loop):  # nobody will ask how they ended
            one.add_done_callback(lambda done: done.cancelled() or done.exception())
    loop.call_soon_threadsafe(task.cancel)
