"""A fresh kernel of this interpreter, to which cells are sent one by one."""

from __future__ import annotations

import math
import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

PATIENCE_S = 180


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

    def silently(self, source: str) -> None:
        """Execute code that is no cell of the notebook and leaves no trace in its history.

        Raises:
            CellFailed: it raised
        """
        sent = self._client.kc.execute(source, silent=True, store_history=False)
        reply = self._client.wait_for_reply(sent)
        if reply["content"]["status"] != "ok":
            said = reply["content"].get("evalue", "")
            raise CellFailed(f"preparing the kernel failed: {said}")


class OnePython(KernelSpecManager):
    """Knows one kernel: the interpreter it was given, whatever `python3` means elsewhere."""

    def __init__(self, python: str) -> None:
        super().__init__()
        self._python = python

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how to start it."""
        start = [self._python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        start += ["--log-level=ERROR"]  # it warns on the terminal that it speaks over TCP
        return KernelSpec(
            argv=start, name=kernel_name, display_name="Python", language="python"
        )
