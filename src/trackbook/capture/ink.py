"""What capture needs of whoever writes its facts down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.records import Artifact, Record


class Ink(Protocol):
    """Takes facts; when a call returns, the fact survives the process."""

    def put(
        self, record: Record, run_id: str | None = None, execution_id: str | None = None
    ) -> None: ...

    def put_several(
        self,
        run_id: str,
        values: dict[str, float],
        *,
        step: int,
        origin: str,
        execution_id: str | None = None,
    ) -> None: ...

    def put_batch(
        self,
        run_id: str,
        name: str,
        values: memoryview,
        *,
        steps: int | memoryview = 0,
        origin: str = "logged",
        execution_id: str | None = None,
    ) -> None: ...

    def pen(
        self, run_id: str, name: str, *, origin: str, execution_id: str | None = None
    ) -> Callable[[int, float], None]: ...


class Keeper(Protocol):
    """Takes files."""

    def keep_artifact(self, file: Path, path: str) -> Artifact: ...
