"""One decision at a time: what is asked first, the reason, and what came of it."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from trackbook.capture import attempt
from trackbook.errors import Conflict, Refused, TrackbookError
from trackbook.gates import Cancelled
from trackbook.panels.board_cards import DEEDS, actions_of, name_of, said_of
from trackbook.panels.board_detail import check_of, short
from trackbook.table import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.gates import Report, Step
    from trackbook.panels.registry_source import RegistrySource
    from trackbook.registry import BoardRow

RUNNING = {"examining", "stopping", "planning", "acting"}
NO_REASON_NEEDED = {"approve"}
NO_REASON = "say why first: it stays on record"
FIRST_STAGE = {"promote": "examining", "rollback": "planning"}
MOST_LINES = 30
SEE = "(%track versions shows how it stands)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How far a decision is."""

    number: int
    """Of all that were begun here; a page names it, so that an old click decides nothing."""
    do: str
    id: str
    name: str
    model: str
    to: str
    label: str
    stage: str
    """examining, stopping, planning, asking, kept out, refused, cancelled, acting, done."""
    words: str = ""
    refusal: str = ""
    """Why it was not done, where it was tried."""
    needs_reason: bool = True
    check_count: int = 0
    checks: tuple[Mapping[str, object], ...] = field(default=())
    seconds: float = 0.0


class Decisions:
    """Carries out decisions in threads of its own, one at a time, and tells how far they are."""

    def __init__(
        self,
        source: RegistrySource,
        *,
        tell: Callable[[], None],
        after: Callable[[str], object],
    ) -> None:
        """Decide at a source.

        Args:
            source: the registry
            tell: is called whenever the task is another one
            after: is called with a version's id when something was examined or decided
        """
        self._source, self._tell, self._after = source, tell, after
        self._turn = threading.RLock()
        self._numbers = count(1)
        self._cancel = threading.Event()
        self._report: Report | None = None
        self._planned: str | None = None
        self._row: BoardRow | None = None
        self.task: Task | None = None

    @property
    def is_running(self) -> bool:
        """Whether something is being examined or decided."""
        return self.task is not None and self.task.stage in RUNNING

    def as_json(self) -> Mapping[str, object] | None:
        """Return the task as the page is told it; None for none."""
        with self._turn:
            return None if self.task is None else asdict(self.task)

    def begin(self, row: BoardRow, do: str, to: str) -> None:
        """Begin with a button of a version; nothing happens while something runs."""
        with self._turn:
            if self.is_running or do not in DEEDS:
                return self._tell()
            wanted = [a for a in actions_of(row) if (a.do, a.to) == (do, to)]
            label = wanted[0].label if wanted else f"{do.capitalize()} for {to}"
            self._row, self._report, self._cancel = row, None, threading.Event()
            stage = FIRST_STAGE.get(do, "asking")
            self.task = Task(
                number=next(self._numbers), do=do, id=row.version_id, name=name_of(row),
                model=visible(row.model), to=to, label=label, stage=stage,
                needs_reason=do not in NO_REASON_NEEDED,
            )  # fmt: skip
        self._tell()
        if stage == "examining":
            self._start(self._examine)
        elif stage == "planning":
            self._start(self._plan)
        return None

    def act(self, number: int, reason: str) -> None:
        """Do what was asked for, with its reason; only from the stage that asks for one."""
        with self._turn:
            task = self.task
            if task is None or task.number != number or task.stage != "asking":
                return self._tell()
            missing = task.needs_reason and not reason.strip()
            self._set(stage="asking" if missing else "acting", refusal=NO_REASON * missing)
        self._tell()
        if not missing:
            self._start(lambda: self._act(reason.strip()))
        return None

    def cancel(self) -> None:
        """Stop examining; what is being written is written."""
        with self._turn:
            if self.task is not None and self.task.stage == "examining":
                self._cancel.set()
                self._set(stage="stopping")
        self._tell()

    def close(self) -> None:
        """Put the task away, unless it runs."""
        with self._turn:
            if not self.is_running:
                self.task = self._report = self._row = None
        self._tell()

    def _start(self, job: Callable[[], None]) -> None:
        # In a thread nothing may be raised: it would be printed into whatever cell runs.
        threading.Thread(
            target=lambda: attempt("registry panel", job, self._broke),
            name="trackbook decision",
            daemon=True,
        ).start()

    def _broke(self, _: str, error: BaseException) -> None:
        self._end("refused", words=f"it broke: {error!r} {SEE}")

    def _examine(self) -> None:
        task, row = self._both()
        try:
            report = self._source.examine(
                reference(row), task.to, progress=self._step, cancel=self._cancel
            )
        except Cancelled:
            return self._end("cancelled", words="stopped: nothing was decided")
        except TrackbookError as error:
            return self._end("refused", words=str(error))
        self._report = report
        blocking = len(report.blocking)
        many = "1 check keeps" if blocking == 1 else f"{blocking} checks keep"
        words = said_of(report) if report.passed else f"{many} it out: {said_of(report)}"
        self._end(
            "asking" if report.passed else "kept out",
            words=words,
            checks=tuple(map(check_of, report.results)),
            seconds=report.duration_s,
        )
        self._after(row.version_id)
        return None

    def _step(self, step: Step) -> None:
        """Note a check that begins or ended; called in the thread that examines."""
        if step.result is None:
            now: Mapping[str, object] = {
                "label": visible(step.want.label),
                "state": "running",
            }
        else:
            now = check_of(step.result)
        with self._turn:
            before = self._both()[0].checks[: step.number]
            self._set(checks=(*before, now), check_count=step.count)
        self._tell()

    def _plan(self) -> None:
        model = self._both()[1].model
        try:
            self._planned = self._source.rollback_plan(model)
        except TrackbookError as error:
            return self._end("refused", words=str(error))
        if self._planned is None:
            none = f"there is nothing to roll {visible(model)} back to"
            return self._end("refused", words=none)
        return self._end("asking", words=self._planned)

    def _rolled_back(self, row: BoardRow, reason: str) -> str:
        """Roll back, if that still changes what was said that it would."""
        plan = self._source.rollback_plan(row.model)
        if plan != self._planned:
            self._planned = plan
            with self._turn:
                self._set(words=lines_of(plan or "nothing"))
            raise Conflict("it would change something else now: read it again, then decide")
        return self._source.rollback(row.model, reason)

    def _act(self, reason: str) -> None:
        task, row = self._both()
        try:
            words = self._done(task, row, reason)
        except TrackbookError as error:
            return self._end("asking", refusal=str(error))
        self._end("done", words=words, refusal="")
        self._after(row.version_id)
        return None

    def _done(self, task: Task, row: BoardRow, reason: str) -> str:
        source, name = self._source, reference(row)
        if task.do == "promote":
            if self._report is None:
                raise Refused(f"{name} was not examined for {task.to}: examine it again")
            return source.promote(
                name, task.to, reason=reason, expected_from=row.state, report=self._report
            )
        acts: dict[str, Callable[[], str]] = {
            "demote": lambda: source.demote(name, reason=reason),
            "deprecate": lambda: source.deprecate(name, reason=reason),
            "archive": lambda: source.archive(name, reason=reason),
            "approve": lambda: source.approve(name, task.to, reason),
            "reject": lambda: source.reject(name, task.to, reason),
            "rollback": lambda: self._rolled_back(row, reason),
        }
        return acts[task.do]()

    def _both(self) -> tuple[Task, BoardRow]:
        if self.task is None or self._row is None:
            raise LookupError("no task is at hand")
        return self.task, self._row

    def _set(self, **changed: object) -> None:
        self.task = replace(self._both()[0], **changed)  # type: ignore[arg-type]  # its fields

    def _end(self, stage: str, **changed: object) -> None:
        for name in ("words", "refusal"):
            if name in changed:
                changed[name] = lines_of(str(changed[name]))
        with self._turn:
            self._set(stage=stage, **changed)
        self._tell()


def lines_of(text: str) -> str:
    """Return a text of some lines, harmless to show."""
    return "\n".join(map(short, text.splitlines()[:MOST_LINES]))


def reference(row: BoardRow) -> str:
    """Return by what a version is called at the source."""
    return f"{row.model}@{row.version}"
