"""The registry in an output cell: versions by state and slot, and every decision on them."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

import anywidget
import traitlets
from IPython.display import display, update_display

from trackbook.capture import attempt
from trackbook.errors import NotFound, TrackbookError
from trackbook.panels.board_cards import card_of, found_badges, name_of
from trackbook.panels.board_detail import detail_of
from trackbook.panels.board_still import still_board, still_rows
from trackbook.panels.board_task import Decisions, reference
from trackbook.panels.errands import Errands
from trackbook.panels.follow import Follower
from trackbook.panels.live import bundle_of, keyed, script, style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.panels.board_cards import Badge
    from trackbook.panels.board_task import Task
    from trackbook.panels.live import Bundle
    from trackbook.panels.registry_source import RegistrySource
    from trackbook.registry import ApprovalRow, BoardRow
    from trackbook.table import Table

AT_ONCE = 8


class RegistryPanel(anywidget.AnyWidget):
    """Versions as cards on a board; what is decided there is examined first, in sight."""

    _esm = script("dom", "mount", "board", "detail", "task", "registry")
    _css = style() + style("registry")
    key = traitlets.Unicode().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    """A version's id; empty for none."""
    filter = traitlets.Unicode().tag(sync=True)
    """Words, all of which a version's name, slots, aliases or people must hold."""
    drafts = traitlets.Dict().tag(sync=True)
    """Reasons that were typed and not used yet."""
    sent = traitlets.Bool(False).tag(sync=True)
    """Whether a page that opens now must ask for the board."""

    def __init__(
        self, source: RegistrySource, *, version: str = "", every_s: float = 5.0
    ) -> None:
        """Show a registry.

        Args:
            source: the registry
            version: the version to open first, `name@number`; empty for none
            every_s: how often to look for news while the panel can be seen
        """
        super().__init__(**keyed())
        self._source = source
        self._turn = threading.RLock()
        self._board = source.board()
        self._picture_is_old = False
        self._detail: object = None
        self._noted = ""
        self._decisions = Decisions(source, tell=self._send_task, after=self._decided)
        self._errands = Errands(self._broke)
        self._follower = Follower(self._look, every_s=every_s)
        if version:
            names = {reference(row): row.version_id for row in self._board.rows}
            if version not in names:
                raise NotFound.named("version", version, known=names)
            self.selected = names[version]
        self.on_msg(self._asked)
        self.observe(self._picked, "selected")

    @property
    def task(self) -> Task | None:
        """The decision at hand; None for none."""
        return self._decisions.task

    def refresh(self) -> None:
        """Show how the registry stands now; only what changed is sent."""
        with self._turn:
            before = {row.version_id: row for row in self._board.rows}
            self._board = self._source.board()
            now = {row.version_id: row for row in self._board.rows}
            if before == now:
                return
            self._picture_is_old = True
            changed = [row for key, row in now.items() if before.get(key) != row]
            self._send_board(changed, reset=False)
        if self.selected:
            self._errands.add(self._send_detail)

    def close(self) -> None:
        """End the panel and what it examines; its picture stays."""
        self._decisions.cancel()
        self._follower.rest()
        super().close()

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        table = self._still()
        return bundle_of(self, table._repr_html_(), repr(table))

    def _ipython_display_(self) -> None:
        # under an id, so that the picture can follow what is decided later
        display(self._repr_mimebundle_()[0], raw=True, display_id=self.key)
        # at once: this cell may go on for hours before what the page asks is heard
        self._send_all()
        self.sent = True
        self._follower.follow()

    def __repr__(self) -> str:
        return f"RegistryPanel({len(self._board.rows)} versions)"

    def _asked(self, _: object, content: object, __: object) -> None:
        if not isinstance(content, dict):
            return
        given = {key: str(content.get(key, "")) for key in ("id", "do", "to", "reason")}
        number = int(content.get("number") or 0)
        acts: Mapping[str, Callable[[], object]] = {
            "all": self._send_all,
            "facts": lambda: self._send_facts(content.get("ids") or ()),
            "begin": lambda: self._begin(given["id"], given["do"], given["to"]),
            "again": lambda: self._again(number),
            "act": lambda: self._decisions.act(number, given["reason"]),
            "cancel": self._decisions.cancel,
            "close": self._decisions.close,
            "follow": self._follower.follow,
            "rest": self._follower.rest,
            "picture": self._renew_picture,
        }
        act = acts.get(str(content.get("ask")))
        if act is not None:
            act()

    def _begin(self, version_id: str, do: str, to: str) -> None:
        row = self._row(version_id)
        if row is None:
            self._note("that version is not on the board any more")
            self._send_task()
        else:
            self._decisions.begin(row, do, to)

    def _again(self, number: int) -> None:
        """Begin once more with what was kept out, stopped or refused."""
        task = self.task
        if task is not None and task.number == number:
            self._begin(task.id, task.do, task.to)

    def _decided(self, version_id: str) -> None:
        """Show what a decision or a new report changed; called in the decision's thread."""
        self._picture_is_old = True
        task = self.task
        if task is not None and task.stage == "done":
            gone = f"{task.do} {task.id}"
            self.drafts = {key: text for key, text in self.drafts.items() if key != gone}
        # each beside this thread: what is done stays done, whatever fails after it
        self._errands.add(self.refresh)
        self._send_facts([version_id])
        if self.selected == version_id:
            self._errands.add(self._send_detail)

    def _picked(self, _: object) -> None:
        self._detail = None
        if self.selected:
            self._errands.add(self._send_detail)

    def _look(self) -> None:
        """Look for news, in the follower's thread: nothing may be raised or printed."""
        attempt("following", self._renew, self._stop_following)

    def _renew(self) -> None:
        try:
            self.refresh()
            # a new approval or report moves nothing on the board
            if self.selected:
                self._send_detail()
            self._note("")
        except TrackbookError as error:
            self._note(str(error))

    def _stop_following(self, _: str, error: BaseException) -> None:
        self._follower.rest()
        self._note(f"following stopped: {error!r}")

    def _broke(self, _: str, error: BaseException) -> None:
        self._note(str(error) if isinstance(error, TrackbookError) else repr(error))

    def _note(self, text: str) -> None:
        if text != self._noted:
            self._noted = text
            self._say(kind="note", text=text)

    def _renew_picture(self) -> None:
        if self._picture_is_old:
            self._picture_is_old = False
            update_display(self._repr_mimebundle_()[0], raw=True, display_id=self.key)

    def _send_all(self) -> None:
        with self._turn:
            self._send_board(list(self._board.rows), reset=True)
            self._detail = None
        self._send_task()
        if self.selected:
            self._errands.add(self._send_detail)

    def _send_board(self, changed: Sequence[BoardRow], *, reset: bool) -> None:
        board, direction = self._board, self._source.direction
        self._say(
            kind="board",
            reset=reset,
            cards=[card_of(row, direction) for row in changed],
            order=[row.version_id for row in board.rows],
            slots={
                slot: [{"id": row.version_id, "name": name_of(row)} for row in rows]
                for slot, rows in board.slots.items()
            },
        )

    def _send_task(self) -> None:
        self._say(kind="task", task=self._decisions.as_json())

    def _send_facts(self, ids: Sequence[str]) -> None:
        """Send what costs a question each, a few cards at a time."""
        rows = [row for row in map(self._row, ids) if row is not None]
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            self._errands.add(lambda some=some: self._say_facts(some))  # type: ignore[misc]

    def _say_facts(self, rows: Sequence[BoardRow]) -> None:
        found = self._badges(rows)
        of = {key: [asdict(one) for one in badges] for key, badges in found.items()}
        self._say(kind="facts", of=of)

    def _badges(self, rows: Sequence[BoardRow]) -> dict[str, list[Badge]]:
        source = self._source
        asked: dict[str, Sequence[ApprovalRow]] = {}
        for row in rows:
            if row.model not in asked:
                asked[row.model] = source.approvals(row.model)
        return {
            row.version_id: found_badges(
                row,
                reproduced=source.reproduced(row.run_id) if row.run_id else None,
                reports=source.reports(row.version_id),
                approvals=asked[row.model],
            )
            for row in rows
        }

    def _send_detail(self) -> None:
        """Send all of the picked version, if the page was not told just that."""
        row, source = self._row(self.selected), self._source
        if row is None:
            return
        detail = detail_of(
            row,
            direction=source.direction,
            reproduced=source.reproduced(row.run_id) if row.run_id else None,
            reports=source.reports(row.version_id),
            approvals=source.approvals(row.model),
            history=source.history(row.model),
        )
        if detail != self._detail:
            self._detail = detail
            self._say(kind="detail", detail=detail)
            self._say_facts([row])

    def _row(self, version_id: object) -> BoardRow | None:
        for row in self._board.rows:
            if row.version_id == version_id:
                return row
        return None

    def _still(self) -> Table:
        found = self._badges(still_rows(self._board))
        return still_board(self._board, direction=self._source.direction, found=found)

    def _say(self, **content: object) -> None:
        # strict JSON: the browser could read neither NaN nor Infinity
        self.send(json.loads(json.dumps(content, allow_nan=False)))
