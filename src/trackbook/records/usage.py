"""What processes used of their machine."""

from __future__ import annotations

from trackbook.records.base import Record, kind


@kind("usage")
class Usage(Record, frozen=True, kw_only=True):
    """What a session's process and its children used, since they were last looked at.

    Stamped with a run where it was looked at because that run ended.
    """

    span_s: float
    """For how long."""
    cpu_percent: float
    """Of one core."""
    memory_bytes: int
    """Resident now; what processes share counts for each."""
    system_memory_bytes: int
    """In use on the whole machine now."""
    process_count: int
    read_bytes: int | None = None
    """From disks, within the span; None where the system does not say."""
    written_bytes: int | None = None
    gpu_percent: float | None = None
    """Mean over the cards that nvidia-ml-py sees; None where it sees none."""
    gpu_memory_bytes: int | None = None
