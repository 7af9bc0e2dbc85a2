"""The server extension: which requests there are, and the look for news while somebody watches."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Float

from trackbook.doors.lab.books import Books
from trackbook.doors.lab.requests import REQUESTS
from trackbook.doors.lab.watch import SCHEMA, SCHEMA_ID, Watch

THREADS = 4
RESTS_EVERY = 60
"""Looks between two times that idle projects are closed."""


class TrackbookApp(ExtensionApp):
    """Runs and the registry for JupyterLab's sidebar."""

    name = "trackbook"
    load_other_extensions = True
    look_every_s = Float(0.5, help="Seconds between two looks for news.").tag(config=True)

    def initialize_handlers(self) -> None:
        """Answer the sidebar's requests."""
        self.books = Books()
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="trackbook")
        self.watch = Watch(self._emit)
        self._task: asyncio.Task[None] | None = None
        shared = {"app": self}
        self.handlers.extend(
            (rf"/trackbook/api/{path}", handler, shared) for path, handler in REQUESTS
        )
        logger = self.server.event_logger
        if SCHEMA_ID not in getattr(logger.schemas, "schema_ids", ()):
            logger.register_event_schema(SCHEMA)

    @property
    def server(self) -> Any:
        """The server that this extends."""
        return self.serverapp

    @property
    def root(self) -> Path:
        """The folder that the server shows."""
        contents = self.server.contents_manager
        return Path(getattr(contents, "root_dir", self.server.root_dir))

    def begin_watching(self, name: str, folder: Path) -> str:
        """Look for news of a project for a minute; return its state."""
        state = self.watch.begin(name, folder)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._looking())
        return state

    async def _looking(self) -> None:
        """Look until no sidebar shows anything; then nothing of this runs."""
        loop, turn = asyncio.get_running_loop(), 0
        while not self.watch.is_idle:
            await asyncio.sleep(self.look_every_s)
            await loop.run_in_executor(self.threads, self.watch.look)
            turn += 1
            if turn % RESTS_EVERY == 0:
                await loop.run_in_executor(self.threads, self.books.rest)
        await loop.run_in_executor(self.threads, self.books.rest)

    def _emit(self, project: str, count: int) -> None:
        loop = self.server.io_loop
        data = {"project": project, "count": count}
        loop.add_callback(
            lambda: self.server.event_logger.emit(schema_id=SCHEMA_ID, data=data)
        )

    async def stop_extension(self) -> None:
        """Stop looking, and close what is open."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.books.rest(all_of_them=True)
