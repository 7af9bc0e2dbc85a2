"""Two real kernels that get the same cells, one of them recorded."""

from __future__ import annotations

import os
import queue
import re
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from jupyter_client import KernelManager

PATIENCE_S = 90
ADDRESS = re.compile(r"\b(?:0x)?[0-9a-f]{12}\b")
SHORT_FILE = re.compile(r"\(\d+\.py")
CELL_FILE = re.compile(r"ipykernel_\d+/\d+\.py")

PROBE = """
(lambda ns, depth: __import__("json").dumps([
    (key, (lambda show: show(show, ns[key], 2))(
        lambda show, v, depth:
            [type(v).__name__, repr(v)[:300]]
            if type(v) in (int, float, str, bool, bytes, complex, type(None))
            else [type(v).__name__, [show(show, each, depth - 1) for each in list(v)[:20]]]
            if type(v) in (list, tuple) and depth
            else [type(v).__name__, [[str(k), show(show, each, depth - 1)]
                  for k, each in list(v.items())[:20] if type(k) is str]]
            if type(v) is dict and depth
            else type(v).__name__))
    for key in sorted(k for k in ns if type(k) is str)
    if not key.startswith("_") and key not in ("In", "Out")]))(globals(), 2)
"""
FAULTS = """
(lambda r: ([(f.place, f.message, f.trace) for f in r.faults],
            r.faults.clear(), r._known_faults.clear())[0])(
    __import__("trackbook.doors.session", fromlist=["x"]).Current.book.recorder)
"""


class Step(NamedTuple):
    """One cell and how to run it."""

    source: str
    answer: str | None = None
    """What is typed when it asks for input."""
    interrupt: bool = False
    """Interrupt the kernel once the cell has printed something."""
    loose: bool = False
    """Where it stops is chance: only kinds of messages and the error's name are compared."""
    plain: str | None = None
    """The cell for the kernel without trackbook, where it is another one."""


class Kernel:
    """A kernel in a folder of its own."""

    def __init__(self, *, tracked: bool, project: str | None = None) -> None:
        self.tracked = tracked
        self.folder = Path(tempfile.mkdtemp(prefix="harm-")).resolve()
        work = self.folder / "work"
        work.mkdir()
        env = {k: v for k, v in os.environ.items() if not k.startswith("TRACKBOOK_")}
        env |= {
            "IPYTHONDIR": str(self.folder / "ipython"),
            "PYTHONHASHSEED": "0",
            "COLUMNS": "100",
            "TRACKBOOK_PROJECT": project or str(work),
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        }
        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_cmd = [
            sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}",
            "--HistoryManager.enabled=False",
        ]  # fmt: skip
        self.manager.start_kernel(cwd=str(work), env=env)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE_S)
        self.begin()

    def begin(self) -> list[object]:
        """Return what loading trackbook showed."""
        cells = (
            ("%load_ext trackbook", "%track quiet") if self.tracked else ("pass", "pass")
        )
        return [each for cell in cells for each in self.run(Step(cell))]

    def run(self, step: Step) -> list[object]:
        """Return what a cell gave, in order, as a front end would show it."""
        source = step.source
        if step.plain is not None and not self.tracked:
            source = step.plain
        sent = self.client.execute(source, allow_stdin=True, store_history=True)
        told: list[object] = []
        interrupted = False
        for kind, content in self._messages(sent, step):
            told.append(self._plain(kind, content))
            if step.interrupt and not interrupted and kind == "stream":
                interrupted = True
                time.sleep(0.3)
                self.manager.interrupt_kernel()
        reply = self._reply(sent)
        told.append(("reply", reply["status"], reply.get("execution_count")))
        told.append(("payload", reply.get("payload")))
        # Questions come on a channel of their own: what overtakes what there is chance.
        told.sort(key=lambda each: each[0] == "input_request")
        return loosened(told) if step.loose else joined(told)

    def asked(self, expression: str) -> object:
        """Return the value of an expression, asked for without running a cell."""
        sent = self.client.execute("", silent=True, user_expressions={"x": expression})
        for _ in self._messages(sent, Step("")):
            pass
        answer = self._reply(sent)["user_expressions"]["x"]
        if answer["status"] != "ok":
            return (answer["ename"], answer["evalue"])
        return self._neutral(answer["data"]["text/plain"])

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def _messages(self, sent: str, step: Step):
        until = time.monotonic() + PATIENCE_S
        while True:
            if self.client.stdin_channel.msg_ready():
                asked = self.client.get_stdin_msg(timeout=1)
                yield "input_request", asked["content"]
                if not step.interrupt:
                    self.client.input(step.answer or "")
            try:
                message = self.client.get_iopub_msg(timeout=0.1)
            except queue.Empty:
                if time.monotonic() > until or not self.manager.is_alive():
                    raise TimeoutError(step.source) from None
                continue
            if message["parent_header"].get("msg_id") != sent:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind not in ("status", "execute_input"):
                yield kind, content

    def _reply(self, sent: str) -> dict:
        while True:
            reply = self.client.get_shell_msg(timeout=PATIENCE_S)
            if reply["parent_header"].get("msg_id") == sent:
                return reply["content"]

    def _plain(self, kind: str, content: dict) -> tuple[object, ...]:
        if kind == "stream":
            return kind, content["name"], self._neutral(content["text"])
        if kind == "error":
            trace = self._neutral("\n".join(content["traceback"]))
            return kind, content["ename"], self._neutral(content["evalue"]), trace
        return kind, self._neutral(repr(sorted(content.items())))

    def _neutral(self, text: str) -> str:
        text = text.replace(str(self.folder), "<folder>")
        text = CELL_FILE.sub("ipykernel/cell.py", text)
        return ADDRESS.sub("<address>", SHORT_FILE.sub("(cell.py", text))


def joined(told: list[object]) -> list[object]:
    """Return messages with neighbouring pieces of the streams put together.

    Order counts within stdout and within stderr; which of the two a kernel flushes first
    is chance, as the buffers are flushed by a thread.
    """
    whole: list[object] = []
    for is_stream, each in groupby(told, key=lambda one: one[0] == "stream"):
        if not is_stream:
            whole += each
            continue
        texts: dict[str, str] = {}
        for _, name, text in each:
            texts[name] = texts.get(name, "") + text
        whole += [("stream", name, texts[name]) for name in sorted(texts)]
    return whole


def loosened(told: list[object]) -> list[object]:
    """Return what of an interrupted cell does not depend on the moment."""
    kinds = [one[:2] for one in told]
    return [kind for n, kind in enumerate(kinds) if n == 0 or kind != kinds[n - 1]]


class Pair:
    """The same cells, plain and recorded."""

    def __init__(self) -> None:
        self.kernels = [Kernel(tracked=False), Kernel(tracked=True)]

    @property
    def tracked(self) -> Kernel:
        return self.kernels[1]

    def differences(self, steps: list[Step]) -> list[object]:
        """Return (cell, plain, recorded) where they differ; the names at the end are a cell too."""
        told = [
            [
                *((step.source, kernel.run(step)) for step in steps),
                ("names", kernel.asked(PROBE)),
            ]
            for kernel in self.kernels
        ]
        both = zip(*told, strict=True)
        return [
            (cell, plain, recorded)
            for (cell, plain), (_, recorded) in both
            if plain != recorded
        ]

    def close(self) -> None:
        for kernel in self.kernels:
            kernel.close()
