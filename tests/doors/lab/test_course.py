"""What the sidebar says of a run that is still in training."""

from __future__ import annotations

from math import nan
from types import SimpleNamespace

import pytest

from trackbook.book import Book
from trackbook.doors.beside import BookSource
from trackbook.doors.lab.course import course_of, figures_of, path_in
from trackbook.doors.lab.detail import detail_of
from trackbook.doors.lab.lines import page_of
from trackbook.records import Curve, Progress, Usage

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def training(project):
    """A run in training that lost its loss, beside one that is finished."""
    put = project.journal.put
    run = project.run("fit", status="RUNNING")
    used = {"span_s": 1.0, "system_memory_bytes": 1, "process_count": 1}
    for step, loss in enumerate([1.0, 0.5, nan]):
        project.journal.put_several(
            run, {EVIL: loss, "train.loss": loss}, step=step, origin="call"
        )
        put(Progress(done=step + 1, total=50, unit="epoch"), run)
        put(Usage(cpu_percent=50.0, memory_bytes=10**6 * step, **used))
    done = project.run("done", metrics={"train.loss": 0.1})
    book = Book(project.folder.parent)
    yield SimpleNamespace(book=book, run=book.find(run), done=book.find(done))
    book.close()


def test_a_run_in_training_says_how_far_it_is_and_that_its_loss_is_lost(training) -> None:
    lines = {line.name: line for line in page_of(training.book).runs}
    assert lines["fit"].progress.startswith("3/50 epochs")
    assert lines["fit"].trouble == "`train.loss` is NaN since step 2"
    assert (lines["done"].progress, lines["done"].trouble) == ("", "")
    assert lines["fit"].mark != lines["done"].mark


def test_the_compare_panel_says_it_too(training) -> None:
    ids = [training.run.run_id, training.done.run_id]
    assert list(BookSource(training.book).progress(ids)) == ids[:1]
    words = BookSource(training.book).progress(ids)[ids[0]]
    assert words.startswith("3/50 epochs")
    assert words.endswith("⚠ `train.loss` is NaN since step 2")


def test_its_page_has_its_course_beside_what_it_used(training) -> None:
    detail = detail_of(training.book, training.run.run_id)
    assert detail.progress.startswith("3/50 epochs")
    assert "`train.loss` is NaN since step 2" in detail.doubts
    course = detail.sections[0]
    titles = [row[0] for row in course.rows]
    assert titles == [EVIL, "train.loss", "CPU, % of a core", "memory, MB"]
    assert course.rows[3][1] == "2.0"
    assert course.rows[3][2].startswith("M")
    assert course.drawn
    assert course_of(training.book, training.done) is None
    figures = figures_of(training.book, [training.run])
    assert [one.title for one in figures] == titles
    assert figures[-1].plotly["layout"]["xaxis"]["title"]["text"].startswith("seconds")


def curve(x, y) -> Curve:
    return Curve(run_id="r", name="n", x=x, y=y, low=y, high=y, point_count=len(x))


def test_a_course_is_drawn_over_the_time_of_its_run() -> None:
    assert path_in(curve([5, 10], [0, 1]), 10) == "M24.0 16.0L48.0 0.0"
    assert path_in(curve([0, 5, 10], [0, nan, 1]), 20) == "M0.0 16.0L24.0 0.0"
    assert path_in(curve([1], [nan]), 0) == ""


def test_what_was_told_all_at_once_is_a_line_and_no_stroke() -> None:
    assert path_in(curve([9, 9, 9], [0, 1, 0]), 10) == "M0.0 16.0L24.0 0.0L48.0 16.0"
    assert path_in(curve([0, 0], [0, 1]), 0) == "M0.0 16.0L48.0 0.0"
