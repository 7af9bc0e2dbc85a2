"""A project folder that takes nothing costs the user one line, and never a result."""

from __future__ import annotations

import pytest
from kernels import Kernel, Step

CELLS = (
    "acc = sum([0.5])\nacc",
    "print('shown')\nloss = sum([0.25])",
    "from sklearn.linear_model import Ridge\nRidge().fit([[0], [1]], [0, 1]).score([[0], [1]], [0, 1])",
    "1/0",
    "acc + loss",
)


@pytest.fixture
def kernel():
    made = []

    def start(**given):
        made.append(Kernel(**given))
        return made[-1]

    yield start
    for each in made:
        each.close()


def split(told):
    """Return what a cell showed without lines of trackbook's own, and those lines."""
    ours, theirs = [], []
    for each in told:
        is_ours = each[:2] == ("stream", "stderr") and each[2].startswith("trackbook: ")
        (ours if is_ours else theirs).append(each)
    return theirs, [line for each in ours for line in each[2].splitlines()]


def compare(kernel, before, *, at_most, in_both=False):
    """Run the cells in both kernels after `before` in the recorded one; return our lines."""
    plain, recorded = kernel(tracked=False), kernel(tracked=True)
    said = []
    for cell in before:
        theirs, lines = split(recorded.run(Step(cell)))
        said += lines
        assert "error" not in {each[0] for each in theirs}, theirs
        plain.run(Step(cell if in_both else "pass"))
    for cell in CELLS:
        theirs, lines = split(recorded.run(Step(cell)))
        said += lines
        assert theirs == plain.run(Step(cell))
    assert len(said) == len(set(said)) <= at_most, said
    return recorded


def recorded_sources(kernel):
    rows = kernel.asked(
        "(lambda b: (b.settle(), [s for (s,) in b.store.rows('SELECT source FROM cells').rows])[1])"
        "(__import__('trackbook.doors.session', fromlist=['x']).Current.book)"
    )
    return str(rows)


def test_a_folder_deleted_while_cells_run_changes_no_output(kernel):
    recorded = compare(kernel, ["import shutil; shutil.rmtree('.trackbook')"], at_most=2)
    recorded.run(Step("import time; time.sleep(2.5)"))
    recorded.run(Step("after = sum([1.5])"))
    assert "after = sum([1.5])" in recorded_sources(recorded)


def test_a_full_disk_changes_no_output_and_loses_no_cell(kernel):
    full = "import resource; was = resource.getrlimit(resource.RLIMIT_FSIZE)"
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (10, was[1]))"
    recorded = compare(kernel, [full, limit], at_most=2, in_both=True)
    recorded.run(Step("resource.setrlimit(resource.RLIMIT_FSIZE, was)"))
    recorded.run(Step("import time; time.sleep(2.5)"))
    sources = recorded_sources(recorded)
    assert all(repr(cell)[1:-1] in sources for cell in CELLS)


def test_a_database_that_is_rubbish_changes_no_output(kernel):
    spoil = "open('.trackbook/trackbook.duckdb', 'wb').write(b'rubbish' * 1000); None"
    compare(kernel, [spoil, "import time; time.sleep(7)"], at_most=3)


PLACES = [
    pytest.param("/proc/nowhere", id="a folder that takes no files"),
    pytest.param("file", id="a file in its place"),
]


@pytest.mark.parametrize("place", PLACES)
def test_where_nothing_can_be_written_loading_says_so_and_cells_run_as_ever(
    kernel, tmp_path, place
):
    if place == "file":
        (tmp_path / ".trackbook").write_text("not a folder")
        place = str(tmp_path)
    plain, recorded = kernel(tracked=False), kernel(tracked=True, project=place)
    _, lines = split(recorded.begin()[:1])
    plain.begin()
    assert len(lines) <= 1
    for cell in CELLS:
        assert recorded.run(Step(cell)) == plain.run(Step(cell))
