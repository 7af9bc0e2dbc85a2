"""Rows of the store as objects whose times are known to be UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from trackbook.store.store import Store

Row = TypeVar("Row")


def ask(store: Store, sql: str, into: type[Row], **values: object) -> list[Row]:
    """Return a statement's rows as objects, with the times in them known to be UTC."""
    answer = store.rows(sql, **values)
    return [
        into(
            **{name: aware(value) for name, value in zip(answer.columns, row, strict=True)}
        )
        for row in answer.rows
    ]


def aware(value: object) -> object:
    """Return a time as UTC, and anything else as it is."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
