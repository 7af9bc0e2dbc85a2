"""What runs used, beside each other."""

from __future__ import annotations

from trackbook.compare import resources
from trackbook.records import Usage
from trackbook.runs import show


def sample(project, run=None, **facts):
    plain = {"span_s": 2.0, "cpu_percent": 50.0, "memory_bytes": 3_000_000,
             "system_memory_bytes": 1, "process_count": 1}  # fmt: skip
    project.journal.put(Usage(**plain | facts), run)


def test_samples_while_a_run_was_open_are_its_own(project) -> None:
    sample(project)
    run = project.run(status="RUNNING")
    sample(project, cpu_percent=70.0, read_bytes=4_000_000, written_bytes=0)
    sample(project, run, memory_bytes=9_000_000)
    found = {curve.name: curve for curve in resources(project.store, [run])}
    assert found["CPU, % of a core"].y == [70.0, 50.0]
    assert found["memory, MB"].y == [3.0, 9.0]
    assert found["disk, MB/s"].y == [2.0]
    assert "GPU, %" not in found
    assert found["memory, MB"].x == sorted(found["memory, MB"].x)


def test_a_sample_at_the_end_of_one_run_is_not_that_of_another(project) -> None:
    a, b = project.run(status="RUNNING"), project.run(status="RUNNING")
    sample(project, a)
    assert {curve.run_id for curve in resources(project.store, [a, b])} == {a}


def test_of_many_samples_so_many_are_drawn_as_a_screen_can_show(project) -> None:
    run = project.run(status="RUNNING")
    for number in range(1100):
        sample(project, memory_bytes=number * 1_000_000)
    (memory,) = [c for c in resources(project.store, [run]) if c.name == "memory, MB"]
    assert 300 <= len(memory.y) <= 500
    assert memory.y[-1] == 1099


def test_the_page_of_a_run_says_its_peak_and_its_mean(project) -> None:
    run = project.run(status="RUNNING")
    sample(project, span_s=1.0, cpu_percent=100.0, memory_bytes=2_500_000_000)
    sample(project, run, span_s=3.0, cpu_percent=20.0)
    facts = dict(show(project.store, project.found(run)).facts().rows)
    assert facts["used"] == "2,500 MB of memory at most, 40 % of a core on average"
