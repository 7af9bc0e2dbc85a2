"""Functions that tests sweep over, in processes that know nothing of tests."""

from __future__ import annotations

import os
import time
from pathlib import Path


def plain(x, fail=-1):
    """Give twice what it is given; leave a mark that it was called."""
    with Path(os.environ["TOY_MARKS"]).open("a") as file:
        file.write(f"{x}\n")
    if x == fail:
        raise ValueError("no <b>good</b>")
    return {"acc": x * 2.0, "loss": 1.0 / (1 + x)}


def slow(x, s=0.3):
    plain(x)
    time.sleep(s)
    return {"acc": float(x)}


def steps(x, n=40):
    import trackbook

    for step in range(n):
        trackbook.log_metric("acc", float(x), step=step)
        time.sleep(0.02)
    return {"acc": float(x)}


def dies(x):
    plain(x)
    time.sleep(0.05)
    if x == 2:
        os._exit(9)
    return float(x)


def hangs(x):
    while x == 1:
        time.sleep(0.01)
    return float(x)
