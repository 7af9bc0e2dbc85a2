"""One of the processor's cores kept for what writes and hashes a model while it is asked.

The threads of numeric libraries wait busily for their next task: on a small machine they take
the time of whatever else is going on.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHERS = max(1, (os.cpu_count() or 1) - 1)
"""All cores but one."""


@contextmanager
def one_core_left(flavour: str) -> Iterator[None]:
    """Let the library of a flavour's models use all cores but one, within."""
    if flavour == "torch":
        torch: Any = sys.modules["torch"]
        before = torch.get_num_threads()
        torch.set_num_threads(min(before, OTHERS))
        try:
            yield
        finally:
            torch.set_num_threads(before)
        return
    pools: Any = sys.modules.get("threadpoolctl")  # scikit-learn imports it
    if flavour != "sklearn" or pools is None:
        yield
        return
    with pools.threadpool_limits(OTHERS, user_api="blas"):
        yield
