"""What was not the same around two runs."""

from __future__ import annotations

from trackbook.compare import diff
from trackbook.records import Checkout, Computer, Environment, LocalModule


def surround(project, run, *, threads=(), branch="main", dirty=False, source="x = 1"):
    machine = Computer(
        digest=f"m{threads}", os="Linux", libc="glibc", cpu="EPYC", cpu_count=2,
        cpus_usable=2.0, memory_bytes=1 << 33, memory_limit_bytes=None, gpus=[],
        python="3.12.1", implementation="CPython", threads=list(threads),
    )  # fmt: skip
    tree = Checkout(
        digest=f"c{branch}{dirty}", git_commit="abc", branch=branch, remote=None,
        dirty=dirty, changed=[], untracked=[], diff="+x" if dirty else "",
    )  # fmt: skip
    module = LocalModule(digest=f"d{source}", name="mine", path="/mine.py", source=source)
    for fact in (machine, tree, module):
        project.journal.put(fact)
    around = Environment(
        digest="e", packages=[], machine=machine.digest, checkout=tree.digest,
        modules=[module.digest],
    )  # fmt: skip
    project.journal.put(around, run)


def changes(project, a, b):
    found = diff(project.store, project.found(a), project.found(b)).changes
    return {c.name: (c.before, c.after) for c in found if c.kind == "around"}


def test_what_differs_around_two_runs_is_said(project) -> None:
    a, b = project.run(), project.run()
    surround(project, a, threads=["OMP_NUM_THREADS=1"])
    surround(project, b, branch="try", dirty=True, source="x = 2")
    found = changes(project, a, b)
    assert found["threads: OMP_NUM_THREADS"] == ("1", None)
    assert found["git branch"] == ("main", "try")
    assert found["git dirty"] == ("no", "yes")
    assert found["module mine"] == ("dx = 1", "dx = 2")
    assert not {"python", "system", "processor"} & set(found)


def test_the_same_around_is_no_difference(project) -> None:
    a, b = project.run(), project.run()
    for run in (a, b):
        surround(project, run)
    assert changes(project, a, b) == {}


def test_commits_differ_by_their_runs(project) -> None:
    a, b = project.run(commit="one"), project.run(commit="two")
    assert changes(project, a, b) == {"git commit": ("one", "two")}
