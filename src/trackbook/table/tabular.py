"""What everything that can be shown as a table gives besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from polars import DataFrame as PolarsFrame

    from trackbook.table.table import Table


class Tabular:
    """Something with a table, whose rows can be had as a frame."""

    __slots__ = ()

    def table(self) -> Table:
        """Return the table that stands for it."""
        raise NotImplementedError

    def df(self) -> pd.DataFrame:
        """Return the table as a pandas DataFrame."""
        return self.table().df()

    def arrow(self) -> pa.Table:
        """Return the table as a pyarrow Table."""
        return self.table().arrow()

    def pl(self) -> PolarsFrame:
        """Return the table as a polars DataFrame."""
        return self.table().pl()
