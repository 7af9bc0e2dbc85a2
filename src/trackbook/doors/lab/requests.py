"""One handler for each thing that the sidebar asks. All want to be signed in; all answer JSON."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tornado.web
from jupyter_server.base.handlers import APIHandler

from trackbook.doors.lab import detail, lines, shelf
from trackbook.doors.lab.acts import asked
from trackbook.doors.lab.places import names_of, place_of, project_named
from trackbook.doors.lab.shapes import Watched
from trackbook.errors import Busy, Conflict, Misused, NotFound, Refused, TrackbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.book import Book
    from trackbook.doors.lab.app import TrackbookApp

T = TypeVar("T")
STATUS: dict[type[TrackbookError], int] = {
    NotFound: 404, Conflict: 409, Busy: 503, Refused: 403, Misused: 400,
}  # fmt: skip
MOST_RUNS = 50


class Request(APIHandler):
    """What all have in common."""

    def initialize(self, app: TrackbookApp) -> None:
        """Know whose answers these are."""
        self.app = app

    @property
    def folder(self) -> Path:
        """The project that is asked about."""
        return project_named(self.app.root, self.get_query_argument("project"))

    def body(self) -> dict[str, Any]:
        """Return what was sent."""
        try:
            found = msgspec.json.decode(self.request.body)
        except msgspec.DecodeError as error:
            raise Misused(f"the body is no JSON: {error}") from None
        if not isinstance(found, dict):
            raise Misused("a JSON object was expected")
        return found

    async def say(self, work: Callable[[], object]) -> None:
        """Answer with what some work gives, done in a thread; a refusal in its own words."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self.app.threads, work)
        except TrackbookError as error:
            status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 400)
            self.set_status(status)
            found = {"message": str(error)}
        self.set_header("Cache-Control", "no-store")
        self.finish(msgspec.json.encode(found))

    def of_book(self, folder: Path, work: Callable[[Book], T]) -> T:
        """Return what is asked of a project, its book open meanwhile."""
        with self.app.books.using(folder) as book:
            return work(book)


class PlaceRequest(Request):
    """Which project a notebook belongs to."""

    @tornado.web.authenticated
    async def get(self) -> None:
        path = self.get_query_argument("path", "")
        named = os.environ.get("TRACKBOOK_PROJECT")
        await self.say(lambda: place_of(self.app.root, path, named=named))


class RunsRequest(Request):
    """A page of runs."""

    @tornado.web.authenticated
    async def get(self) -> None:
        get, root = self.get_query_argument, self.app.root
        notebook, limit = get("notebook", ""), get("limit", "100")
        choices: dict[str, Any] = {
            "experiment": get("experiment", "") or None,
            "filter": get("filter", ""),
            "after": get("after", "") or None,
            "have": frozenset(get("have", "").split(",")),
        }

        def work() -> object:
            folder = self.folder
            if not limit.isascii() or not limit.isdigit():
                raise Misused(f"limit is {limit!r}: a number of runs")
            names = names_of(root, folder, notebook) if notebook else None
            return self.of_book(
                folder,
                lambda book: lines.page_of(
                    book, notebooks=names, limit=int(limit[:6]), **choices
                ),
            )

        await self.say(work)


class RunRequest(Request):
    """One run opened."""

    @tornado.web.authenticated
    async def get(self) -> None:
        run = self.get_query_argument("run")
        await self.say(
            lambda: self.of_book(self.folder, lambda book: detail.detail_of(book, run))
        )


class ExperimentsRequest(Request):
    """The experiments of a project."""

    @tornado.web.authenticated
    async def get(self) -> None:
        await self.say(lambda: self.of_book(self.folder, lines.experiments_of))


class CompareRequest(Request):
    """Runs side by side."""

    @tornado.web.authenticated
    async def get(self) -> None:
        runs = self.get_query_arguments("run")[:MOST_RUNS]
        await self.say(
            lambda: self.of_book(self.folder, lambda book: detail.compared(book, runs))
        )


class LineageRequest(Request):
    """What a run rests on."""

    @tornado.web.authenticated
    async def get(self) -> None:
        run = self.get_query_argument("run")
        await self.say(
            lambda: self.of_book(self.folder, lambda book: detail.lineage_of(book, run))
        )


class BoardRequest(Request):
    """The registry."""

    @tornado.web.authenticated
    async def get(self) -> None:
        await self.say(lambda: self.of_book(self.folder, shelf.board_of))


class PreviewRequest(Request):
    """What a decision would come to."""

    @tornado.web.authenticated
    async def post(self) -> None:
        def work() -> object:
            given = self.body()
            folder = project_named(self.app.root, text_in(given, "project"))
            verb, values = text_in(given, "verb"), values_in(given)
            return self.of_book(folder, lambda book: shelf.foretold(book, verb, values))

        await self.say(work)


class VerbRequest(Request):
    """A verb done by a button."""

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        def work() -> object:
            given = self.body()
            root = self.app.root
            folder = project_named(root, text_in(given, "project"))
            values = values_in(given)
            return self.of_book(
                folder, lambda book: asked(root, folder, book, name, values)
            )

        await self.say(work)


class WatchRequest(Request):
    """News of a project, for a minute."""

    @tornado.web.authenticated
    async def post(self) -> None:
        try:
            name = text_in(self.body(), "project")
            folder = project_named(self.app.root, name)
        except TrackbookError as error:
            words = error
            await self.say(lambda: fail(words))
            return
        state = self.app.begin_watching(name, folder)
        await self.say(lambda: Watched(version=state))


def fail(error: TrackbookError) -> object:
    """Raise an error where it is turned into an answer."""
    raise error


def text_in(given: dict[str, Any], name: str) -> str:
    """Return a text of a request's body."""
    value = given.get(name)
    if not isinstance(value, str):
        raise Misused(f"{name} must be a text")
    return value


def values_in(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that a request gives a verb."""
    values = given.get("values", {})
    if not isinstance(values, dict):
        raise Misused("values is an object of arguments by name")
    return values


REQUESTS = (
    ("place", PlaceRequest),
    ("runs", RunsRequest),
    ("run", RunRequest),
    ("experiments", ExperimentsRequest),
    ("compare", CompareRequest),
    ("lineage", LineageRequest),
    ("board", BoardRequest),
    ("preview", PreviewRequest),
    (r"verb/([a-z]+)", VerbRequest),
    ("watch", WatchRequest),
)
