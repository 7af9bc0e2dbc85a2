"""The board as a table: what stays of it in a saved notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.board_cards import metric_lines, name_of, standing_badges
from trackbook.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.board_cards import Badge, Direction
    from trackbook.registry import Board, BoardRow

COLUMNS = ("version", "state", "in", "known", "metrics against the champion", "by", "since")
ORDER = ("PRODUCTION", "STAGING", "DEVELOPMENT", "DEPRECATED", "ARCHIVED")
MOST_OF_A_STATE = 6


def still_rows(board: Board) -> list[BoardRow]:
    """Return the versions that the table shows: of each state the newest few."""
    return [row for state in ORDER for row in board.states.get(state, ())[:MOST_OF_A_STATE]]


def still_board(
    board: Board, *, direction: Direction, found: Mapping[str, Sequence[Badge]]
) -> Table:
    """Return the table of a board.

    Args:
        board: the versions
        direction: which way metrics are better
        found: badges by version_id, beside those that its row gives
    """
    rows = [
        [
            name_of(row),
            row.state,
            ", ".join(row.slots),
            ", ".join(
                f"{one.sign} {one.words}"
                for one in [*found.get(row.version_id, ()), *standing_badges(row)]
            ),
            in_words(row, direction),
            row.moved_by,
            row.state_since,
        ]
        for row in still_rows(board)
    ]
    counts = [f"{len(board.states.get(state, ()))} in {state}" for state in ORDER]
    left_out = len(board.rows) - len(rows)
    older = f"; {left_out:,} older ones are not in this table" if left_out else ""
    return Table(COLUMNS, rows, title="registry", note=", ".join(counts) + older)


def in_words(row: BoardRow, direction: Direction) -> str:
    """Return a version's metrics against its champion's in words."""
    lines = metric_lines(row, direction)[:3]
    return "; ".join(
        " ".join(
            filter(None, (str(line[key]) for key in ("name", "value", "step", "word")))
        )
        for line in lines
    )
