"""The registry panel as seen from Python, on a real registry: what it sends, what it does."""

from __future__ import annotations

import gc
import json
import threading
import time

import pytest
from sample_registry import HOSTILE, Desk

from trackbook.errors import NotFound
from trackbook.panels import RegistryPanel
from trackbook.registry import verify_chain


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


class Page:
    """What a page would hear and say."""

    def __init__(self, desk, **choices):
        self.panel, self.heard = RegistryPanel(desk, **choices), []
        self.panel.send = lambda content, buffers=None: self.heard.append(content)

    def ask(self, what, **more):
        self.panel._asked(None, {"ask": what, **more}, None)

    def last(self, kind):
        return next((one for one in reversed(self.heard) if one["kind"] == kind), None)

    def begin(self, reference, do, to=""):
        (row,) = [
            r for r in self.panel._board.rows if f"{r.model}@{r.version}" == reference
        ]
        self.ask("begin", id=row.version_id, do=do, to=to)

    def act(self, reason):
        self.ask("act", number=self.panel.task.number, reason=reason)

    def until(self, *stages):
        wait_until(lambda: self.panel.task is not None and self.panel.task.stage in stages)
        return self.panel.task


@pytest.fixture
def page(desk):
    desk.new(metrics={"accuracy": 0.9})
    opened = Page(desk)
    yield opened
    opened.panel.close()


def wait_until(holds):
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_everything_is_sent_to_a_page_that_asks(page):
    page.ask("all")
    board = page.last("board")
    assert board["reset"]
    assert [card["name"] for card in board["cards"]] == ["churn@1.0.0"]
    assert board["order"] == [board["cards"][0]["id"]]
    assert set(board["slots"]) >= {"prod/champion", "prod/last_good", "dev/shadow"}


def test_a_version_that_is_not_there_is_refused_by_name(desk):
    desk.new()
    with pytest.raises(NotFound, match=r"did you mean 'churn@1\.0\.0'"):
        RegistryPanel(desk, version="churn@1.0.9")
    assert RegistryPanel(desk, version="churn@1.0.0").selected


def test_promoting_examines_first_then_asks_why_then_moves(desk, page):
    page.begin("churn@1.0.0", "promote", "STAGING")
    task = page.until("asking")
    assert [check["state"] for check in task.checks].count("passed") >= 4
    assert desk.at("churn@1.0.0").state == "DEVELOPMENT"
    page.act("better than nothing")
    assert page.until("done").words == "churn@1.0.0 is in STAGING now"
    now = desk.at("churn@1.0.0")
    assert (now.state, now.reason) == ("STAGING", "better than nothing")
    wait_until(lambda: page.last("board"))
    wait_until(lambda: page.last("board")["cards"][0]["state"] == "STAGING")
    assert not page.last("board")["reset"]


def test_progress_is_told_check_by_check(page):
    page.begin("churn@1.0.0", "promote", "STAGING")
    count = len(page.until("asking").checks)
    told = [one["task"] for one in page.heard if one["kind"] == "task"]
    running = [task["checks"][-1]["label"] for task in told
               if task["checks"] and task["checks"][-1]["state"] == "running"]  # fmt: skip
    assert len(running) == count
    assert running[0] == "package.intact"
    assert {task["check_count"] for task in told} == {0, count}


def test_a_failed_gate_moves_nothing_and_says_what_keeps_it_out(desk):
    desk.new(metrics={"accuracy": 0.3})
    page = Page(desk)
    page.begin("churn@1.0.0", "promote", "STAGING")
    task = page.until("kept out")
    assert task.words.startswith("1 check keeps it out")
    assert [check["label"] for check in task.checks if check["blocks"]] == [
        "perf.threshold(accuracy)"
    ]
    page.act("let it through")
    time.sleep(0.3)
    assert desk.at("churn@1.0.0").state == "DEVELOPMENT"
    page.panel.close()


def test_without_a_reason_nothing_is_done(desk, page):
    page.begin("churn@1.0.0", "archive", "ARCHIVED")
    page.act("  ")
    assert "say why" in page.until("asking").refusal
    assert desk.at("churn@1.0.0").state == "DEVELOPMENT"


def test_a_refusal_is_shown_and_can_be_tried_again(desk, page):
    page.begin("churn@1.0.0", "promote", "STAGING")
    page.until("asking")
    desk.archive("churn@1.0.0", reason="somebody was first")
    page.act("why not")
    wait_until(lambda: page.panel.task.refusal)
    assert page.panel.task.stage == "asking"
    assert "ARCHIVED" in page.panel.task.refusal


def test_stopping_ends_the_gate_and_decides_nothing(desk, page):
    desk.slow(60)
    page.begin("churn@1.0.0", "promote", "STAGING")
    wait_until(lambda: page.panel.task.checks[-1:] and page.panel.task.checks[-1]["label"] == "patience:check")  # fmt: skip
    page.ask("cancel")
    assert page.until("cancelled").words == "stopped: nothing was decided"
    assert desk.reports(desk.at("churn@1.0.0").version_id) == []


def test_a_second_click_begins_nothing_while_something_runs(desk, page):
    desk.slow(1)
    page.begin("churn@1.0.0", "promote", "STAGING")
    page.begin("churn@1.0.0", "promote", "STAGING")
    page.begin("churn@1.0.0", "archive", "ARCHIVED")
    page.ask("close")
    assert (page.panel.task.number, page.panel.task.do) == (1, "promote")
    page.until("asking")
    assert desk.examined == 1


def test_a_click_meant_for_an_older_task_decides_nothing(desk, page):
    page.begin("churn@1.0.0", "archive", "ARCHIVED")
    old = page.panel.task.number
    page.ask("close")
    page.begin("churn@1.0.0", "archive", "ARCHIVED")
    page.ask("act", number=old, reason="old")
    assert page.panel.task.stage == "asking"
    assert desk.at("churn@1.0.0").state == "DEVELOPMENT"


def test_a_rollback_says_first_what_it_changes(desk):
    desk.live(metrics={"accuracy": 0.9})
    desk.live(metrics={"accuracy": 0.95})
    page = Page(desk)
    page.begin("churn@1.1.0", "rollback")
    words = page.until("asking").words
    assert words.splitlines()[0].startswith("churn@1.0.0 becomes champion of prod again")
    assert desk.at("churn@champion").version == "1.1.0"
    page.act("it slept on Sundays")
    page.until("done")
    assert desk.at("churn@champion").version == "1.0.0"
    page.panel.close()


def test_a_rollback_that_would_change_something_else_meanwhile_is_told_anew(desk):
    for _ in range(3):
        desk.live()
    page = Page(desk)
    page.begin("churn@1.2.0", "rollback")
    page.until("asking")
    desk.rollback("churn", "somebody was first")
    page.act("it slept on Sundays")
    wait_until(lambda: page.panel.task.refusal)
    assert "something else now" in page.panel.task.refusal
    assert page.panel.task.words.startswith("churn@1.0.0 becomes champion")
    assert desk.at("churn@champion").version == "1.1.0"
    page.act("it slept on Sundays")
    page.until("done")
    assert desk.at("churn@champion").version == "1.0.0"
    page.panel.close()


def test_a_rollback_to_nothing_is_refused_before_it_asks_why(desk):
    desk.live()
    page = Page(desk)
    page.begin("churn@1.0.0", "rollback")
    assert page.until("refused").words == "there is nothing to roll churn back to"
    page.panel.close()


def test_somebody_else_approves_and_one_may_not_approve_ones_own(desk, page):
    desk.request("churn@1.0.0")
    page.begin("churn@1.0.0", "approve", "PRODUCTION")
    page.act("")
    wait_until(lambda: page.panel.task.refusal)
    assert "somebody else must look at it" in page.panel.task.refusal
    page.ask("close")
    desk.registry = desk.as_("bob")
    page.begin("churn@1.0.0", "approve", "PRODUCTION")
    page.act("seen")
    page.until("done")
    assert desk.approvals("churn")[0].approvers == ["bob"]


def test_what_breaks_is_said_in_place_and_the_panel_goes_on(desk, page):
    def broken(*_, **__):
        raise ZeroDivisionError("oh")

    desk.examine = broken
    page.begin("churn@1.0.0", "promote", "STAGING")
    assert "ZeroDivisionError" in page.until("refused").words
    page.ask("close")
    assert page.panel.task is None


def test_a_picked_version_is_sent_whole_and_strict(desk, page):
    desk.new(metrics={HOSTILE: float("nan")})
    page.panel.refresh()
    page.panel.selected = page.panel._board.rows[0].version_id
    wait_until(lambda: page.last("detail"))
    detail = page.last("detail")["detail"]
    assert detail["name"] == "churn@1.1.0"
    assert detail["metrics"][0]["value"] == "NaN"
    assert detail["history"][-1]["versions"] == ["1.0.0"]
    assert json.dumps(detail, allow_nan=False)


def test_an_approval_by_somebody_else_is_noticed_though_nothing_moved(desk, page):
    desk.request("churn@1.0.0")
    page.panel.selected = page.panel._board.rows[0].version_id
    wait_until(lambda: page.last("facts"))
    page.heard.clear()
    page.panel._look()
    assert page.heard == []
    desk.as_("bob").approve("churn@1.0.0", comment="seen")
    page.panel._look()
    assert [one["kind"] for one in page.heard] == ["detail", "facts"]
    assert page.last("detail")["detail"]["approvals"][0]["status"] == "approved"


def test_a_button_of_a_version_that_is_gone_is_answered(page):
    page.ask("begin", id="gone", do="archive", to="ARCHIVED")
    assert page.last("task")["task"] is None
    assert "not on the board" in page.last("note")["text"]


def test_what_is_no_button_does_nothing(desk, page):
    page.begin("churn@1.0.0", "delete", "")
    assert page.panel.task is None
    assert desk.at("churn@1.0.0").state == "DEVELOPMENT"


def test_what_was_kept_out_is_examined_again_as_it_stands_now(desk, page):
    page.begin("churn@1.0.0", "promote", "STAGING")
    first = page.until("asking")
    page.ask("again", number=first.number)
    assert page.until("asking").number == first.number + 1
    assert desk.examined == 2


def test_badges_are_worked_out_for_cards_that_are_seen(desk, page):
    page.begin("churn@1.0.0", "promote", "STAGING")
    page.until("asking")
    page.heard.clear()
    page.ask("facts", ids=[page.panel._board.rows[0].version_id, "no such"])
    wait_until(lambda: page.last("facts"))
    ((_, badges),) = page.last("facts")["of"].items()
    assert [badge["words"] for badge in badges] == ["scanned", "staging gate passed"]


def test_only_what_changed_is_sent(desk, page):
    page.panel.refresh()
    assert page.last("board") is None
    desk.new()
    page.panel.refresh()
    assert [card["name"] for card in page.last("board")["cards"]] == ["churn@1.1.0"]
    assert len(page.last("board")["order"]) == 2


def test_a_thousand_versions_are_sent_in_one_message_of_bearable_size(desk):
    desk.many(1000)
    assert verify_chain(desk.store).is_whole
    page = Page(desk)
    page.ask("all")
    assert len(page.last("board")["cards"]) == 1000
    assert len(json.dumps(page.last("board"))) < 700_000


def test_what_is_left_in_the_notebook_is_a_table_with_nothing_live_in_it(desk):
    desk.new(metrics={HOSTILE: 1.0})
    bundle, _ = RegistryPanel(desk)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "&lt;img src=x onerror=alert(1)&gt;" in bundle["text/html"]
    assert "<img" not in bundle["text/html"]
    assert "churn@1.0.0" in bundle["text/plain"]


def test_a_used_reason_is_forgotten_and_others_are_kept(desk, page):
    version_id = page.panel._board.rows[0].version_id
    page.panel.drafts = {f"archive {version_id}": "old", "archive other": "kept"}
    page.begin("churn@1.0.0", "archive", "ARCHIVED")
    page.act("old")
    page.until("done")
    wait_until(lambda: page.panel.drafts == {"archive other": "kept"})


def test_a_panel_nobody_needs_leaves_no_thread_behind(desk):
    desk.new()
    page = Page(desk)
    page.panel.selected = page.panel._board.rows[0].version_id
    page.ask("follow")
    page.panel.close()
    del page
    gc.collect()
    ours = {"trackbook errands", "trackbook decision", "trackbook panel"}
    wait_until(lambda: not ours & {thread.name for thread in threading.enumerate()})
