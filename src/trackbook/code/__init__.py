"""Reading Python: what a cell reads, binds, chooses and measures, and what to hide."""

from __future__ import annotations

from trackbook.code.call_names import names_of_calls
from trackbook.code.closure import Closures, closure_of
from trackbook.code.given import placed_in
from trackbook.code.hashes import code_cells_of, notebook_hash, source_hash
from trackbook.code.literals import is_literal
from trackbook.code.making import (
    Line,
    behind,
    chosen_last,
    lines_of,
    same_code,
    seeding,
    tells_time,
)
from trackbook.code.metric_names import (
    direction_of,
    is_count_name,
    is_metric_name,
    is_weak_name,
    words_of,
)
from trackbook.code.names import Names, names_in
from trackbook.code.parse import keywords_in, tree_of, words_in
from trackbook.code.secrets import Secrets
from trackbook.code.statements import Statement, statements_in

__all__ = [
    "Closures",
    "Line",
    "Names",
    "Secrets",
    "Statement",
    "behind",
    "chosen_last",
    "closure_of",
    "code_cells_of",
    "direction_of",
    "is_count_name",
    "is_literal",
    "is_metric_name",
    "is_weak_name",
    "keywords_in",
    "lines_of",
    "names_in",
    "names_of_calls",
    "notebook_hash",
    "placed_in",
    "same_code",
    "seeding",
    "source_hash",
    "statements_in",
    "tells_time",
    "tree_of",
    "words_in",
    "words_of",
]
