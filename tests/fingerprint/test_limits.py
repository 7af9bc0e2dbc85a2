"""What a container leaves of a machine, from the texts that the system writes."""

from __future__ import annotations

import os

from trackbook.fingerprint import computer, thread_settings
from trackbook.fingerprint.computer import processor_in
from trackbook.fingerprint.limits import limits, usable_cpus


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_version_2_gives_the_narrowest_limit_on_the_way_up(tmp_path) -> None:
    write(tmp_path / "a" / "b", cpu__max="max 100000\n", memory__max="2147483648\n")
    write(tmp_path / "a", cpu__max="150000 100000\n", memory__max="max\n")
    assert limits(tmp_path, "0::/a/b\n") == (1.5, 2147483648)


def test_version_1_has_its_own_files_and_a_large_number_for_no_limit(tmp_path) -> None:
    write(tmp_path / "cpu", cpu__cfs_quota_us="50000", cpu__cfs_period_us="100000")
    write(tmp_path / "memory" / "job", memory__limit_in_bytes="9223372036854771712")
    groups = "4:memory:/job\n3:cpu,cpuacct:/elsewhere\n0::/\n"
    assert limits(tmp_path, groups) == (0.5, None)


def test_no_groups_and_no_quota_are_no_limits(tmp_path) -> None:
    write(tmp_path / "cpu", cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    assert limits(tmp_path, "1:cpu:/../../..\nodd\n") == (None, None)
    assert limits(tmp_path, "") == (None, None)


def test_affinity_counts_as_well_as_the_quota() -> None:
    assert usable_cpus(None) == len(os.sched_getaffinity(0))
    assert usable_cpus(0.5) == 0.5


def test_the_processor_has_its_name() -> None:
    assert processor_in("processor : 0\nmodel name\t: AMD EPYC 9\n") == "AMD EPYC 9"
    assert processor_in("nothing") == ""


def test_the_machine_is_this_one() -> None:
    seen = computer()
    assert seen.cpu_count == os.cpu_count()
    assert 0 < seen.cpus_usable <= seen.cpu_count
    assert seen.memory_bytes > 1 << 28
    assert "Linux" in seen.os or "Darwin" in seen.os


def test_threads_are_as_they_are_set(monkeypatch) -> None:
    import numpy as np  # noqa: F401  its pool of threads
    import threadpoolctl  # noqa: F401  which is asked

    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    said = thread_settings()
    assert {"OMP_NUM_THREADS=3", "PYTHONHASHSEED=0"} <= set(said)
    assert any(setting.startswith("openblas") for setting in said)
